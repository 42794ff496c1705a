from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.pricing_table import PricingTable
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    key: str,
    *,
    language: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["language"] = language

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/pricing-tables/{key}".format(
            key=quote(str(key), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PricingTable | Problem | None:
    if response.status_code == 200:
        response_200 = PricingTable.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PricingTable | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    key: str,
    *,
    client: AuthenticatedClient,
    language: str | Unset = UNSET,
) -> Response[PricingTable | Problem]:
    """Get a pricing table

     The live pricing table with this key, or the plans on sale of the group with this code.
    Drafts and legacy plans are not found. Needs no key, may be called from any web page, and
    may be cached for a minute.

    Args:
        key (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PricingTable | Problem]
    """

    kwargs = _get_kwargs(
        key=key,
        language=language,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    key: str,
    *,
    client: AuthenticatedClient,
    language: str | Unset = UNSET,
) -> PricingTable | Problem | None:
    """Get a pricing table

     The live pricing table with this key, or the plans on sale of the group with this code.
    Drafts and legacy plans are not found. Needs no key, may be called from any web page, and
    may be cached for a minute.

    Args:
        key (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PricingTable | Problem
    """

    return sync_detailed(
        key=key,
        client=client,
        language=language,
    ).parsed


async def asyncio_detailed(
    key: str,
    *,
    client: AuthenticatedClient,
    language: str | Unset = UNSET,
) -> Response[PricingTable | Problem]:
    """Get a pricing table

     The live pricing table with this key, or the plans on sale of the group with this code.
    Drafts and legacy plans are not found. Needs no key, may be called from any web page, and
    may be cached for a minute.

    Args:
        key (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PricingTable | Problem]
    """

    kwargs = _get_kwargs(
        key=key,
        language=language,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    key: str,
    *,
    client: AuthenticatedClient,
    language: str | Unset = UNSET,
) -> PricingTable | Problem | None:
    """Get a pricing table

     The live pricing table with this key, or the plans on sale of the group with this code.
    Drafts and legacy plans are not found. Needs no key, may be called from any web page, and
    may be cached for a minute.

    Args:
        key (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PricingTable | Problem
    """

    return (
        await asyncio_detailed(
            key=key,
            client=client,
            language=language,
        )
    ).parsed
