from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kinde_errors import KindeErrors
from ...models.kinde_organization_change import KindeOrganizationChange
from ...models.success import Success
from ...types import UNSET, Response, Unset


def _get_kwargs(
    org_code: str,
    *,
    body: KindeOrganizationChange | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/organization/{org_code}".format(
            org_code=quote(str(org_code), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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

    if response.status_code == 409:
        response_409 = KindeErrors.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = KindeErrors.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = KindeErrors.from_dict(response.json())

        return response_415

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
    *,
    client: AuthenticatedClient,
    body: KindeOrganizationChange | Unset = UNSET,
) -> Response[KindeErrors | Success]:
    """Change an organization as at Kinde

     Change what the organization is called.

    Args:
        org_code (str):
        body (KindeOrganizationChange | Unset): What shall be different. Whatever is left out
            stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    org_code: str,
    *,
    client: AuthenticatedClient,
    body: KindeOrganizationChange | Unset = UNSET,
) -> KindeErrors | Success | None:
    """Change an organization as at Kinde

     Change what the organization is called.

    Args:
        org_code (str):
        body (KindeOrganizationChange | Unset): What shall be different. Whatever is left out
            stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return sync_detailed(
        org_code=org_code,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    org_code: str,
    *,
    client: AuthenticatedClient,
    body: KindeOrganizationChange | Unset = UNSET,
) -> Response[KindeErrors | Success]:
    """Change an organization as at Kinde

     Change what the organization is called.

    Args:
        org_code (str):
        body (KindeOrganizationChange | Unset): What shall be different. Whatever is left out
            stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[KindeErrors | Success]
    """

    kwargs = _get_kwargs(
        org_code=org_code,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    org_code: str,
    *,
    client: AuthenticatedClient,
    body: KindeOrganizationChange | Unset = UNSET,
) -> KindeErrors | Success | None:
    """Change an organization as at Kinde

     Change what the organization is called.

    Args:
        org_code (str):
        body (KindeOrganizationChange | Unset): What shall be different. Whatever is left out
            stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        KindeErrors | Success
    """

    return (
        await asyncio_detailed(
            org_code=org_code,
            client=client,
            body=body,
        )
    ).parsed
