from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.success import Success
from ...types import Response


def _get_kwargs(
    org_code: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/organizations/{org_code}/feature_flags".format(
            org_code=quote(str(org_code), safe=""),
        ),
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
) -> Response[KindeErrors | Success]:
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
) -> Response[KindeErrors | Success]:
    """Remove all of an organization's overrides

     Every flag has the value again that the plan gives it. People's own values stay. Needs a
    platform key.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
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
) -> KindeErrors | Success | None:
    """Remove all of an organization's overrides

     Every flag has the value again that the plan gives it. People's own values stay. Needs a
    platform key.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return sync_detailed(
        org_code=org_code,
        client=client,
    ).parsed


async def asyncio_detailed(
    org_code: str,
    *,
    client: AuthenticatedClient,
) -> Response[KindeErrors | Success]:
    """Remove all of an organization's overrides

     Every flag has the value again that the plan gives it. People's own values stay. Needs a
    platform key.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
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
) -> KindeErrors | Success | None:
    """Remove all of an organization's overrides

     Every flag has the value again that the plan gives it. People's own values stay. Needs a
    platform key.

    Args:
        org_code (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return (
        await asyncio_detailed(
            org_code=org_code,
            client=client,
        )
    ).parsed
