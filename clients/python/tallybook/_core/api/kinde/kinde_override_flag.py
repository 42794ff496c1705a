from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.success import Success
from ...types import UNSET, Response


def _get_kwargs(
    org_code: str,
    flag_key: str,
    *,
    value: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["value"] = value

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/organizations/{org_code}/feature_flags/{flag_key}".format(
            org_code=quote(str(org_code), safe=""),
            flag_key=quote(str(flag_key), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> KindeErrors | Success | None:
    if response.status_code == 200:
        response_200 = Success.from_dict(response.json())

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
) -> Response[KindeErrors | Success]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    org_code: str,
    flag_key: str,
    *,
    client: AuthenticatedClient,
    value: str,
) -> Response[KindeErrors | Success]:
    """Override a flag for an organization

     From now on this is the flag's value for the organization, whatever its plan says. Needs a
    platform key.

    Args:
        org_code (str):
        flag_key (str):
        value (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        flag_key=flag_key,
        value=value,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    org_code: str,
    flag_key: str,
    *,
    client: AuthenticatedClient,
    value: str,
) -> KindeErrors | Success | None:
    """Override a flag for an organization

     From now on this is the flag's value for the organization, whatever its plan says. Needs a
    platform key.

    Args:
        org_code (str):
        flag_key (str):
        value (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return sync_detailed(
        org_code=org_code,
        flag_key=flag_key,
        client=client,
        value=value,
    ).parsed


async def asyncio_detailed(
    org_code: str,
    flag_key: str,
    *,
    client: AuthenticatedClient,
    value: str,
) -> Response[KindeErrors | Success]:
    """Override a flag for an organization

     From now on this is the flag's value for the organization, whatever its plan says. Needs a
    platform key.

    Args:
        org_code (str):
        flag_key (str):
        value (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        flag_key=flag_key,
        value=value,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    org_code: str,
    flag_key: str,
    *,
    client: AuthenticatedClient,
    value: str,
) -> KindeErrors | Success | None:
    """Override a flag for an organization

     From now on this is the flag's value for the organization, whatever its plan says. Needs a
    platform key.

    Args:
        org_code (str):
        flag_key (str):
        value (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return (
        await asyncio_detailed(
            org_code=org_code,
            flag_key=flag_key,
            client=client,
            value=value,
        )
    ).parsed
