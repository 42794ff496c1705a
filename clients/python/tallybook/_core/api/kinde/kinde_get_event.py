from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.kinde_event_answer import KindeEventAnswer
from ...types import Response


def _get_kwargs(
    webhook_event_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/events/{webhook_event_id}".format(
            webhook_event_id=quote(str(webhook_event_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | KindeEventAnswer | None:
    if response.status_code == 200:
        response_200 = KindeEventAnswer.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = KindeErrors.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = KindeErrors.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = KindeErrors.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = KindeErrors.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = KindeErrors.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = KindeErrors.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[KindeErrors | KindeEventAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[KindeErrors | KindeEventAnswer]:
    """Get an event as at Kinde

     What happened, by the id that a webhook told.

    Args:
        webhook_event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeEventAnswer]
    """

    kwargs = _get_kwargs(
        webhook_event_id=webhook_event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
) -> KindeErrors | KindeEventAnswer | None:
    """Get an event as at Kinde

     What happened, by the id that a webhook told.

    Args:
        webhook_event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeEventAnswer
    """

    return sync_detailed(
        webhook_event_id=webhook_event_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[KindeErrors | KindeEventAnswer]:
    """Get an event as at Kinde

     What happened, by the id that a webhook told.

    Args:
        webhook_event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | KindeEventAnswer]
    """

    kwargs = _get_kwargs(
        webhook_event_id=webhook_event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_event_id: str,
    *,
    client: AuthenticatedClient,
) -> KindeErrors | KindeEventAnswer | None:
    """Get an event as at Kinde

     What happened, by the id that a webhook told.

    Args:
        webhook_event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | KindeEventAnswer
    """

    return (
        await asyncio_detailed(
            webhook_event_id=webhook_event_id,
            client=client,
        )
    ).parsed
