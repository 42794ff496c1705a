from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.credit_grant import CreditGrant
from ...models.credit_grant_order import CreditGrantOrder
from ...models.problem import Problem
from ...models.waiting_credit_grant import WaitingCreditGrant
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CreditGrantOrder,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/credit-grants",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreditGrant | Problem | WaitingCreditGrant | None:
    if response.status_code == 201:
        response_201 = CreditGrant.from_dict(response.json())

        return response_201

    if response.status_code == 202:
        response_202 = WaitingCreditGrant.from_dict(response.json())

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
) -> Response[CreditGrant | Problem | WaitingCreditGrant]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: CreditGrantOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreditGrant | Problem | WaitingCreditGrant]:
    """Give credits

     Give an organization credits on a metered feature, to be spent from now on.

    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request gives once.
    A promotion or an adjustment of more than the installation's limit (1,000 unless it is
    set otherwise) waits until somebody of the staff agrees: then the answer is 202, and the
    credits come with the event `credits.granted`. Purchases have no limit.

    Args:
        idempotency_key (str | Unset):
        body (CreditGrantOrder): Credits to give, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreditGrant | Problem | WaitingCreditGrant]
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
    body: CreditGrantOrder,
    idempotency_key: str | Unset = UNSET,
) -> CreditGrant | Problem | WaitingCreditGrant | None:
    """Give credits

     Give an organization credits on a metered feature, to be spent from now on.

    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request gives once.
    A promotion or an adjustment of more than the installation's limit (1,000 unless it is
    set otherwise) waits until somebody of the staff agrees: then the answer is 202, and the
    credits come with the event `credits.granted`. Purchases have no limit.

    Args:
        idempotency_key (str | Unset):
        body (CreditGrantOrder): Credits to give, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreditGrant | Problem | WaitingCreditGrant
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CreditGrantOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreditGrant | Problem | WaitingCreditGrant]:
    """Give credits

     Give an organization credits on a metered feature, to be spent from now on.

    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request gives once.
    A promotion or an adjustment of more than the installation's limit (1,000 unless it is
    set otherwise) waits until somebody of the staff agrees: then the answer is 202, and the
    credits come with the event `credits.granted`. Purchases have no limit.

    Args:
        idempotency_key (str | Unset):
        body (CreditGrantOrder): Credits to give, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreditGrant | Problem | WaitingCreditGrant]
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
    body: CreditGrantOrder,
    idempotency_key: str | Unset = UNSET,
) -> CreditGrant | Problem | WaitingCreditGrant | None:
    """Give credits

     Give an organization credits on a metered feature, to be spent from now on.

    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request gives once.
    A promotion or an adjustment of more than the installation's limit (1,000 unless it is
    set otherwise) waits until somebody of the staff agrees: then the answer is 202, and the
    credits come with the event `credits.granted`. Purchases have no limit.

    Args:
        idempotency_key (str | Unset):
        body (CreditGrantOrder): Credits to give, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreditGrant | Problem | WaitingCreditGrant
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
