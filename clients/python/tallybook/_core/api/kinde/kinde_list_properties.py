from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.kinde_properties import KindeProperties
from ...types import UNSET, Response, Unset


def _get_kwargs(
    org_code: str,
    *,
    next_token: str | Unset = UNSET,
    page_size: int | Unset = 10,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["next_token"] = next_token

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/organizations/{org_code}/properties".format(
            org_code=quote(str(org_code), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | KindeProperties | None:
    if response.status_code == 200:
        response_200 = KindeProperties.from_dict(response.json())

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

    if response.status_code == 429:
        response_429 = KindeErrors.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = KindeErrors.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[KindeErrors | KindeProperties]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    org_code: str,
    *,
    client: AuthenticatedClient,
    next_token: str | Unset = UNSET,
    page_size: int | Unset = 10,
) -> Response[KindeErrors | KindeProperties]:
    """List an organization's properties as at Kinde

     An organization's key is told of the public ones, a platform key of all.

    Args:
        org_code (str):
        next_token (str | Unset):
        page_size (int | Unset):  Default: 10.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeProperties]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        next_token=next_token,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    org_code: str,
    *,
    client: AuthenticatedClient,
    next_token: str | Unset = UNSET,
    page_size: int | Unset = 10,
) -> KindeErrors | KindeProperties | None:
    """List an organization's properties as at Kinde

     An organization's key is told of the public ones, a platform key of all.

    Args:
        org_code (str):
        next_token (str | Unset):
        page_size (int | Unset):  Default: 10.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeProperties
    """

    return sync_detailed(
        org_code=org_code,
        client=client,
        next_token=next_token,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    org_code: str,
    *,
    client: AuthenticatedClient,
    next_token: str | Unset = UNSET,
    page_size: int | Unset = 10,
) -> Response[KindeErrors | KindeProperties]:
    """List an organization's properties as at Kinde

     An organization's key is told of the public ones, a platform key of all.

    Args:
        org_code (str):
        next_token (str | Unset):
        page_size (int | Unset):  Default: 10.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeProperties]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        next_token=next_token,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    org_code: str,
    *,
    client: AuthenticatedClient,
    next_token: str | Unset = UNSET,
    page_size: int | Unset = 10,
) -> KindeErrors | KindeProperties | None:
    """List an organization's properties as at Kinde

     An organization's key is told of the public ones, a platform key of all.

    Args:
        org_code (str):
        next_token (str | Unset):
        page_size (int | Unset):  Default: 10.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeProperties
    """

    return (
        await asyncio_detailed(
            org_code=org_code,
            client=client,
            next_token=next_token,
            page_size=page_size,
        )
    ).parsed
