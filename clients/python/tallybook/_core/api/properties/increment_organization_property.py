from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.increment import Increment
from ...models.problem import Problem
from ...models.property_ import Property
from ...types import UNSET, Response, Unset


def _get_kwargs(
    organization_id: str,
    key: str,
    *,
    body: Increment | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/organizations/{organization_id}/properties/{key}/increment".format(
            organization_id=quote(str(organization_id), safe=""),
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
) -> Problem | Property | None:
    if response.status_code == 200:
        response_200 = Property.from_dict(response.json())

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
) -> Response[Problem | Property]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    organization_id: str,
    key: str,
    *,
    client: AuthenticatedClient,
    body: Increment | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | Property]:
    """Count a property up

     Add to a number; what is not set counts as 0. However many add at once, nothing is lost.
    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request adds once.

    Args:
        organization_id (str):
        key (str):
        idempotency_key (str | Unset):
        body (Increment | Unset): How much to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Property]
    """

    kwargs = _get_kwargs(
        organization_id=organization_id,
        key=key,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    organization_id: str,
    key: str,
    *,
    client: AuthenticatedClient,
    body: Increment | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | Property | None:
    """Count a property up

     Add to a number; what is not set counts as 0. However many add at once, nothing is lost.
    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request adds once.

    Args:
        organization_id (str):
        key (str):
        idempotency_key (str | Unset):
        body (Increment | Unset): How much to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Property
    """

    return sync_detailed(
        organization_id=organization_id,
        key=key,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    organization_id: str,
    key: str,
    *,
    client: AuthenticatedClient,
    body: Increment | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | Property]:
    """Count a property up

     Add to a number; what is not set counts as 0. However many add at once, nothing is lost.
    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request adds once.

    Args:
        organization_id (str):
        key (str):
        idempotency_key (str | Unset):
        body (Increment | Unset): How much to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Property]
    """

    kwargs = _get_kwargs(
        organization_id=organization_id,
        key=key,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    organization_id: str,
    key: str,
    *,
    client: AuthenticatedClient,
    body: Increment | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | Property | None:
    """Count a property up

     Add to a number; what is not set counts as 0. However many add at once, nothing is lost.
    Needs a platform key. Send an `Idempotency-Key`, so that a repeated request adds once.

    Args:
        organization_id (str):
        key (str):
        idempotency_key (str | Unset):
        body (Increment | Unset): How much to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Property
    """

    return (
        await asyncio_detailed(
            organization_id=organization_id,
            key=key,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
