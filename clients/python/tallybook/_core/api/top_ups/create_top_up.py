from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.payment_problem import PaymentProblem
from ...models.problem import Problem
from ...models.top_up_order import TopUpOrder
from ...models.top_up_to_pay import TopUpToPay
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: TopUpOrder,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/top-ups",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PaymentProblem | Problem | TopUpToPay | None:
    if response.status_code == 201:
        response_201 = TopUpToPay.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = PaymentProblem.from_dict(response.json())

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

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 502:
        response_502 = Problem.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PaymentProblem | Problem | TopUpToPay]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: TopUpOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[PaymentProblem | Problem | TopUpToPay]:
    """Order packs, and pay for them

     Order packs at today's price. The credits are granted by the payment: when the page at
    `url` has been paid, or at once with the card on file.

    If the payment fails (402, 502, 503) the order waits: pay it with
    `POST top-ups/{id}/pay`, or take it back. While it waits, another order of the same pack
    is 409 `order_waiting`. Both refusals name it in `top_up`.

    Args:
        idempotency_key (str | Unset):
        body (TopUpOrder): Packs to order, and how they are paid.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PaymentProblem | Problem | TopUpToPay]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: TopUpOrder,
    idempotency_key: str | Unset = UNSET,
) -> PaymentProblem | Problem | TopUpToPay | None:
    """Order packs, and pay for them

     Order packs at today's price. The credits are granted by the payment: when the page at
    `url` has been paid, or at once with the card on file.

    If the payment fails (402, 502, 503) the order waits: pay it with
    `POST top-ups/{id}/pay`, or take it back. While it waits, another order of the same pack
    is 409 `order_waiting`. Both refusals name it in `top_up`.

    Args:
        idempotency_key (str | Unset):
        body (TopUpOrder): Packs to order, and how they are paid.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PaymentProblem | Problem | TopUpToPay
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TopUpOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[PaymentProblem | Problem | TopUpToPay]:
    """Order packs, and pay for them

     Order packs at today's price. The credits are granted by the payment: when the page at
    `url` has been paid, or at once with the card on file.

    If the payment fails (402, 502, 503) the order waits: pay it with
    `POST top-ups/{id}/pay`, or take it back. While it waits, another order of the same pack
    is 409 `order_waiting`. Both refusals name it in `top_up`.

    Args:
        idempotency_key (str | Unset):
        body (TopUpOrder): Packs to order, and how they are paid.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PaymentProblem | Problem | TopUpToPay]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TopUpOrder,
    idempotency_key: str | Unset = UNSET,
) -> PaymentProblem | Problem | TopUpToPay | None:
    """Order packs, and pay for them

     Order packs at today's price. The credits are granted by the payment: when the page at
    `url` has been paid, or at once with the card on file.

    If the payment fails (402, 502, 503) the order waits: pay it with
    `POST top-ups/{id}/pay`, or take it back. While it waits, another order of the same pack
    is 409 `order_waiting`. Both refusals name it in `top_up`.

    Args:
        idempotency_key (str | Unset):
        body (TopUpOrder): Packs to order, and how they are paid.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PaymentProblem | Problem | TopUpToPay
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
