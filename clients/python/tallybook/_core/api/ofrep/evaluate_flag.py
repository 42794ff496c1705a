from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.evaluated_flag import EvaluatedFlag
from ...models.evaluation_error import EvaluationError
from ...models.evaluation_request import EvaluationRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    key: str,
    *,
    body: EvaluationRequest | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/ofrep/v1/evaluate/flags/{key}".format(
            key=quote(str(key), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EvaluatedFlag | EvaluationError | None:
    if response.status_code == 200:
        response_200 = EvaluatedFlag.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = EvaluationError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = EvaluationError.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = EvaluationError.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = EvaluationError.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = EvaluationError.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = EvaluationError.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[EvaluatedFlag | EvaluationError]:
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
    body: EvaluationRequest | Unset = UNSET,
) -> Response[EvaluatedFlag | EvaluationError]:
    """Evaluate a flag

     One flag or metered feature, as OpenFeature's server clients ask for it.

    Args:
        key (str):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EvaluatedFlag | EvaluationError]
    """

    kwargs = _get_kwargs(
        key=key,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    key: str,
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
) -> EvaluatedFlag | EvaluationError | None:
    """Evaluate a flag

     One flag or metered feature, as OpenFeature's server clients ask for it.

    Args:
        key (str):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EvaluatedFlag | EvaluationError
    """

    return sync_detailed(
        key=key,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    key: str,
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
) -> Response[EvaluatedFlag | EvaluationError]:
    """Evaluate a flag

     One flag or metered feature, as OpenFeature's server clients ask for it.

    Args:
        key (str):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EvaluatedFlag | EvaluationError]
    """

    kwargs = _get_kwargs(
        key=key,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    key: str,
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
) -> EvaluatedFlag | EvaluationError | None:
    """Evaluate a flag

     One flag or metered feature, as OpenFeature's server clients ask for it.

    Args:
        key (str):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EvaluatedFlag | EvaluationError
    """

    return (
        await asyncio_detailed(
            key=key,
            client=client,
            body=body,
        )
    ).parsed
