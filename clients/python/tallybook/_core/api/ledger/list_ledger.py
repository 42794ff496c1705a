import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.ledger_page import LedgerPage
from ...models.list_ledger_kind import ListLedgerKind
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    action: str | Unset = UNSET,
    credit_grant: str | Unset = UNSET,
    feature: str,
    from_: datetime.datetime | Unset = UNSET,
    kind: ListLedgerKind | Unset = UNSET,
    member: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["action"] = action

    params["credit_grant"] = credit_grant

    params["feature"] = feature

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params["member"] = member

    params["organization"] = organization

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/ledger",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> LedgerPage | Problem | None:
    if response.status_code == 200:
        response_200 = LedgerPage.from_dict(response.json())

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
) -> Response[LedgerPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    action: str | Unset = UNSET,
    credit_grant: str | Unset = UNSET,
    feature: str,
    from_: datetime.datetime | Unset = UNSET,
    kind: ListLedgerKind | Unset = UNSET,
    member: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> Response[LedgerPage | Problem]:
    """List the entries of the ledger

     Every entry of one feature, whatever the period and the agreement. Nothing is changed.

    Args:
        action (str | Unset):
        credit_grant (str | Unset):
        feature (str):
        from_ (datetime.datetime | Unset):
        kind (ListLedgerKind | Unset):
        member (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):
        to (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerPage | Problem]
    """

    kwargs = _get_kwargs(
        action=action,
        credit_grant=credit_grant,
        feature=feature,
        from_=from_,
        kind=kind,
        member=member,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    action: str | Unset = UNSET,
    credit_grant: str | Unset = UNSET,
    feature: str,
    from_: datetime.datetime | Unset = UNSET,
    kind: ListLedgerKind | Unset = UNSET,
    member: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> LedgerPage | Problem | None:
    """List the entries of the ledger

     Every entry of one feature, whatever the period and the agreement. Nothing is changed.

    Args:
        action (str | Unset):
        credit_grant (str | Unset):
        feature (str):
        from_ (datetime.datetime | Unset):
        kind (ListLedgerKind | Unset):
        member (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):
        to (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerPage | Problem
    """

    return sync_detailed(
        client=client,
        action=action,
        credit_grant=credit_grant,
        feature=feature,
        from_=from_,
        kind=kind,
        member=member,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    action: str | Unset = UNSET,
    credit_grant: str | Unset = UNSET,
    feature: str,
    from_: datetime.datetime | Unset = UNSET,
    kind: ListLedgerKind | Unset = UNSET,
    member: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> Response[LedgerPage | Problem]:
    """List the entries of the ledger

     Every entry of one feature, whatever the period and the agreement. Nothing is changed.

    Args:
        action (str | Unset):
        credit_grant (str | Unset):
        feature (str):
        from_ (datetime.datetime | Unset):
        kind (ListLedgerKind | Unset):
        member (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):
        to (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerPage | Problem]
    """

    kwargs = _get_kwargs(
        action=action,
        credit_grant=credit_grant,
        feature=feature,
        from_=from_,
        kind=kind,
        member=member,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    action: str | Unset = UNSET,
    credit_grant: str | Unset = UNSET,
    feature: str,
    from_: datetime.datetime | Unset = UNSET,
    kind: ListLedgerKind | Unset = UNSET,
    member: str | Unset = UNSET,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 100,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> LedgerPage | Problem | None:
    """List the entries of the ledger

     Every entry of one feature, whatever the period and the agreement. Nothing is changed.

    Args:
        action (str | Unset):
        credit_grant (str | Unset):
        feature (str):
        from_ (datetime.datetime | Unset):
        kind (ListLedgerKind | Unset):
        member (str | Unset):
        organization (str | Unset):
        page_size (int | Unset):  Default: 100.
        starting_after (str | Unset):
        to (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            action=action,
            credit_grant=credit_grant,
            feature=feature,
            from_=from_,
            kind=kind,
            member=member,
            organization=organization,
            page_size=page_size,
            starting_after=starting_after,
            to=to,
        )
    ).parsed
