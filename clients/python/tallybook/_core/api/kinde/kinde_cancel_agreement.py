from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.success import Success
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    agreement_id: str,
    leaves_legacy_plan: bool | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["agreement_id"] = agreement_id

    params["leaves_legacy_plan"] = leaves_legacy_plan

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/billing/agreements",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | Success | None:
    if response.status_code == 200:
        response_200 = Success.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = KindeErrors.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = KindeErrors.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = KindeErrors.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = KindeErrors.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = KindeErrors.from_dict(response.json())

        return response_409

    if response.status_code == 429:
        response_429 = KindeErrors.from_dict(response.json())

        return response_429

    if response.status_code == 502:
        response_502 = KindeErrors.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = KindeErrors.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[KindeErrors | Success]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    agreement_id: str,
    leaves_legacy_plan: bool | Unset = UNSET,
) -> Response[KindeErrors | Success]:
    """Cancel an agreement as at Kinde

     With a platform key the agreement ends this moment and nothing is paid back; with an
    organization's key it ends when the period that is paid for is over.

    Args:
        agreement_id (str):
        leaves_legacy_plan (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        agreement_id=agreement_id,
        leaves_legacy_plan=leaves_legacy_plan,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    agreement_id: str,
    leaves_legacy_plan: bool | Unset = UNSET,
) -> KindeErrors | Success | None:
    """Cancel an agreement as at Kinde

     With a platform key the agreement ends this moment and nothing is paid back; with an
    organization's key it ends when the period that is paid for is over.

    Args:
        agreement_id (str):
        leaves_legacy_plan (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return sync_detailed(
        client=client,
        agreement_id=agreement_id,
        leaves_legacy_plan=leaves_legacy_plan,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    agreement_id: str,
    leaves_legacy_plan: bool | Unset = UNSET,
) -> Response[KindeErrors | Success]:
    """Cancel an agreement as at Kinde

     With a platform key the agreement ends this moment and nothing is paid back; with an
    organization's key it ends when the period that is paid for is over.

    Args:
        agreement_id (str):
        leaves_legacy_plan (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        agreement_id=agreement_id,
        leaves_legacy_plan=leaves_legacy_plan,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    agreement_id: str,
    leaves_legacy_plan: bool | Unset = UNSET,
) -> KindeErrors | Success | None:
    """Cancel an agreement as at Kinde

     With a platform key the agreement ends this moment and nothing is paid back; with an
    organization's key it ends when the period that is paid for is over.

    Args:
        agreement_id (str):
        leaves_legacy_plan (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return (
        await asyncio_detailed(
            client=client,
            agreement_id=agreement_id,
            leaves_legacy_plan=leaves_legacy_plan,
        )
    ).parsed
