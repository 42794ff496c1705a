"""`GET /api/v1/usage/{id}`: one event, and what paid for it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from metering.operations import EventNotFound
from metering.queries import EventFacts, Payment, find_event, list_payments_of

from ..fields import DecimalText, decimal_text
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, described
from .written import TokensReported


class UsagePayment(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what an event took, and the grant that paid it."""

    kind: Annotated[
        str,
        Meta(
            description="`consume`: paid at once. `overage`: not paid by credits. `cover`: overage "
            "that credits paid afterwards. `reverse`: given back, negative."
        ),
    ]
    amount: DecimalText
    credit_grant: Annotated[str | None, Meta(description="Null: no credits were involved.")]
    category: str | None
    occurred_at: datetime


class ReversedBy(msgspec.Struct, frozen=True, kw_only=True):
    """When an event was taken back, and why."""

    reversed_at: datetime
    reason: str
    replaced_by: Annotated[
        str | None, Meta(description="The event that set the period's total anew, if that was why.")
    ]


class UsageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A usage event as it stands in the books."""

    id: str
    feature: str
    action: str | None
    quantity: DecimalText
    credits: Annotated[DecimalText, Meta(description="What it added to its period.")]
    overage: Annotated[
        DecimalText, Meta(description="The part of it that no credits have paid until now.")
    ]
    member: str
    api_key: Annotated[
        str | None, Meta(description="Your key that reported it; null: it was not one.")
    ]
    properties: dict[str, Any]
    tokens: Annotated[
        TokensReported | None,
        Meta(description="The tokens that were reported with it; null without a platform key."),
    ]
    hold: Annotated[str | None, Meta(description="The hold that it settled.")]
    late: Annotated[
        bool,
        Meta(description="Whether it came too late for its period, and counts in a later one."),
    ]
    occurred_at: datetime
    counted_at: Annotated[datetime, Meta(description="What decides its period and its credits.")]
    recorded_at: datetime
    reversal: ReversedBy | None
    payments: Annotated[list[UsagePayment], Meta(description="In the order of the books.")]


class UsageEventOfId(Resource):
    """One event."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_usage_event",
        tag="usage",
        summary="Get an event and what paid for it",
        answers={200: UsageEvent},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, event_id: str) -> Response:
        """
        An event by the id under which it was reported. The ids `summary`, `.` and `..` mean
        something else in an address, so events with these cannot be asked for.
        """
        organization = self.organization()
        facts = find_event(organization_id=organization.pk, event_id=event_id)
        if facts is None:
            raise EventNotFound("There is no such usage event.")
        payments = list_payments_of(organization_id=organization.pk, event_id=event_id)
        return Response(_present(facts, payments, shows_tokens=self.caller.is_platform))


def _present(facts: EventFacts, payments: list[Payment], *, shows_tokens: bool) -> UsageEvent:
    # Who knows the tokens knows the cost, which is not the customer's business.
    tokens = facts.tokens if shows_tokens else None
    return UsageEvent(
        id=facts.event_id,
        feature=facts.meter,
        action=facts.action,
        quantity=decimal_text(facts.quantity),
        credits=decimal_text(facts.credits),
        overage=decimal_text(facts.overage),
        member=facts.member,
        api_key=facts.api_key,
        properties=dict(facts.properties or {}),
        tokens=None if tokens is None else TokensReported(**tokens),
        hold=facts.hold,
        late=facts.is_late,
        occurred_at=facts.occurred_at,
        counted_at=facts.counted_at,
        recorded_at=facts.recorded_at,
        reversal=_present_reversal(facts),
        payments=[_present_payment(payment) for payment in payments],
    )


def _present_reversal(facts: EventFacts) -> ReversedBy | None:
    if facts.reversed_at is None:
        return None
    return ReversedBy(
        reversed_at=facts.reversed_at,
        reason=facts.reversal_reason or "",
        replaced_by=facts.replaced_by,
    )


def _present_payment(payment: Payment) -> UsagePayment:
    return UsagePayment(
        kind=payment.kind,
        amount=decimal_text(payment.amount),
        credit_grant=payment.grant,
        category=payment.category,
        occurred_at=payment.occurred_at,
    )
