import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.balance_page import BalancePage
from ...models.past_balance_page import PastBalancePage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    at: datetime.datetime | Unset = UNSET,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_at: str | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = at.isoformat()
    params["at"] = json_at

    params["language"] = language

    params["organization"] = organization

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/balances",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BalancePage | PastBalancePage | Problem | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> BalancePage | PastBalancePage:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_balances_type_0 = BalancePage.from_dict(data)

                return componentsschemas_balances_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_balances_type_1 = PastBalancePage.from_dict(data)

            return componentsschemas_balances_type_1

        response_200 = _parse_response_200(response.json())

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
) -> Response[BalancePage | PastBalancePage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    at: datetime.datetime | Unset = UNSET,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Response[BalancePage | PastBalancePage | Problem]:
    """List balances

     One entry for each metered feature of the live agreement; none without an agreement. With
    `at`, what could be spent at that moment on the features of today's plan, as the books tell
    it today.

    Args:
        at (datetime.datetime | Unset):
        language (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BalancePage | PastBalancePage | Problem]
    """

    kwargs = _get_kwargs(
        at=at,
        language=language,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    at: datetime.datetime | Unset = UNSET,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> BalancePage | PastBalancePage | Problem | None:
    """List balances

     One entry for each metered feature of the live agreement; none without an agreement. With
    `at`, what could be spent at that moment on the features of today's plan, as the books tell
    it today.

    Args:
        at (datetime.datetime | Unset):
        language (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BalancePage | PastBalancePage | Problem
    """

    return sync_detailed(
        client=client,
        at=at,
        language=language,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    at: datetime.datetime | Unset = UNSET,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Response[BalancePage | PastBalancePage | Problem]:
    """List balances

     One entry for each metered feature of the live agreement; none without an agreement. With
    `at`, what could be spent at that moment on the features of today's plan, as the books tell
    it today.

    Args:
        at (datetime.datetime | Unset):
        language (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BalancePage | PastBalancePage | Problem]
    """

    kwargs = _get_kwargs(
        at=at,
        language=language,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    at: datetime.datetime | Unset = UNSET,
    language: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> BalancePage | PastBalancePage | Problem | None:
    """List balances

     One entry for each metered feature of the live agreement; none without an agreement. With
    `at`, what could be spent at that moment on the features of today's plan, as the books tell
    it today.

    Args:
        at (datetime.datetime | Unset):
        language (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BalancePage | PastBalancePage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            at=at,
            language=language,
            organization=organization,
            page_size=page_size,
            starting_after=starting_after,
        )
    ).parsed
