from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.hold import Hold
from ...models.hold_order import HoldOrder
from ...models.problem import Problem
from ...models.shortage import Shortage
from ...types import Response


def _get_kwargs(
    *,
    body: HoldOrder,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/holds",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Hold | Problem | Shortage | None:
    if response.status_code == 200:
        response_200 = Hold.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = Hold.from_dict(response.json())

        return response_201

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
) -> Response[Hold | Problem | Shortage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: HoldOrder,
) -> Response[Hold | Problem | Shortage]:
    """Set credits aside

     Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
    plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
    409 if the id belongs to a hold with other content.

    Args:
        body (HoldOrder): Credits to set aside: for an `action` and a `quantity` (1 unless given),
            or a `feature` and a
            `value`.

            `id` is yours: sent again with the same content it names the same hold.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Hold | Problem | Shortage]
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
    body: HoldOrder,
) -> Hold | Problem | Shortage | None:
    """Set credits aside

     Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
    plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
    409 if the id belongs to a hold with other content.

    Args:
        body (HoldOrder): Credits to set aside: for an `action` and a `quantity` (1 unless given),
            or a `feature` and a
            `value`.

            `id` is yours: sent again with the same content it names the same hold.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Hold | Problem | Shortage
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: HoldOrder,
) -> Response[Hold | Problem | Shortage]:
    """Set credits aside

     Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
    plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
    409 if the id belongs to a hold with other content.

    Args:
        body (HoldOrder): Credits to set aside: for an `action` and a `quantity` (1 unless given),
            or a `feature` and a
            `value`.

            `id` is yours: sent again with the same content it names the same hold.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Hold | Problem | Shortage]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: HoldOrder,
) -> Hold | Problem | Shortage | None:
    """Set credits aside

     Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
    plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
    409 if the id belongs to a hold with other content.

    Args:
        body (HoldOrder): Credits to set aside: for an `action` and a `quantity` (1 unless given),
            or a `feature` and a
            `value`.

            `id` is yours: sent again with the same content it names the same hold.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Hold | Problem | Shortage
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
