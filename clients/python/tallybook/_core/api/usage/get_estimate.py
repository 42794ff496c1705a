from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.estimate import Estimate
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    action: str,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    quantity: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["action"] = action

    params["language"] = language

    params["organization"] = organization

    params["quantity"] = quantity

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/estimates",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Estimate | Problem | None:
    if response.status_code == 200:
        response_200 = Estimate.from_dict(response.json())

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
) -> Response[Estimate | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    action: str,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    quantity: str | Unset = UNSET,
) -> Response[Estimate | Problem]:
    """Estimate what an action would take

     For a button that says what it takes: credits, the share of the month's allowance, what it
    is worth, and what it would cost where no credits are left. As data, and as a sentence.

    Args:
        action (str):
        language (str | Unset):
        organization (str | Unset):
        quantity (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Estimate | Problem]
    """

    kwargs = _get_kwargs(
        action=action,
        language=language,
        organization=organization,
        quantity=quantity,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    action: str,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    quantity: str | Unset = UNSET,
) -> Estimate | Problem | None:
    """Estimate what an action would take

     For a button that says what it takes: credits, the share of the month's allowance, what it
    is worth, and what it would cost where no credits are left. As data, and as a sentence.

    Args:
        action (str):
        language (str | Unset):
        organization (str | Unset):
        quantity (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Estimate | Problem
    """

    return sync_detailed(
        client=client,
        action=action,
        language=language,
        organization=organization,
        quantity=quantity,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    action: str,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    quantity: str | Unset = UNSET,
) -> Response[Estimate | Problem]:
    """Estimate what an action would take

     For a button that says what it takes: credits, the share of the month's allowance, what it
    is worth, and what it would cost where no credits are left. As data, and as a sentence.

    Args:
        action (str):
        language (str | Unset):
        organization (str | Unset):
        quantity (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Estimate | Problem]
    """

    kwargs = _get_kwargs(
        action=action,
        language=language,
        organization=organization,
        quantity=quantity,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    action: str,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    quantity: str | Unset = UNSET,
) -> Estimate | Problem | None:
    """Estimate what an action would take

     For a button that says what it takes: credits, the share of the month's allowance, what it
    is worth, and what it would cost where no credits are left. As data, and as a sentence.

    Args:
        action (str):
        language (str | Unset):
        organization (str | Unset):
        quantity (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Estimate | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            action=action,
            language=language,
            organization=organization,
            quantity=quantity,
        )
    ).parsed
