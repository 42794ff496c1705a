"""`GET /api/v1/guarantees`: promises that a move costs no more, month by month."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.repricing.guarantees.queries import (
    GuaranteedMonth,
    GuaranteeView,
    list_guarantees,
)

from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described
from .money import Amount, present_money


class GuaranteeMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What one month would have cost before, what it cost, and what was given back for it."""

    month: int
    starts_at: datetime
    ends_at: datetime
    before: Amount
    now: Amount
    credit: Amount
    money_credit: Annotated[
        str | None, Meta(description="The money credit; null where nothing is given back.")
    ]


class Guarantee(msgspec.Struct, frozen=True, kw_only=True):
    """The promise that a move costs no more, and its months so far, the oldest first."""

    id: str
    old_plan: str
    new_plan: str
    rule: Annotated[
        str,
        Meta(description="`per_month`: every month by itself; `cumulative`: all together."),
    ]
    months: Annotated[int, Meta(description="How many months are compared.")]
    starts_at: datetime
    ended_at: datetime | None
    end_reason: Annotated[
        str | None,
        Meta(description="`lasted`, `moved_up`, `left` or `replaced`; null while it runs."),
    ]
    credited: Annotated[Amount, Meta(description="What was given back so far.")]
    compared: list[GuaranteeMonth]


class GuaranteePage(msgspec.Struct, frozen=True):
    """Guarantees, newest first."""

    data: list[Guarantee]
    has_more: bool


class Guarantees(Resource):
    """The guarantees of an organization."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_guarantees",
        tag="plans",
        summary="List no-increase guarantees",
        answers={200: GuaranteePage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        Who moved to other prices with a guarantee pays no more than before for some months. A
        month is compared an hour after it ends; what it cost more is given back as money.
        """
        found = list_guarantees(organization=self.organization())
        page, has_more = page_of(found, request=self.plain_request, key=lambda view: view.id)
        return Response(GuaranteePage([_present(view) for view in page], has_more))


def _present(view: GuaranteeView) -> Guarantee:
    return Guarantee(
        id=view.id,
        old_plan=view.old_plan_code,
        new_plan=view.new_plan_code,
        rule=view.rule,
        months=view.lasts,
        starts_at=view.starts_at,
        ended_at=view.ended_at,
        end_reason=view.end_reason or None,
        credited=present_money(view.credited),
        compared=[_month(month) for month in view.months],
    )


def _month(month: GuaranteedMonth) -> GuaranteeMonth:
    return GuaranteeMonth(
        month=month.number,
        starts_at=month.starts_at,
        ends_at=month.ends_at,
        before=present_money(month.before),
        now=present_money(month.now),
        credit=present_money(month.credit),
        money_credit=month.credit_id,
    )
