"""`GET /api/v1/usage/summary`: what was used, by day, hour, action, member or key."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from metering.queries import By, UsageSum, summarize_usage

from ..fields import DecimalText, decimal_text, parse_timestamp
from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import invalid_parameter, read_choice, read_parameter
from ..resource import Resource
from ..schema import (
    FEATURE,
    KEYED,
    ORGANIZATION,
    choice_parameter,
    described,
    instant_parameter,
    paging,
)
from .meters import get_meter

LARGEST_PAGE: Final = 1_000
LONGEST_SPAN: Final = timedelta(days=366)


class UsageOf(msgspec.Struct, frozen=True, kw_only=True):
    """Usage that has its day, hour, action, member or API key in common."""

    key: Annotated[
        str | None,
        Meta(
            description="A date, the instant at which an hour begins, the code of an action (null: "
            "a plain quantity), your id for a member (empty: none), or the id of a key."
        ),
    ]
    name: Annotated[str | None, Meta(description="What people call the action or the key.")]
    quantity: DecimalText
    credits: DecimalText
    overage: Annotated[DecimalText, Meta(description="The part that no credits have paid so far.")]
    event_count: int


class UsageSummary(msgspec.Struct, frozen=True, kw_only=True):
    """
    Usage of one feature over a span of time. Days and hours come in order, the rest with the most
    credits first. What was taken back is not in it.
    """

    feature: str
    unit: str
    unit_plural: str
    by: By
    time_zone: Annotated[str, Meta(description="Where days begin: the organization's own.")]
    data: list[UsageOf]
    has_more: bool


class Summary(Resource):
    """The usage of an organization, added up."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization", "feature", "from", "to", "by"}) | PAGE_PARAMETERS

    @described(
        operation_id="summarize_usage",
        tag="usage",
        summary="Add usage up by day, hour, action, member or API key",
        answers={200: UsageSummary},
        parameters=(
            ORGANIZATION,
            FEATURE,
            instant_parameter("from", "The beginning of the span.", required=True),
            instant_parameter("to", "Its end, which is not part of it.", required=True),
            choice_parameter("by", By, default=By.DAY),
            *paging(LARGEST_PAGE),
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        At most 366 days at once. An event counts where it was counted: a late one when it came.
        Hours are those of UTC, days those of the organization's time zone.
        """
        by = read_choice(By, self.plain_request, "by") or By.DAY
        starts_at, ends_at = self._span()
        organization = self.organization()
        meter = get_meter(request=self.plain_request, organization=organization)
        sums = summarize_usage(
            organization_id=organization.pk,
            meter_id=meter.id,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            time_zone=organization.time_zone,
        )
        page, has_more = page_of(
            sums,
            request=self.plain_request,
            key=lambda item: _key_of(item) or "",
            largest=LARGEST_PAGE,
        )
        return Response(
            UsageSummary(
                feature=meter.code,
                unit=meter.unit,
                unit_plural=meter.unit_plural,
                by=by,
                time_zone=organization.time_zone,
                data=[_present(item) for item in page],
                has_more=has_more,
            )
        )

    def _span(self) -> tuple[datetime, datetime]:
        starts_at = read_parameter(parse_timestamp, self.plain_request, "from")
        ends_at = read_parameter(parse_timestamp, self.plain_request, "to")
        if not timedelta(0) < ends_at - starts_at <= LONGEST_SPAN:
            raise invalid_parameter("to", "invalid_span", "A span has at most 366 days.")
        return starts_at, ends_at


def _key_of(item: UsageSum) -> str | None:
    if isinstance(item.key, datetime):
        return str(msgspec.to_builtins(item.key))
    return item.key.isoformat() if isinstance(item.key, date) else item.key


def _present(item: UsageSum) -> UsageOf:
    return UsageOf(
        key=_key_of(item),
        name=item.name,
        quantity=decimal_text(item.quantity),
        credits=decimal_text(item.credits),
        overage=decimal_text(item.overage),
        event_count=item.event_count,
    )
