from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.portal_link import PortalLink
from ...models.portal_link_order import PortalLinkOrder
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: PortalLinkOrder,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/portal-links",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PortalLink | Problem | None:
    if response.status_code == 201:
        response_201 = PortalLink.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PortalLink | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: PortalLinkOrder,
) -> Response[PortalLink | Problem]:
    """Let a member into the portal

     Redirect the person's browser to the `url`. It works once and for ten minutes; the session
    that it opens lasts an hour and shows this organization's portal, nothing of the person's
    own account. An organization's key lets in whoever may do no more than the person who made
    the key. Each call makes a link of its own, and needs no `Idempotency-Key`.

    Args:
        body (PortalLinkOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PortalLink | Problem]
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
    body: PortalLinkOrder,
) -> PortalLink | Problem | None:
    """Let a member into the portal

     Redirect the person's browser to the `url`. It works once and for ten minutes; the session
    that it opens lasts an hour and shows this organization's portal, nothing of the person's
    own account. An organization's key lets in whoever may do no more than the person who made
    the key. Each call makes a link of its own, and needs no `Idempotency-Key`.

    Args:
        body (PortalLinkOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PortalLink | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: PortalLinkOrder,
) -> Response[PortalLink | Problem]:
    """Let a member into the portal

     Redirect the person's browser to the `url`. It works once and for ten minutes; the session
    that it opens lasts an hour and shows this organization's portal, nothing of the person's
    own account. An organization's key lets in whoever may do no more than the person who made
    the key. Each call makes a link of its own, and needs no `Idempotency-Key`.

    Args:
        body (PortalLinkOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PortalLink | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: PortalLinkOrder,
) -> PortalLink | Problem | None:
    """Let a member into the portal

     Redirect the person's browser to the `url`. It works once and for ten minutes; the session
    that it opens lasts an hour and shows this organization's portal, nothing of the person's
    own account. An organization's key lets in whoever may do no more than the person who made
    the key. Each call makes a link of its own, and needs no `Idempotency-Key`.

    Args:
        body (PortalLinkOrder): Whom to let in, where to, and where they came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PortalLink | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
