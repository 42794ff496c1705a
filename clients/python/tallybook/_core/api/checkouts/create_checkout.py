from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.checkout import Checkout
from ...models.checkout_order import CheckoutOrder
from ...models.payment_problem import PaymentProblem
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CheckoutOrder,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/checkouts",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Checkout | PaymentProblem | Problem | None:
    if response.status_code == 201:
        response_201 = Checkout.from_dict(response.json())

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
) -> Response[Checkout | PaymentProblem | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: CheckoutOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[Checkout | PaymentProblem | Problem]:
    """Subscribe on the payment page

     Open the payment page for a self-serve plan on sale. The agreement begins, and its
    allowance is granted, once the first payment is made or the trial has begun.

    An earlier page of the organization that is still open is closed. A plan that costs
    nothing is 409 `nothing_to_pay`: use `POST agreements`.

    Args:
        idempotency_key (str | Unset):
        body (CheckoutOrder): The plan to subscribe to, and where people go from the payment page.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Checkout | PaymentProblem | Problem]
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
    body: CheckoutOrder,
    idempotency_key: str | Unset = UNSET,
) -> Checkout | PaymentProblem | Problem | None:
    """Subscribe on the payment page

     Open the payment page for a self-serve plan on sale. The agreement begins, and its
    allowance is granted, once the first payment is made or the trial has begun.

    An earlier page of the organization that is still open is closed. A plan that costs
    nothing is 409 `nothing_to_pay`: use `POST agreements`.

    Args:
        idempotency_key (str | Unset):
        body (CheckoutOrder): The plan to subscribe to, and where people go from the payment page.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Checkout | PaymentProblem | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CheckoutOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[Checkout | PaymentProblem | Problem]:
    """Subscribe on the payment page

     Open the payment page for a self-serve plan on sale. The agreement begins, and its
    allowance is granted, once the first payment is made or the trial has begun.

    An earlier page of the organization that is still open is closed. A plan that costs
    nothing is 409 `nothing_to_pay`: use `POST agreements`.

    Args:
        idempotency_key (str | Unset):
        body (CheckoutOrder): The plan to subscribe to, and where people go from the payment page.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Checkout | PaymentProblem | Problem]
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
    body: CheckoutOrder,
    idempotency_key: str | Unset = UNSET,
) -> Checkout | PaymentProblem | Problem | None:
    """Subscribe on the payment page

     Open the payment page for a self-serve plan on sale. The agreement begins, and its
    allowance is granted, once the first payment is made or the trial has begun.

    An earlier page of the organization that is still open is closed. A plan that costs
    nothing is 409 `nothing_to_pay`: use `POST agreements`.

    Args:
        idempotency_key (str | Unset):
        body (CheckoutOrder): The plan to subscribe to, and where people go from the payment page.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Checkout | PaymentProblem | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
