from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.embedded_usage import EmbeddedUsage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    feature: str,
    language: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["feature"] = feature

    params["language"] = language

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/embed/usage",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EmbeddedUsage | Problem | None:
    if response.status_code == 200:
        response_200 = EmbeddedUsage.from_dict(response.json())

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
) -> Response[EmbeddedUsage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    feature: str,
    language: str | Unset = UNSET,
) -> Response[EmbeddedUsage | Problem]:
    """Show what was used and is left

     For pages, which show an embed token that allows `usage` as their bearer token. The numbers
    and words of `GET /api/v1/balances`.

    Args:
        feature (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EmbeddedUsage | Problem]
    """

    kwargs = _get_kwargs(
        feature=feature,
        language=language,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    feature: str,
    language: str | Unset = UNSET,
) -> EmbeddedUsage | Problem | None:
    """Show what was used and is left

     For pages, which show an embed token that allows `usage` as their bearer token. The numbers
    and words of `GET /api/v1/balances`.

    Args:
        feature (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EmbeddedUsage | Problem
    """

    return sync_detailed(
        client=client,
        feature=feature,
        language=language,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    feature: str,
    language: str | Unset = UNSET,
) -> Response[EmbeddedUsage | Problem]:
    """Show what was used and is left

     For pages, which show an embed token that allows `usage` as their bearer token. The numbers
    and words of `GET /api/v1/balances`.

    Args:
        feature (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EmbeddedUsage | Problem]
    """

    kwargs = _get_kwargs(
        feature=feature,
        language=language,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    feature: str,
    language: str | Unset = UNSET,
) -> EmbeddedUsage | Problem | None:
    """Show what was used and is left

     For pages, which show an embed token that allows `usage` as their bearer token. The numbers
    and words of `GET /api/v1/balances`.

    Args:
        feature (str):
        language (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EmbeddedUsage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            feature=feature,
            language=language,
        )
    ).parsed
