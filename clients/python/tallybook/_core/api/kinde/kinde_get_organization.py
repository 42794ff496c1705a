from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.kinde_get_organization_expand import KindeGetOrganizationExpand
from ...models.kinde_organization import KindeOrganization
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    code: str | Unset = UNSET,
    expand: KindeGetOrganizationExpand | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["code"] = code

    json_expand: str | Unset = UNSET
    if not isinstance(expand, Unset):
        json_expand = expand.value

    params["expand"] = json_expand

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/organization",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | KindeOrganization | None:
    if response.status_code == 200:
        response_200 = KindeOrganization.from_dict(response.json())

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
) -> Response[KindeErrors | KindeOrganization]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    expand: KindeGetOrganizationExpand | Unset = UNSET,
) -> Response[KindeErrors | KindeOrganization]:
    """Get an organization as at Kinde

     One organization, with its agreement if `expand=billing` asks for it.

    Args:
        code (str | Unset):
        expand (KindeGetOrganizationExpand | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeOrganization]
    """

    kwargs = _get_kwargs(
        code=code,
        expand=expand,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    expand: KindeGetOrganizationExpand | Unset = UNSET,
) -> KindeErrors | KindeOrganization | None:
    """Get an organization as at Kinde

     One organization, with its agreement if `expand=billing` asks for it.

    Args:
        code (str | Unset):
        expand (KindeGetOrganizationExpand | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeOrganization
    """

    return sync_detailed(
        client=client,
        code=code,
        expand=expand,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    expand: KindeGetOrganizationExpand | Unset = UNSET,
) -> Response[KindeErrors | KindeOrganization]:
    """Get an organization as at Kinde

     One organization, with its agreement if `expand=billing` asks for it.

    Args:
        code (str | Unset):
        expand (KindeGetOrganizationExpand | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeOrganization]
    """

    kwargs = _get_kwargs(
        code=code,
        expand=expand,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    expand: KindeGetOrganizationExpand | Unset = UNSET,
) -> KindeErrors | KindeOrganization | None:
    """Get an organization as at Kinde

     One organization, with its agreement if `expand=billing` asks for it.

    Args:
        code (str | Unset):
        expand (KindeGetOrganizationExpand | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeOrganization
    """

    return (
        await asyncio_detailed(
            client=client,
            code=code,
            expand=expand,
        )
    ).parsed
