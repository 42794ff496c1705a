from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.repricing_offer import RepricingOffer
from ...types import UNSET, Response, Unset


def _get_kwargs(
    repricing_offer_id: str,
    *,
    organization: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["organization"] = organization

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/repricing-offers/{repricing_offer_id}".format(
            repricing_offer_id=quote(str(repricing_offer_id), safe=""),
        ),
        "params": params,
    }

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
    organization: str | Unset = UNSET,
) -> Response[Problem | RepricingOffer]:
    """Get an offer to move to another plan

     One offer, with all of its numbers.

    Args:
        repricing_offer_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOffer]
    """

    kwargs = _get_kwargs(
        repricing_offer_id=repricing_offer_id,
        organization=organization,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Problem | RepricingOffer | None:
    """Get an offer to move to another plan

     One offer, with all of its numbers.

    Args:
        repricing_offer_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RepricingOffer
    """

    return sync_detailed(
        repricing_offer_id=repricing_offer_id,
        client=client,
        organization=organization,
    ).parsed


async def asyncio_detailed(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Response[Problem | RepricingOffer]:
    """Get an offer to move to another plan

     One offer, with all of its numbers.

    Args:
        repricing_offer_id (str):
        organization (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RepricingOffer]
    """

    kwargs = _get_kwargs(
        repricing_offer_id=repricing_offer_id,
        organization=organization,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    repricing_offer_id: str,
    *,
    client: AuthenticatedClient,
    organization: str | Unset = UNSET,
) -> Problem | RepricingOffer | None:
    """Get an offer to move to another plan

     One offer, with all of its numbers.

    Args:
        repricing_offer_id (str):
        organization (str | Unset):

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
            organization=organization,
        )
    ).parsed
