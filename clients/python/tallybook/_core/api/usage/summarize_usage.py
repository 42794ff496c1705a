import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.summarize_usage_by import SummarizeUsageBy
from ...models.usage_summary import UsageSummary
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    by: SummarizeUsageBy | Unset = SummarizeUsageBy.DAY,
    feature: str,
    from_: datetime.datetime,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by.value

    params["by"] = json_by

    params["feature"] = feature

    json_from_ = from_.isoformat()
    params["from"] = json_from_

    params["organization"] = organization

    params["page_size"] = page_size

    params["starting_after"] = starting_after

    json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/usage/summary",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | UsageSummary | None:
    if response.status_code == 200:
        response_200 = UsageSummary.from_dict(response.json())

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
) -> Response[Problem | UsageSummary]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    by: SummarizeUsageBy | Unset = SummarizeUsageBy.DAY,
    feature: str,
    from_: datetime.datetime,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime,
) -> Response[Problem | UsageSummary]:
    """Add usage up by day, hour, action, member or API key

     At most 366 days at once. An event counts where it was counted: a late one when it came.
    Hours are those of UTC, days those of the organization's time zone.

    Args:
        by (SummarizeUsageBy | Unset):  Default: SummarizeUsageBy.DAY.
        feature (str):
        from_ (datetime.datetime):
        organization (str | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.datetime):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UsageSummary]
    """

    kwargs = _get_kwargs(
        by=by,
        feature=feature,
        from_=from_,
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
    by: SummarizeUsageBy | Unset = SummarizeUsageBy.DAY,
    feature: str,
    from_: datetime.datetime,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime,
) -> Problem | UsageSummary | None:
    """Add usage up by day, hour, action, member or API key

     At most 366 days at once. An event counts where it was counted: a late one when it came.
    Hours are those of UTC, days those of the organization's time zone.

    Args:
        by (SummarizeUsageBy | Unset):  Default: SummarizeUsageBy.DAY.
        feature (str):
        from_ (datetime.datetime):
        organization (str | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.datetime):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UsageSummary
    """

    return sync_detailed(
        client=client,
        by=by,
        feature=feature,
        from_=from_,
        organization=organization,
        page_size=page_size,
        starting_after=starting_after,
        to=to,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    by: SummarizeUsageBy | Unset = SummarizeUsageBy.DAY,
    feature: str,
    from_: datetime.datetime,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime,
) -> Response[Problem | UsageSummary]:
    """Add usage up by day, hour, action, member or API key

     At most 366 days at once. An event counts where it was counted: a late one when it came.
    Hours are those of UTC, days those of the organization's time zone.

    Args:
        by (SummarizeUsageBy | Unset):  Default: SummarizeUsageBy.DAY.
        feature (str):
        from_ (datetime.datetime):
        organization (str | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.datetime):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UsageSummary]
    """

    kwargs = _get_kwargs(
        by=by,
        feature=feature,
        from_=from_,
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
    by: SummarizeUsageBy | Unset = SummarizeUsageBy.DAY,
    feature: str,
    from_: datetime.datetime,
    organization: str | Unset = UNSET,
    page_size: int | Unset = 1000,
    starting_after: str | Unset = UNSET,
    to: datetime.datetime,
) -> Problem | UsageSummary | None:
    """Add usage up by day, hour, action, member or API key

     At most 366 days at once. An event counts where it was counted: a late one when it came.
    Hours are those of UTC, days those of the organization's time zone.

    Args:
        by (SummarizeUsageBy | Unset):  Default: SummarizeUsageBy.DAY.
        feature (str):
        from_ (datetime.datetime):
        organization (str | Unset):
        page_size (int | Unset):  Default: 1000.
        starting_after (str | Unset):
        to (datetime.datetime):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UsageSummary
    """

    return (
        await asyncio_detailed(
            client=client,
            by=by,
            feature=feature,
            from_=from_,
            organization=organization,
            page_size=page_size,
            starting_after=starting_after,
            to=to,
        )
    ).parsed
