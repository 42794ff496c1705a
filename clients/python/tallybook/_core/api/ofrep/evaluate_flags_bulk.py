from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.evaluated_flags import EvaluatedFlags
from ...models.evaluation_error import EvaluationError
from ...models.evaluation_request import EvaluationRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: EvaluationRequest | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/ofrep/v1/evaluate/flags",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | EvaluatedFlags | EvaluationError | None:
    if response.status_code == 200:
        response_200 = EvaluatedFlags.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 400:
        response_400 = EvaluationError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = EvaluationError.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = EvaluationError.from_dict(response.json())

        return response_403

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
) -> Response[Any | EvaluatedFlags | EvaluationError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | EvaluatedFlags | EvaluationError]:
    """Evaluate all flags

     Every flag and metered feature at once, as OpenFeature's web clients ask for them, with an
    `ETag`; while that holds, the answer to `If-None-Match` is 304 and nothing is evaluated.

    Args:
        if_none_match (str | Unset):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | EvaluatedFlags | EvaluationError]
    """

    kwargs = _get_kwargs(
        body=body,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | EvaluatedFlags | EvaluationError | None:
    """Evaluate all flags

     Every flag and metered feature at once, as OpenFeature's web clients ask for them, with an
    `ETag`; while that holds, the answer to `If-None-Match` is 304 and nothing is evaluated.

    Args:
        if_none_match (str | Unset):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | EvaluatedFlags | EvaluationError
    """

    return sync_detailed(
        client=client,
        body=body,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | EvaluatedFlags | EvaluationError]:
    """Evaluate all flags

     Every flag and metered feature at once, as OpenFeature's web clients ask for them, with an
    `ETag`; while that holds, the answer to `If-None-Match` is 304 and nothing is evaluated.

    Args:
        if_none_match (str | Unset):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | EvaluatedFlags | EvaluationError]
    """

    kwargs = _get_kwargs(
        body=body,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: EvaluationRequest | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | EvaluatedFlags | EvaluationError | None:
    """Evaluate all flags

     Every flag and metered feature at once, as OpenFeature's web clients ask for them, with an
    `ETag`; while that holds, the answer to `If-None-Match` is 304 and nothing is evaluated.

    Args:
        if_none_match (str | Unset):
        body (EvaluationRequest | Unset): What OpenFeature's clients send.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | EvaluatedFlags | EvaluationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            if_none_match=if_none_match,
        )
    ).parsed
