"""`/api/v1/outcomes`: what customers got done, recorded, confirmed and reversed."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from billing.choices import OutcomeStatus
from billing.models import Outcome as StoredOutcome
from billing.outcomes.disputes import open_dispute
from billing.outcomes.operations import (
    OutcomeFacts,
    confirm_outcome,
    record_outcome,
    reverse_outcome,
)
from billing.outcomes.queries import OutcomeNotFound, get_outcome, list_outcomes

from ..documents import parse_document_if_any, read, read_given, shape
from ..endpoint import json_response
from ..fields import LONGEST_TEXT, parse_code, parse_id, parse_reason, parse_text, parse_timestamp
from ..idempotency import REPLAYED, answered_once
from ..pages import PAGE_PARAMETERS
from ..parameters import (
    find_parameter,
    invalid_parameter,
    read_choice,
    read_given_parameter,
    read_page_size,
)
from ..resource import Resource
from ..schema import (
    IDEMPOTENCY_KEY,
    KEYED,
    ORGANIZATION,
    PAGING,
    WITH_BODY,
    body_of,
    choice_parameter,
    described,
)
from ..wire import StrictJSONParser
from .outcome_answers import Outcome, OutcomePage, present_outcome, present_outcomes
from .outcome_evidence import LARGEST_EVIDENCE, read_evidence
from .written import NamedOrganization, OccurredAt, Reason

_ID: Final = re.compile(StoredOutcome.id_prefix + "_[0-9a-z]{26}")
_EXAMPLE: Final = {
    "code": "meeting_booked",
    "reference": "conversation-17",
    "member": "u_17",
    "evidence": {"calendar_event": "ev_99"},
}


class OutcomeReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outcome, by your own `reference`: the same one is recorded once."""

    code: Annotated[str, Meta(description="A kind of outcome.", examples=["meeting_booked"])]
    reference: Annotated[str, Meta(description="Your id for it.", examples=["conversation-17"])]
    organization: NamedOrganization = None
    occurred_at: OccurredAt = None
    member: Annotated[
        str | None,
        Meta(
            description="Your id for the person it was for.",
            extra_json_schema={"maxLength": LONGEST_TEXT},
        ),
    ] = None
    evidence: Annotated[
        dict[str, Any] | None,
        Meta(description=f"What shows that it happened: JSON, at most {LARGEST_EVIDENCE:,} bytes."),
    ] = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose outcome it is."""

    organization: NamedOrganization = None


class OutcomeReversal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it was no outcome after all."""

    reason: Reason
    organization: NamedOrganization = None


