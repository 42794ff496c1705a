from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_account_portal_link_subnav import KindeAccountPortalLinkSubnav
from ...models.kinde_errors import KindeErrors
from ...models.portal_url import PortalUrl
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    return_url: str | Unset = UNSET,
    subnav: KindeAccountPortalLinkSubnav | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["return_url"] = return_url

    json_subnav: str | Unset = UNSET
    if not isinstance(subnav, Unset):
        json_subnav = subnav.value

    params["subnav"] = json_subnav

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/account_api/v1/portal_link",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | PortalUrl | None:
    if response.status_code == 200:
        response_200 = PortalUrl.from_dict(response.json())

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
) -> Response[KindeErrors | PortalUrl]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    return_url: str | Unset = UNSET,
    subnav: KindeAccountPortalLinkSubnav | Unset = UNSET,
) -> Response[KindeErrors | PortalUrl]:
    """Get the way to the portal

     An address that lets the person in without signing in, once and within ten minutes. Each
    call makes another.

    Args:
        return_url (str | Unset):
        subnav (KindeAccountPortalLinkSubnav | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | PortalUrl]
    """

    kwargs = _get_kwargs(
        return_url=return_url,
        subnav=subnav,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    return_url: str | Unset = UNSET,
    subnav: KindeAccountPortalLinkSubnav | Unset = UNSET,
) -> KindeErrors | PortalUrl | None:
    """Get the way to the portal

     An address that lets the person in without signing in, once and within ten minutes. Each
    call makes another.

    Args:
        return_url (str | Unset):
        subnav (KindeAccountPortalLinkSubnav | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | PortalUrl
    """

    return sync_detailed(
        client=client,
        return_url=return_url,
        subnav=subnav,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    return_url: str | Unset = UNSET,
    subnav: KindeAccountPortalLinkSubnav | Unset = UNSET,
) -> Response[KindeErrors | PortalUrl]:
    """Get the way to the portal

     An address that lets the person in without signing in, once and within ten minutes. Each
    call makes another.

    Args:
        return_url (str | Unset):
        subnav (KindeAccountPortalLinkSubnav | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | PortalUrl]
    """

    kwargs = _get_kwargs(
        return_url=return_url,
        subnav=subnav,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    return_url: str | Unset = UNSET,
    subnav: KindeAccountPortalLinkSubnav | Unset = UNSET,
) -> KindeErrors | PortalUrl | None:
    """Get the way to the portal

     An address that lets the person in without signing in, once and within ten minutes. Each
    call makes another.

    Args:
        return_url (str | Unset):
        subnav (KindeAccountPortalLinkSubnav | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | PortalUrl
    """

    return (
        await asyncio_detailed(
            client=client,
            return_url=return_url,
            subnav=subnav,
        )
    ).parsed
