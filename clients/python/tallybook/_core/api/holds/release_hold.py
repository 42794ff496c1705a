from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.hold import Hold
from ...models.problem import Problem
from ...models.release import Release
from ...types import UNSET, Response, Unset


def _get_kwargs(
    hold_id: str,
    *,
    body: Release | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/holds/{hold_id}/release".format(
            hold_id=quote(str(hold_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Hold | Problem | None:
    if response.status_code == 200:
        response_200 = Hold.from_dict(response.json())

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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[Hold | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    hold_id: str,
    *,
    client: AuthenticatedClient,
    body: Release | Unset = UNSET,
) -> Response[Hold | Problem]:
    """Release a hold

     Returns everything that was set aside, because nothing was used. Releasing again answers the
    same; 409 for a hold that was settled or has expired, 403 for one of a platform key.

    Args:
        hold_id (str):
        body (Release | Unset): Whose hold it is. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Hold | Problem]
    """

    kwargs = _get_kwargs(
        hold_id=hold_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    hold_id: str,
    *,
    client: AuthenticatedClient,
    body: Release | Unset = UNSET,
) -> Hold | Problem | None:
    """Release a hold

     Returns everything that was set aside, because nothing was used. Releasing again answers the
    same; 409 for a hold that was settled or has expired, 403 for one of a platform key.

    Args:
        hold_id (str):
        body (Release | Unset): Whose hold it is. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Hold | Problem
    """

    return sync_detailed(
        hold_id=hold_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    hold_id: str,
    *,
    client: AuthenticatedClient,
    body: Release | Unset = UNSET,
) -> Response[Hold | Problem]:
    """Release a hold

     Returns everything that was set aside, because nothing was used. Releasing again answers the
    same; 409 for a hold that was settled or has expired, 403 for one of a platform key.

    Args:
        hold_id (str):
        body (Release | Unset): Whose hold it is. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Hold | Problem]
    """

    kwargs = _get_kwargs(
        hold_id=hold_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    hold_id: str,
    *,
    client: AuthenticatedClient,
    body: Release | Unset = UNSET,
) -> Hold | Problem | None:
    """Release a hold

     Returns everything that was set aside, because nothing was used. Releasing again answers the
    same; 409 for a hold that was settled or has expired, 403 for one of a platform key.

    Args:
        hold_id (str):
        body (Release | Unset): Whose hold it is. The body may be left out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Hold | Problem
    """

    return (
        await asyncio_detailed(
            hold_id=hold_id,
            client=client,
            body=body,
        )
    ).parsed
