from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.account_flags_answer import AccountFlagsAnswer
from ...models.kinde_errors import KindeErrors
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/account_api/v1/feature_flags",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AccountFlagsAnswer | KindeErrors | None:
    if response.status_code == 200:
        response_200 = AccountFlagsAnswer.from_dict(response.json())

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
) -> Response[AccountFlagsAnswer | KindeErrors]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> Response[AccountFlagsAnswer | KindeErrors]:
    """List a person's flags

     With the person's own values. Needs the access token of a person who signed in.

    Args:
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountFlagsAnswer | KindeErrors]
    """

    kwargs = _get_kwargs(
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
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> AccountFlagsAnswer | KindeErrors | None:
    """List a person's flags

     With the person's own values. Needs the access token of a person who signed in.

    Args:
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountFlagsAnswer | KindeErrors
    """

    return sync_detailed(
        client=client,
        page_size=page_size,
        starting_after=starting_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> Response[AccountFlagsAnswer | KindeErrors]:
    """List a person's flags

     With the person's own values. Needs the access token of a person who signed in.

    Args:
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountFlagsAnswer | KindeErrors]
    """

    kwargs = _get_kwargs(
        page_size=page_size,
        starting_after=starting_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    page_size: int | Unset = 10,
    starting_after: str | Unset = UNSET,
) -> AccountFlagsAnswer | KindeErrors | None:
    """List a person's flags

     With the person's own values. Needs the access token of a person who signed in.

    Args:
        page_size (int | Unset):  Default: 10.
        starting_after (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountFlagsAnswer | KindeErrors
    """

    return (
        await asyncio_detailed(
            client=client,
            page_size=page_size,
            starting_after=starting_after,
        )
    ).parsed
