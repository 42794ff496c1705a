"""`GET /api/v1/ledger`: the books of one feature, entry by entry."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from metering.choices import TransferKind
from metering.queries import LedgerFilter, LedgerRow, list_ledger

from ..fields import DecimalText, decimal_text, parse_code, parse_id, parse_text, parse_timestamp
from ..pages import PAGE_PARAMETERS, find_entry_before
from ..parameters import read_choice, read_given_parameter, read_page_size
from ..resource import Resource
from ..schema import (
    FEATURE,
    KEYED,
    ORGANIZATION,
    PAGING,
    choice_parameter,
    described,
    instant_parameter,
)
from .meters import get_meter

FILTERS: Final = frozenset({"kind", "action", "member", "credit_grant", "from", "to"})


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """
    One amount that moved: positive where credits came in, negative where they went out. Overage is
    usage, so it is negative as well.
    """

    id: str
    kind: str
    amount: DecimalText
    event: Annotated[str | None, Meta(description="The usage event that it belongs to.")]
    action: str | None
    member: str
    credit_grant: Annotated[str | None, Meta(description="The grant that gained or lost it.")]
    category: str | None
    from_grant: Annotated[
        str | None, Meta(description="The grant whose unused credits these were.")
    ]
    hold: Annotated[str | None, Meta(description="The hold that set it aside or returned it.")]
    late: Annotated[bool, Meta(description="Usage that came too late for its period.")]
    reversed: Annotated[bool, Meta(description="Usage that was taken back since.")]
    occurred_at: datetime
    recorded_at: datetime


class LedgerPage(msgspec.Struct, frozen=True):
    """Entries, the last booked first."""

    data: list[LedgerEntry]
    has_more: bool


class Ledger(Resource):
    """The books of an organization."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization", "feature"}) | FILTERS | PAGE_PARAMETERS

    @described(
        operation_id="list_ledger",
        tag="ledger",
        summary="List the entries of the ledger",
        answers={200: LedgerPage},
        parameters=(
            ORGANIZATION,
            FEATURE,
            choice_parameter("kind", TransferKind),
            OpenApiParameter("action", str, description="Only usage by this action."),
            OpenApiParameter("member", str, description="Only usage by this member."),
            OpenApiParameter("credit_grant", str, description="Only entries of this grant."),
            instant_parameter("from", "Only what occurred from here on."),
            instant_parameter("to", "Only what occurred before."),
            *PAGING,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """Every entry of one feature, whatever the period and the agreement. Nothing is changed."""
        page_size = read_page_size(self.plain_request)
        before_id = find_entry_before(self.plain_request)
        only = self._filter()
        organization = self.organization()
        meter = get_meter(request=self.plain_request, organization=organization)
        rows = list_ledger(
            organization_id=organization.pk,
            meter_id=meter.id,
            limit=page_size + 1,
            before_id=before_id,
            only=only,
        )
        entries = [_present(row) for row in rows[:page_size]]
        return Response(LedgerPage(entries, has_more=len(rows) > page_size))

    def _filter(self) -> LedgerFilter:
        request = self.plain_request
        return LedgerFilter(
            kind=read_choice(TransferKind, request, "kind"),
            action=read_given_parameter(parse_code, request, "action"),
            member=read_given_parameter(parse_text, request, "member"),
            grant=read_given_parameter(parse_id, request, "credit_grant"),
            occurred_from=read_given_parameter(parse_timestamp, request, "from"),
            occurred_before=read_given_parameter(parse_timestamp, request, "to"),
        )


def _present(row: LedgerRow) -> LedgerEntry:
    return LedgerEntry(
        id=str(row.id),
        kind=row.kind,
        amount=decimal_text(row.amount),
        event=row.event_id,
        action=row.action,
        member=row.member,
        credit_grant=row.grant,
        category=row.category,
        from_grant=row.from_grant,
        hold=row.hold,
        late=row.is_late,
        reversed=row.is_reversed,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )
