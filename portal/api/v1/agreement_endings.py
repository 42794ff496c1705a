"""Let an agreement end when its period is over, go on after all, or end it now."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from billing.choices import CancelFeedback
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on

from ..admission import OnlyPlatformKeys
from ..documents import parse_document, parse_document_if_any, read, read_body, shape
from ..fields import parse_reason, parse_text
from ..schema import IDEMPOTENCY_KEY, WITH_BODY, body_of, described
from .agreement_deeds import AgreementDeed
from .agreement_results import Agreement
from .written import LeavesLegacyPlan, NamedOrganization, Reason, read_one_of

LONGEST_COMMENT = 500


class Cancellation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the customer leaves, as far as they say. The body may be left out."""

    organization: NamedOrganization = None
    feedback: Annotated[
        str | None, Meta(extra_json_schema={"enum": [*CancelFeedback.values, None]})
    ] = None
    comment: Annotated[
        str,
        Meta(
            description="In their own words.",
            extra_json_schema={"maxLength": LONGEST_COMMENT},
        ),
    ] = ""
    leaves_legacy_plan: LeavesLegacyPlan = False


class Resumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose agreement it is. The body may be left out."""

    organization: NamedOrganization = None


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose agreement ends at once, and why."""

    organization: Annotated[str, Meta(description="Its id or your own id for it.")]
    reason: Reason
    refund: Annotated[
        bool,
        Meta(description="What was paid for the time that is left becomes the customer's credit."),
    ] = False
    leaves_legacy_plan: LeavesLegacyPlan = False


class CancelAgreement(AgreementDeed):
    """The end at the end of the period."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="cancel_agreement",
        tag="agreements",
        summary="End it when the period is over",
        body=body_of(
            Cancellation,
            examples={"a reason": {"feedback": "too_expensive", "comment": "We found another."}},
        ),
        answers={200: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """
        The agreement ends at `cancel_at`, when what is paid for is over. Until then everything
        stays as it is, and it can be resumed. A change that waits is undone.
        """
        written = shape(parse_document_if_any(self.plain_request), Cancellation)
        feedback = _read_feedback(written.feedback)
        comment = read(
            lambda text: parse_text(text, longest=LONGEST_COMMENT), written.comment, at="/comment"
        )
        return self.done_once(
            agreement_id,
            lambda agreement: end_at_period_end(
                agreement=agreement,
                feedback=feedback,
                comment=comment,
                leaves_legacy_plan=written.leaves_legacy_plan,
                actor=self.actor,
                now=self.now,
            ),
            reference=written.organization,
        )


class ResumeAgreement(AgreementDeed):
    """The end, taken back."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="resume_agreement",
        tag="agreements",
        summary="Let it go on after all",
        body=body_of(Resumption, examples={"its own": {}}),
        answers={200: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """An agreement that is going to end goes on. One that is not stays as it is."""
        written = shape(parse_document_if_any(self.plain_request), Resumption)
        return self.done_once(
            agreement_id,
            lambda agreement: go_on(agreement=agreement, actor=self.actor, now=self.now),
            reference=written.organization,
        )


class EndAgreement(AgreementDeed):
    """The end, now."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="end_agreement",
        tag="agreements",
        summary="End it now",
        body=body_of(
            Ending,
            examples={
                "with a refund": {
                    "organization": "customer-1",
                    "reason": "Goodwill",
                    "refund": True,
                }
            },
        ),
        answers={200: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, agreement_id: str) -> HttpResponse:
        """
        The agreement ends this moment, and what was used up to now is settled and invoiced.

        Needs a platform key.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Agreements are ended at once with a platform key.")
        written = shape(parse_document(read_body(self.plain_request)), Ending)
        reason = read(parse_reason, written.reason, at="/reason")
        return self.done_once(
            agreement_id,
            lambda agreement: end_now(
                agreement=agreement,
                refunds_rest=written.refund,
                leaves_legacy_plan=written.leaves_legacy_plan,
                actor=self.actor,
                reason=reason,
                now=self.now,
            ),
            reference=written.organization,
        )


def _read_feedback(written: str | None) -> CancelFeedback | None:
    if written is None:
        return None
    known = read_one_of(CancelFeedback.values, written, what="A feedback", at="/feedback")
    return CancelFeedback(known)
