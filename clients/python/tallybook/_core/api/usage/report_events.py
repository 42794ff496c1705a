from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cloud_event import CloudEvent
from ...models.events_answer import EventsAnswer
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CloudEvent | list[CloudEvent] | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/events",
    }

    if isinstance(body, CloudEvent):
        if not isinstance(body, Unset):
            _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/cloudevents+json"
    if isinstance(body, list[CloudEvent]):
        if not isinstance(body, Unset):
            _kwargs["json"] = []
            for body_item_data in body:
                body_item = body_item_data.to_dict()
                _kwargs["json"].append(body_item)

        headers["Content-Type"] = "application/cloudevents-batch+json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EventsAnswer | Problem | None:
    if response.status_code == 202:
        response_202 = EventsAnswer.from_dict(response.json())

        return response_202

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

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

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
) -> Response[EventsAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: CloudEvent | list[CloudEvent] | Unset = UNSET,
) -> Response[EventsAnswer | Problem]:
    """Report usage as CloudEvents

     One event, structured or binary (its attributes in `ce-` headers and its data as JSON), or a
    batch of up to 1,000. `subject` names the organization; the end of `type` is an action, or
    with a `value` in `data` a metered feature. `source` and `id` together are the event's
    identity for ever, so sending it again is always safe.

    A batch answers 202, with an error for each event that was not booked; the others are. One
    event that cannot be booked is refused as by `POST usage`.

    Args:
        body (CloudEvent | Unset): A CloudEvent in the JSON format. Extension attributes are
            allowed, and not looked at.
        body (list[CloudEvent] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventsAnswer | Problem]
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
    body: CloudEvent | list[CloudEvent] | Unset = UNSET,
) -> EventsAnswer | Problem | None:
    """Report usage as CloudEvents

     One event, structured or binary (its attributes in `ce-` headers and its data as JSON), or a
    batch of up to 1,000. `subject` names the organization; the end of `type` is an action, or
    with a `value` in `data` a metered feature. `source` and `id` together are the event's
    identity for ever, so sending it again is always safe.

    A batch answers 202, with an error for each event that was not booked; the others are. One
    event that cannot be booked is refused as by `POST usage`.

    Args:
        body (CloudEvent | Unset): A CloudEvent in the JSON format. Extension attributes are
            allowed, and not looked at.
        body (list[CloudEvent] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventsAnswer | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CloudEvent | list[CloudEvent] | Unset = UNSET,
) -> Response[EventsAnswer | Problem]:
    """Report usage as CloudEvents

     One event, structured or binary (its attributes in `ce-` headers and its data as JSON), or a
    batch of up to 1,000. `subject` names the organization; the end of `type` is an action, or
    with a `value` in `data` a metered feature. `source` and `id` together are the event's
    identity for ever, so sending it again is always safe.

    A batch answers 202, with an error for each event that was not booked; the others are. One
    event that cannot be booked is refused as by `POST usage`.

    Args:
        body (CloudEvent | Unset): A CloudEvent in the JSON format. Extension attributes are
            allowed, and not looked at.
        body (list[CloudEvent] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventsAnswer | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CloudEvent | list[CloudEvent] | Unset = UNSET,
) -> EventsAnswer | Problem | None:
    """Report usage as CloudEvents

     One event, structured or binary (its attributes in `ce-` headers and its data as JSON), or a
    batch of up to 1,000. `subject` names the organization; the end of `type` is an action, or
    with a `value` in `data` a metered feature. `source` and `id` together are the event's
    identity for ever, so sending it again is always safe.

    A batch answers 202, with an error for each event that was not booked; the others are. One
    event that cannot be booked is refused as by `POST usage`.

    Args:
        body (CloudEvent | Unset): A CloudEvent in the JSON format. Extension attributes are
            allowed, and not looked at.
        body (list[CloudEvent] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventsAnswer | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
