from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_entitlements import KindeEntitlements
from ...models.kinde_errors import KindeErrors
from ...models.kinde_list_entitlements_expand import KindeListEntitlementsExpand
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    customer_id: str,
    ending_before: str | Unset = UNSET,
    expand: KindeListEntitlementsExpand | Unset = UNSET,
    max_value: int | Unset = UNSET,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["customer_id"] = customer_id

    params["ending_before"] = ending_before

    json_expand: str | Unset = UNSET
    if not isinstance(expand, Unset):
        json_expand = expand.value

    params["expand"] = json_expand

    params["max_value"] = max_value

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/billing/entitlements",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeEntitlements | KindeErrors | None:
    if response.status_code == 200:
        response_200 = KindeEntitlements.from_dict(response.json())

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
) -> Response[KindeEntitlements | KindeErrors]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    customer_id: str,
    ending_before: str | Unset = UNSET,
    expand: KindeListEntitlementsExpand | Unset = UNSET,
    max_value: int | Unset = UNSET,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> Response[KindeEntitlements | KindeErrors]:
    """List entitlements as Kinde does

     The prices of the customer's plan, then the features that it grants.

    A maximum is null where there is no end to it, also where more than what is included is
    sold: `allowance` and `remaining` say what is included and left.

    Args:
        customer_id (str):
        ending_before (str | Unset):
        expand (KindeListEntitlementsExpand | Unset):
        max_value (int | Unset):
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeEntitlements | KindeErrors]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        ending_before=ending_before,
        expand=expand,
        max_value=max_value,
        page_size=page_size,
        starting_after=starting_after,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    customer_id: str,
    ending_before: str | Unset = UNSET,
    expand: KindeListEntitlementsExpand | Unset = UNSET,
    max_value: int | Unset = UNSET,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> KindeEntitlements | KindeErrors | None:
    """List entitlements as Kinde does

     The prices of the customer's plan, then the features that it grants.

    A maximum is null where there is no end to it, also where more than what is included is
    sold: `allowance` and `remaining` say what is included and left.

    Args:
        customer_id (str):
        ending_before (str | Unset):
        expand (KindeListEntitlementsExpand | Unset):
        max_value (int | Unset):
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeEntitlements | KindeErrors
    """

    return sync_detailed(
        client=client,
        customer_id=customer_id,
        ending_before=ending_before,
        expand=expand,
        max_value=max_value,
        page_size=page_size,
        starting_after=starting_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    customer_id: str,
    ending_before: str | Unset = UNSET,
    expand: KindeListEntitlementsExpand | Unset = UNSET,
    max_value: int | Unset = UNSET,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> Response[KindeEntitlements | KindeErrors]:
    """List entitlements as Kinde does

     The prices of the customer's plan, then the features that it grants.

    A maximum is null where there is no end to it, also where more than what is included is
    sold: `allowance` and `remaining` say what is included and left.

    Args:
        customer_id (str):
        ending_before (str | Unset):
        expand (KindeListEntitlementsExpand | Unset):
        max_value (int | Unset):
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeEntitlements | KindeErrors]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        ending_before=ending_before,
        expand=expand,
        max_value=max_value,
        page_size=page_size,
        starting_after=starting_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    customer_id: str,
    ending_before: str | Unset = UNSET,
    expand: KindeListEntitlementsExpand | Unset = UNSET,
    max_value: int | Unset = UNSET,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> KindeEntitlements | KindeErrors | None:
    """List entitlements as Kinde does

     The prices of the customer's plan, then the features that it grants.

    A maximum is null where there is no end to it, also where more than what is included is
    sold: `allowance` and `remaining` say what is included and left.

    Args:
        customer_id (str):
        ending_before (str | Unset):
        expand (KindeListEntitlementsExpand | Unset):
        max_value (int | Unset):
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeEntitlements | KindeErrors
    """

    return (
        await asyncio_detailed(
            client=client,
            customer_id=customer_id,
            ending_before=ending_before,
            expand=expand,
            max_value=max_value,
            page_size=page_size,
            starting_after=starting_after,
        )
    ).parsed