class OutcomeObjection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the customer says that it was no outcome."""

    reason: Reason
    organization: NamedOrganization = None


class Outcomes(Resource):
    """The outcomes of an organization."""

    scopes = {"GET": Scope.OUTCOMES_READ, "POST": Scope.OUTCOMES_WRITE}
    parameters = frozenset({"organization", "status", "code"}) | PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_outcomes",
        tag="outcomes",
        summary="List outcomes",
        answers={200: OutcomePage},
        parameters=(
            ORGANIZATION,
            choice_parameter("status", OutcomeStatus),
            OpenApiParameter("code", str, description="Only outcomes of this kind."),
            *PAGING,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The organization's outcomes, newest first."""
        page_size = read_page_size(self.plain_request)
        status = read_choice(OutcomeStatus, self.plain_request, "status")
        code = read_given_parameter(parse_code, self.plain_request, "code")
        organization = self.organization()
        found = list_outcomes(
            organization=organization,
            limit=page_size + 1,
            status=status,
            code=code,
            after=_find_last_seen(self.plain_request, organization),
        )
        page = present_outcomes(organization, found[:page_size])
        return Response(OutcomePage(page, len(found) > page_size))

    @described(
        operation_id="record_outcome",
        tag="outcomes",
        summary="Record an outcome",
        body=body_of(OutcomeReport, examples={"a meeting": _EXAMPLE}),
        answers={201: Outcome, 200: Outcome},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Record that an organization got something done. The same reference with the same facts is
        the same outcome: 200 with `Idempotent-Replayed: true`, as it stands by then. With other
        facts it is 409 `outcome_conflict`.
        """
        report = self.written(OutcomeReport)
        code, facts = _read_report(report)
        return answered_once(
            self.plain_request,
            lambda: self._record(report.organization, code=code, facts=facts),
            caller=self.caller,
            now=self.now,
        )

    def _record(self, reference: str | None, *, code: str, facts: OutcomeFacts) -> HttpResponse:
        recorded = record_outcome(
            organization=self.organization_named(reference), code=code, facts=facts, now=self.now
        )
        status = 201 if recorded.is_new else 200
        response = json_response(present_outcome(recorded.outcome), status=status)
        if not recorded.is_new:
            response[REPLAYED] = "true"
        return response


class OutcomeOfId(Resource):
    """One outcome."""

    scopes = {"GET": Scope.OUTCOMES_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_outcome",
        tag="outcomes",
        summary="Get an outcome",
        answers={200: Outcome},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, outcome_id: str) -> Response:
        """Where an outcome stands."""
        outcome = get_outcome(organization=self.organization(), public_id=outcome_id)
        return Response(present_outcome(outcome))


class _OutcomeDeed(Resource):
    """What is done to one outcome."""

    scopes = {}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    def done_once(
        self,
        outcome_id: str,
        deed: Callable[[StoredOutcome], StoredOutcome],
        *,
        reference: str | None,
    ) -> HttpResponse:
        """Do it, unless the same request did; answer with the outcome as it then is."""

        def do() -> HttpResponse:
            organization = self.organization_named(reference)
            outcome = get_outcome(organization=organization, public_id=outcome_id)
            return json_response(present_outcome(deed(outcome)))

        return answered_once(self.plain_request, do, caller=self.caller, now=self.now)


class ConfirmOutcome(_OutcomeDeed):
    """The confirmation, by hand."""

    scopes = {"POST": Scope.OUTCOMES_WRITE}

    @described(
        operation_id="confirm_outcome",
        tag="outcomes",
        summary="Confirm an outcome",
        body=body_of(Confirmation, examples={"its own": {}}),
        answers={200: Outcome},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, outcome_id: str) -> HttpResponse:
        """Confirm it before its window has passed. One that is confirmed stays as it is."""
        written = shape(parse_document_if_any(self.plain_request), Confirmation)
        return self.done_once(
            outcome_id,
            lambda outcome: confirm_outcome(outcome=outcome, actor=self.actor, now=self.now),
            reference=written.organization,
        )


class ReverseOutcome(_OutcomeDeed):
    """The end of an outcome that was none."""

    scopes = {"POST": Scope.OUTCOMES_WRITE}

    @described(
        operation_id="reverse_outcome",
        tag="outcomes",
        summary="Reverse an outcome",
        body=body_of(
            OutcomeReversal, examples={"a reason": {"reason": "The conversation was reopened"}}
        ),
        answers={200: Outcome},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, outcome_id: str) -> HttpResponse:
        """
        Take it back, confirmed or not, once and for good; then 409 `outcome_reversed`. What was
        charged for it is given back, also in a later period. Where only so many days are given
        for it, it is 409 `reversal_too_late` afterwards.
        """
        written = self.written(OutcomeReversal)
        reason = read(parse_reason, written.reason, at="/reason")
        return self.done_once(
            outcome_id,
            lambda outcome: reverse_outcome(
                outcome=outcome, reason=reason, actor=self.actor, now=self.now
            ),
            reference=written.organization,
        )


class DisputeOutcome(_OutcomeDeed):
    """The customer's word against an outcome."""

    scopes = {"POST": Scope.OUTCOMES_WRITE}

    @described(
        operation_id="dispute_outcome",
        tag="outcomes",
        summary="Dispute an outcome",
        body=body_of(
            OutcomeObjection, examples={"a reason": {"reason": "A colleague solved it by hand"}}
        ),
        answers={200: Outcome},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, outcome_id: str) -> HttpResponse:
        """
        Say that it was none. Staff decide: upheld, it is reversed; rejected, it stays. Until then
        it is not confirmed. There is one dispute of each; then it is 409 `dispute_exists`.
        """
        written = self.written(OutcomeObjection)
        reason = read(parse_reason, written.reason, at="/reason")

        def dispute(outcome: StoredOutcome) -> StoredOutcome:
            return open_dispute(
                outcome=outcome, reason=reason, actor=self.actor, now=self.now
            ).outcome

        return self.done_once(outcome_id, dispute, reference=written.organization)


def _read_report(report: OutcomeReport) -> tuple[str, OutcomeFacts]:
    return read(parse_code, report.code, at="/code"), OutcomeFacts(
        reference=read(parse_id, report.reference, at="/reference"),
        occurred_at=read_given(parse_timestamp, report.occurred_at, at="/occurred_at"),
        member=read_given(parse_text, report.member, at="/member") or "",
        evidence=read_given(read_evidence, report.evidence, at="/evidence"),
    )


def _find_last_seen(request: HttpRequest, organization: Organization) -> StoredOutcome | None:
    """The outcome after which a page begins, if the request names one."""
    after = find_parameter(request, "starting_after")
    if after is None:
        return None
    try:
        if _ID.fullmatch(after) is None:
            raise OutcomeNotFound("That is not the id of an outcome.")
        return get_outcome(organization=organization, public_id=after)
    except OutcomeNotFound as missing:
        detail = "`starting_after` names no outcome: send the id of the last one seen."
        raise invalid_parameter("starting_after", "invalid_cursor", detail) from missing
