from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.webhook_event import WebhookEvent
from ...types import UNSET, Response, Unset


def _get_kwargs(
    webhook_event_id: str,
    *,
    organization: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["organization"] = organization

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/webhook-events/{webhook_event_id}".format(
            webhook_event_id=quote(str(webhook_event_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | WebhookEvent | None:
    if response.status_code == 200:
        response_200 = WebhookEvent.from_dict(response.json())

        return response_200

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
) -> Response[Problem | WebhookEvent]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Response[Problem | WebhookEvent]:
    """Get an event

     An event by its id, which is the `webhook-id` of the messages about it.

    A platform key finds those of everybody, as its endpoints are told of everybody.

    Args:
        webhook_event_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhookEvent]
    """

    kwargs = _get_kwargs(
        webhook_event_id=webhook_event_id,
        organization=organization,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Problem | WebhookEvent | None:
    """Get an event

     An event by its id, which is the `webhook-id` of the messages about it.

    A platform key finds those of everybody, as its endpoints are told of everybody.

    Args:
        webhook_event_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhookEvent
    """

    return sync_detailed(
        webhook_event_id=webhook_event_id,
        client=client,
        organization=organization,
    ).parsed


async def asyncio_detailed(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Response[Problem | WebhookEvent]:
    """Get an event

     An event by its id, which is the `webhook-id` of the messages about it.

    A platform key finds those of everybody, as its endpoints are told of everybody.

    Args:
        webhook_event_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhookEvent]
    """

    kwargs = _get_kwargs(
        webhook_event_id=webhook_event_id,
        organization=organization,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Problem | WebhookEvent | None:
    """Get an event

     An event by its id, which is the `webhook-id` of the messages about it.

    A platform key finds those of everybody, as its endpoints are told of everybody.

    Args:
        webhook_event_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhookEvent
    """

    return (
        await asyncio_detailed(
            webhook_event_id=webhook_event_id,
            client=client,
            organization=organization,
        )
    ).parsed
