from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_result import BatchResult
from ...models.event_result import EventResult
from ...models.problem import Problem
from ...models.reported_event import ReportedEvent
from ...models.shortage import Shortage
from ...models.usage_batch import UsageBatch
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ReportedEvent | Unset | UsageBatch = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/usage",
    }

    if isinstance(body, ReportedEvent):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BatchResult | EventResult | Problem | Shortage | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> BatchResult | EventResult:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_usage_answer_type_0 = EventResult.from_dict(data)

                return componentsschemas_usage_answer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_usage_answer_type_1 = BatchResult.from_dict(data)

            return componentsschemas_usage_answer_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = Shortage.from_dict(response.json())

        return response_402

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
) -> Response[BatchResult | EventResult | Problem | Shortage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ReportedEvent | Unset | UsageBatch = UNSET,
) -> Response[BatchResult | EventResult | Problem | Shortage]:
    """Report usage, one event or a batch

     One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
    belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
    does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
    the others back. An event's id is its identity for ever, so sending it again is always safe
    and an `Idempotency-Key` is not needed.

    Args:
        body (ReportedEvent | Unset | UsageBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResult | EventResult | Problem | Shortage]
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
    body: ReportedEvent | Unset | UsageBatch = UNSET,
) -> BatchResult | EventResult | Problem | Shortage | None:
    """Report usage, one event or a batch

     One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
    belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
    does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
    the others back. An event's id is its identity for ever, so sending it again is always safe
    and an `Idempotency-Key` is not needed.

    Args:
        body (ReportedEvent | Unset | UsageBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResult | EventResult | Problem | Shortage
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ReportedEvent | Unset | UsageBatch = UNSET,
) -> Response[BatchResult | EventResult | Problem | Shortage]:
    """Report usage, one event or a batch

     One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
    belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
    does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
    the others back. An event's id is its identity for ever, so sending it again is always safe
    and an `Idempotency-Key` is not needed.

    Args:
        body (ReportedEvent | Unset | UsageBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResult | EventResult | Problem | Shortage]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ReportedEvent | Unset | UsageBatch = UNSET,
) -> BatchResult | EventResult | Problem | Shortage | None:
    """Report usage, one event or a batch

     One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
    belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
    does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
    the others back. An event's id is its identity for ever, so sending it again is always safe
    and an `Idempotency-Key` is not needed.

    Args:
        body (ReportedEvent | Unset | UsageBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResult | EventResult | Problem | Shortage
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
