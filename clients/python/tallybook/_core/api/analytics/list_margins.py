import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_margins_by import ListMarginsBy
from ...models.margins import Margins
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    by: ListMarginsBy | Unset = ListMarginsBy.ORGANIZATION,
    from_: datetime.date | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by.value

    params["by"] = json_by

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/margins",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Margins | Problem | None:
    if response.status_code == 200:
        response_200 = Margins.from_dict(response.json())

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
) -> Response[Margins | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    by: ListMarginsBy | Unset = ListMarginsBy.ORGANIZATION,
    from_: datetime.date | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Response[Margins | Problem]:
    """List margins by customer, plan or action

     Needs a platform key. Customers come by name, plans by revenue, actions by cost. Two
    margins stand side by side: after the cost of AI alone, and after all costs.

    Args:
        by (ListMarginsBy | Unset):  Default: ListMarginsBy.ORGANIZATION.
        from_ (datetime.date | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Margins | Problem]
    """

    kwargs = _get_kwargs(
        by=by,
        from_=from_,
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
    by: ListMarginsBy | Unset = ListMarginsBy.ORGANIZATION,
    from_: datetime.date | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Margins | Problem | None:
    """List margins by customer, plan or action

     Needs a platform key. Customers come by name, plans by revenue, actions by cost. Two
    margins stand side by side: after the cost of AI alone, and after all costs.

    Args:
        by (ListMarginsBy | Unset):  Default: ListMarginsBy.ORGANIZATION.
        from_ (datetime.date | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Margins | Problem
    """

    return sync_detailed(
        client=client,
        by=by,
        from_=from_,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    by: ListMarginsBy | Unset = ListMarginsBy.ORGANIZATION,
    from_: datetime.date | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Response[Margins | Problem]:
    """List margins by customer, plan or action

     Needs a platform key. Customers come by name, plans by revenue, actions by cost. Two
    margins stand side by side: after the cost of AI alone, and after all costs.

    Args:
        by (ListMarginsBy | Unset):  Default: ListMarginsBy.ORGANIZATION.
        from_ (datetime.date | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Margins | Problem]
    """

    kwargs = _get_kwargs(
        by=by,
        from_=from_,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    by: ListMarginsBy | Unset = ListMarginsBy.ORGANIZATION,
    from_: datetime.date | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Margins | Problem | None:
    """List margins by customer, plan or action

     Needs a platform key. Customers come by name, plans by revenue, actions by cost. Two
    margins stand side by side: after the cost of AI alone, and after all costs.

    Args:
        by (ListMarginsBy | Unset):  Default: ListMarginsBy.ORGANIZATION.
        from_ (datetime.date | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Margins | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            by=by,
            from_=from_,
            page_size=page_size,
            starting_after=starting_after,
            to=to,
        )
    ).parsed
