from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.repricing_offer_page import RepricingOfferPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["organization"] = organization

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/repricing-offers",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RepricingOfferPage | None:
    if response.status_code == 200:
        response_200 = RepricingOfferPage.from_dict(response.json())

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
) -> Response[Problem | RepricingOfferPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Response[Problem | RepricingOfferPage]:
    """List offers to move to another plan

     Moves to another plan that the organization was told of, with its own numbers.

    Args:
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOfferPage]
    """

    kwargs = _get_kwargs(
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
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Problem | RepricingOfferPage | None:
    """List offers to move to another plan

     Moves to another plan that the organization was told of, with its own numbers.

    Args:
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RepricingOfferPage
    """

    return sync_detailed(
        client=client,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Response[Problem | RepricingOfferPage]:
    """List offers to move to another plan

     Moves to another plan that the organization was told of, with its own numbers.

    Args:
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOfferPage]
    """

    kwargs = _get_kwargs(
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
) -> Problem | RepricingOfferPage | None:
    """List offers to move to another plan

     Moves to another plan that the organization was told of, with its own numbers.

    Args:
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RepricingOfferPage
    """

    return (
        await asyncio_detailed(
            client=client,
            organization=organization,
            page_size=page_size,
            starting_after=starting_after,
        )
    ).parsed
