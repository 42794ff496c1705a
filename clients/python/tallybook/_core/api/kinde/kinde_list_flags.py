from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.kinde_flags import KindeFlags
from ...types import Response


def _get_kwargs(
    org_code: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/organizations/{org_code}/feature_flags".format(
            org_code=quote(str(org_code), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | KindeFlags | None:
    if response.status_code == 200:
        response_200 = KindeFlags.from_dict(response.json())

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
) -> Response[KindeErrors | KindeFlags]:
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
) -> Response[KindeErrors | KindeFlags]:
    """List an organization's flags as at Kinde

     Every flag that the organization is told of, with the value that is in force for it.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeFlags]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    org_code: str,
    *,
    client: AuthenticatedClient,
) -> KindeErrors | KindeFlags | None:
    """List an organization's flags as at Kinde

     Every flag that the organization is told of, with the value that is in force for it.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeFlags
    """

    return sync_detailed(
        org_code=org_code,
        client=client,
    ).parsed


async def asyncio_detailed(
    org_code: str,
    *,
    client: AuthenticatedClient,
) -> Response[KindeErrors | KindeFlags]:
    """List an organization's flags as at Kinde

     Every flag that the organization is told of, with the value that is in force for it.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeFlags]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    org_code: str,
    *,
    client: AuthenticatedClient,
) -> KindeErrors | KindeFlags | None:
    """List an organization's flags as at Kinde

     Every flag that the organization is told of, with the value that is in force for it.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeFlags
    """

    return (
        await asyncio_detailed(
            org_code=org_code,
            client=client,
        )
    ).parsed
