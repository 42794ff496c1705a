"""Change the plan, the interval or the seats: first what it comes to, then exactly that."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.proposals import Wish
from config.kernel.money import Money

from ..documents import parse_document, parse_document_if_any, read, read_body, read_given, shape
from ..endpoint import json_response
from ..fields import LARGEST_INTEGER, parse_code, parse_timestamp
from ..schema import IDEMPOTENCY_KEY, WITH_BODY, body_of, described
from .agreement_deeds import AgreementDeed
from .agreement_results import Agreement
from .change_results import ChangePreview, present_preview
from .written import (
    Interval,
    LeavesLegacyPlan,
    NamedOrganization,
    NamedPlan,
    Seats,
    read_interval,
)


class ChangeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different. Whatever is left out stays as it is."""

    organization: NamedOrganization = None
    plan: NamedPlan | None = None
    interval: Interval | None = None
    seats: Seats | None = None


class AmountShown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount as the preview told it."""

    amount_minor: Annotated[int, Meta(ge=0, le=LARGEST_INTEGER)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class ChangeOrder(ChangeWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that was previewed: the same wish, and two things that the preview told."""

    proration_at: Annotated[
        str,
        Meta(
            description="As the preview told it; it holds for 30 minutes.",
            extra_json_schema={"format": "date-time"},
        ),
    ]
    due_now: Annotated[
        AmountShown, Meta(description="As the preview told it: this is charged, or nothing.")
    ]
    leaves_legacy_plan: LeavesLegacyPlan = False


class Undoing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose agreement it is. The body may be left out."""

    organization: NamedOrganization = None


class PreviewChange(AgreementDeed):
    """What a change would be."""

    scopes = {"POST": Scope.BILLING_READ}

    @described(
        operation_id="preview_agreement_change",
        tag="agreements",
        summary="Preview a change",
        body=body_of(ChangeWish, examples={"another plan": {"plan": "professional"}}),
        answers={200: ChangePreview},
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """
        What a change of the plan, the interval or the seats comes to, to the cent, when it takes
        effect, and what it takes and brings. Nothing is changed.
        """
        written = shape(parse_document(read_body(self.plain_request)), ChangeWish)
        wish = _read_wish(written)
        agreement = self.live_agreement(agreement_id, reference=written.organization)
        preview = preview_change(agreement=agreement, wish=wish, now=self.now)
        return json_response(present_preview(preview))


class ChangeAgreement(AgreementDeed):
    """A change that is made."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="change_agreement",
        tag="agreements",
        summary="Make a change that was previewed",
        body=body_of(
            ChangeOrder,
            examples={
                "another plan": {
                    "plan": "professional",
                    "proration_at": "2026-11-22T18:24:28Z",
                    "due_now": {"amount_minor": 20_000, "currency": "USD"},
                }
            },
        ),
        answers={200: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """
        Charges what the preview said and changes the agreement at once; or, where the preview
        said so, notes the change for the end of the period that is paid for. 409
        `preview_outdated` if it comes to another amount by now; 402 `payment_incomplete` with
        `invoice_url` if the payment does not go through: the change takes effect with it. 409
        `leaves_legacy_plan` unless the body says that the customer knows that there is no way back.
        """
        written = shape(parse_document(read_body(self.plain_request)), ChangeOrder)
        wish = _read_wish(written)
        proration_at = read(parse_timestamp, written.proration_at, at="/proration_at")
        expected = Money(written.due_now.amount_minor, written.due_now.currency)
        return self.done_once(
            agreement_id,
            lambda agreement: make_change(
                agreement=agreement,
                wish=wish,
                proration_at=proration_at,
                expected=expected,
                leaves_legacy_plan=written.leaves_legacy_plan,
                actor=self.actor,
                now=self.now,
            ),
            reference=written.organization,
        )


class UndoChange(AgreementDeed):
    """A change that waits, taken back."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="undo_agreement_change",
        tag="agreements",
        summary="Undo the scheduled change",
        body=body_of(Undoing, examples={"its own": {}}),
        answers={200: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """The change that waits for the end of the period will not come. Without one: nothing."""
        written = shape(parse_document_if_any(self.plain_request), Undoing)
        return self.done_once(
            agreement_id,
            lambda agreement: undo_change(agreement=agreement, actor=self.actor, now=self.now),
            reference=written.organization,
        )


def _read_wish(written: ChangeWish) -> Wish:
    return Wish(
        plan_code=read_given(parse_code, written.plan, at="/plan"),
        interval=(
            None if written.interval is None else read_interval(written.interval, at="/interval")
        ),
        seats=written.seats,
    )
