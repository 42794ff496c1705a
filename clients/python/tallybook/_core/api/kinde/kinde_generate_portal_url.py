from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.portal_url import PortalUrl
from ...models.portal_url_order import PortalUrlOrder
from ...types import Response


def _get_kwargs(
    *,
    body: PortalUrlOrder,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/portal/generate_url",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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

    if response.status_code == 409:
        response_409 = KindeErrors.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = KindeErrors.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = KindeErrors.from_dict(response.json())

        return response_415

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
    body: PortalUrlOrder,
) -> Response[KindeErrors | PortalUrl]:
    """Let a member into the portal as at Kinde

     The same as `POST portal-links`, by Kinde's names. Each call makes a link of its own.

    Args:
        body (PortalUrlOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | PortalUrl]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: PortalUrlOrder,
) -> KindeErrors | PortalUrl | None:
    """Let a member into the portal as at Kinde

     The same as `POST portal-links`, by Kinde's names. Each call makes a link of its own.

    Args:
        body (PortalUrlOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | PortalUrl
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: PortalUrlOrder,
) -> Response[KindeErrors | PortalUrl]:
    """Let a member into the portal as at Kinde

     The same as `POST portal-links`, by Kinde's names. Each call makes a link of its own.

    Args:
        body (PortalUrlOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | PortalUrl]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: PortalUrlOrder,
) -> KindeErrors | PortalUrl | None:
    """Let a member into the portal as at Kinde

     The same as `POST portal-links`, by Kinde's names. Each call makes a link of its own.

    Args:
        body (PortalUrlOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | PortalUrl
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
