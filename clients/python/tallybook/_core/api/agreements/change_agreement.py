from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.agreement import Agreement
from ...models.change_order import ChangeOrder
from ...models.payment_problem import PaymentProblem
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    agreement_id: str,
    *,
    body: ChangeOrder,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/agreements/{agreement_id}/change".format(
            agreement_id=quote(str(agreement_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Agreement | PaymentProblem | Problem | None:
    if response.status_code == 200:
        response_200 = Agreement.from_dict(response.json())

        return response_200

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
) -> Response[Agreement | PaymentProblem | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    agreement_id: str,
    *,
    client: AuthenticatedClient,
    body: ChangeOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[Agreement | PaymentProblem | Problem]:
    """Make a change that was previewed

     Charges what the preview said and changes the agreement at once; or, where the preview
    said so, notes the change for the end of the period that is paid for. 409
    `preview_outdated` if it comes to another amount by now; 402 `payment_incomplete` with
    `invoice_url` if the payment does not go through: the change takes effect with it. 409
    `leaves_legacy_plan` unless the body says that the customer knows that there is no way back.

    Args:
        agreement_id (str):
        idempotency_key (str | Unset):
        body (ChangeOrder): A change that was previewed: the same wish, and two things that the
            preview told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Agreement | PaymentProblem | Problem]
    """

    kwargs = _get_kwargs(
        agreement_id=agreement_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    agreement_id: str,
    *,
    client: AuthenticatedClient,
    body: ChangeOrder,
    idempotency_key: str | Unset = UNSET,
) -> Agreement | PaymentProblem | Problem | None:
    """Make a change that was previewed

     Charges what the preview said and changes the agreement at once; or, where the preview
    said so, notes the change for the end of the period that is paid for. 409
    `preview_outdated` if it comes to another amount by now; 402 `payment_incomplete` with
    `invoice_url` if the payment does not go through: the change takes effect with it. 409
    `leaves_legacy_plan` unless the body says that the customer knows that there is no way back.

    Args:
        agreement_id (str):
        idempotency_key (str | Unset):
        body (ChangeOrder): A change that was previewed: the same wish, and two things that the
            preview told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Agreement | PaymentProblem | Problem
    """

    return sync_detailed(
        agreement_id=agreement_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    agreement_id: str,
    *,
    client: AuthenticatedClient,
    body: ChangeOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[Agreement | PaymentProblem | Problem]:
    """Make a change that was previewed

     Charges what the preview said and changes the agreement at once; or, where the preview
    said so, notes the change for the end of the period that is paid for. 409
    `preview_outdated` if it comes to another amount by now; 402 `payment_incomplete` with
    `invoice_url` if the payment does not go through: the change takes effect with it. 409
    `leaves_legacy_plan` unless the body says that the customer knows that there is no way back.

    Args:
        agreement_id (str):
        idempotency_key (str | Unset):
        body (ChangeOrder): A change that was previewed: the same wish, and two things that the
            preview told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Agreement | PaymentProblem | Problem]
    """

    kwargs = _get_kwargs(
        agreement_id=agreement_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    agreement_id: str,
    *,
    client: AuthenticatedClient,
    body: ChangeOrder,
    idempotency_key: str | Unset = UNSET,
) -> Agreement | PaymentProblem | Problem | None:
    """Make a change that was previewed

     Charges what the preview said and changes the agreement at once; or, where the preview
    said so, notes the change for the end of the period that is paid for. 409
    `preview_outdated` if it comes to another amount by now; 402 `payment_incomplete` with
    `invoice_url` if the payment does not go through: the change takes effect with it. 409
    `leaves_legacy_plan` unless the body says that the customer knows that there is no way back.

    Args:
        agreement_id (str):
        idempotency_key (str | Unset):
        body (ChangeOrder): A change that was previewed: the same wish, and two things that the
            preview told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Agreement | PaymentProblem | Problem
    """

    return (
        await asyncio_detailed(
            agreement_id=agreement_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
