from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.acceptance import Acceptance
from ...models.problem import Problem
from ...models.repricing_offer import RepricingOffer
from ...types import UNSET, Response, Unset


def _get_kwargs(
    repricing_offer_id: str,
    *,
    body: Acceptance | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/repricing-offers/{repricing_offer_id}/accept".format(
            repricing_offer_id=quote(str(repricing_offer_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RepricingOffer | None:
    if response.status_code == 200:
        response_200 = RepricingOffer.from_dict(response.json())

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
) -> Response[Problem | RepricingOffer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    body: Acceptance | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RepricingOffer]:
    """Accept an offer

     The customer moves at `effective_at`, and never within a period that is paid for: another
    date than a renewal is 400 `mid_contract`, one before the end of the notice 400
    `notice_too_short`. An offer that was declined can still be accepted. Where a legacy plan is
    left it is 409 `leaves_legacy_plan` unless the body says that the customer knows that there
    is no way back.

    Args:
        repricing_offer_id (str):
        idempotency_key (str | Unset):
        body (Acceptance | Unset): That the customer accepts. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOffer]
    """

    kwargs = _get_kwargs(
        repricing_offer_id=repricing_offer_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    body: Acceptance | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RepricingOffer | None:
    """Accept an offer

     The customer moves at `effective_at`, and never within a period that is paid for: another
    date than a renewal is 400 `mid_contract`, one before the end of the notice 400
    `notice_too_short`. An offer that was declined can still be accepted. Where a legacy plan is
    left it is 409 `leaves_legacy_plan` unless the body says that the customer knows that there
    is no way back.

    Args:
        repricing_offer_id (str):
        idempotency_key (str | Unset):
        body (Acceptance | Unset): That the customer accepts. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RepricingOffer
    """

    return sync_detailed(
        repricing_offer_id=repricing_offer_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    body: Acceptance | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RepricingOffer]:
    """Accept an offer

     The customer moves at `effective_at`, and never within a period that is paid for: another
    date than a renewal is 400 `mid_contract`, one before the end of the notice 400
    `notice_too_short`. An offer that was declined can still be accepted. Where a legacy plan is
    left it is 409 `leaves_legacy_plan` unless the body says that the customer knows that there
    is no way back.

    Args:
        repricing_offer_id (str):
        idempotency_key (str | Unset):
        body (Acceptance | Unset): That the customer accepts. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOffer]
    """

    kwargs = _get_kwargs(
        repricing_offer_id=repricing_offer_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    body: Acceptance | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RepricingOffer | None:
    """Accept an offer

     The customer moves at `effective_at`, and never within a period that is paid for: another
    date than a renewal is 400 `mid_contract`, one before the end of the notice 400
    `notice_too_short`. An offer that was declined can still be accepted. Where a legacy plan is
    left it is 409 `leaves_legacy_plan` unless the body says that the customer knows that there
    is no way back.

    Args:
        repricing_offer_id (str):
        idempotency_key (str | Unset):
        body (Acceptance | Unset): That the customer accepts. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RepricingOffer
    """

    return (
        await asyncio_detailed(
            repricing_offer_id=repricing_offer_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
