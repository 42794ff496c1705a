from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_agreed import KindeAgreed
from ...models.kinde_agreement_order import KindeAgreementOrder
from ...models.kinde_errors import KindeErrors
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: KindeAgreementOrder,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/billing/agreements",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeAgreed | KindeErrors | None:
    if response.status_code == 200:
        response_200 = KindeAgreed.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = KindeErrors.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = KindeErrors.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = KindeErrors.from_dict(response.json())

        return response_402

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

    if response.status_code == 502:
        response_502 = KindeErrors.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = KindeErrors.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[KindeAgreed | KindeErrors]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: KindeAgreementOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[KindeAgreed | KindeErrors]:
    """Put a customer on a plan as at Kinde

     The customer is on the plan from now on; a customer who is already stays on it, and a move
    to another plan that waits for the end of the period is taken back.

    With a platform key any published plan will do, and the move is made at once, up or down.
    An organization's key can do what its people can on the plan page: begin with a plan that
    costs nothing, upgrade at once for the difference, downgrade when the period ends.

    Args:
        idempotency_key (str | Unset):
        body (KindeAgreementOrder): The plan that a billing customer shall be on.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeAgreed | KindeErrors]
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
    body: KindeAgreementOrder,
    idempotency_key: str | Unset = UNSET,
) -> KindeAgreed | KindeErrors | None:
    """Put a customer on a plan as at Kinde

     The customer is on the plan from now on; a customer who is already stays on it, and a move
    to another plan that waits for the end of the period is taken back.

    With a platform key any published plan will do, and the move is made at once, up or down.
    An organization's key can do what its people can on the plan page: begin with a plan that
    costs nothing, upgrade at once for the difference, downgrade when the period ends.

    Args:
        idempotency_key (str | Unset):
        body (KindeAgreementOrder): The plan that a billing customer shall be on.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeAgreed | KindeErrors
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: KindeAgreementOrder,
    idempotency_key: str | Unset = UNSET,
) -> Response[KindeAgreed | KindeErrors]:
    """Put a customer on a plan as at Kinde

     The customer is on the plan from now on; a customer who is already stays on it, and a move
    to another plan that waits for the end of the period is taken back.

    With a platform key any published plan will do, and the move is made at once, up or down.
    An organization's key can do what its people can on the plan page: begin with a plan that
    costs nothing, upgrade at once for the difference, downgrade when the period ends.

    Args:
        idempotency_key (str | Unset):
        body (KindeAgreementOrder): The plan that a billing customer shall be on.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeAgreed | KindeErrors]
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
    body: KindeAgreementOrder,
    idempotency_key: str | Unset = UNSET,
) -> KindeAgreed | KindeErrors | None:
    """Put a customer on a plan as at Kinde

     The customer is on the plan from now on; a customer who is already stays on it, and a move
    to another plan that waits for the end of the period is taken back.

    With a platform key any published plan will do, and the move is made at once, up or down.
    An organization's key can do what its people can on the plan page: begin with a plan that
    costs nothing, upgrade at once for the difference, downgrade when the period ends.

    Args:
        idempotency_key (str | Unset):
        body (KindeAgreementOrder): The plan that a billing customer shall be on.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeAgreed | KindeErrors
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
