"""`/api/v1/repricing-offers`: moves to another plan that an organization was told of."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.choices import OfferStatus, Verdict
from billing.models import RepricingOffer as StoredOffer
from billing.repricing.offers.figures import read_figures
from billing.repricing.offers.operations import accept_offer, decline_offer
from billing.repricing.offers.queries import get_offer, list_offers
from config.kernel.money import Money

from ..documents import parse_document_if_any, read_given, shape
from ..endpoint import json_response
from ..fields import parse_timestamp
from ..idempotency import answered_once
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .money import Amount, present_money
from .written import LeavesLegacyPlan, NamedOrganization


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the customer accepts. The body may be left out."""

    organization: NamedOrganization = None
    effective_at: Annotated[
        str | None,
        Meta(
            description="A renewal at or after the end of the notice; `effective_at` unless given.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None
    waives_notice: Annotated[
        bool,
        Meta(
            description=(
                "Says that the customer asked for less notice in so many words: then the move "
                "takes effect at the next renewal."
            )
        ),
    ] = False
    leaves_legacy_plan: LeavesLegacyPlan = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose offer it is. The body may be left out."""

    organization: NamedOrganization = None


class MonthCompared(msgspec.Struct, frozen=True, kw_only=True):
    """What was used in a month, and what it comes to on the plan of today and on the new one."""

    starts_at: datetime
    ends_at: datetime
    used: Annotated[dict[str, str], Meta(description="Quantities by metered feature.")]
    now: Amount
    then: Amount


class PlanCompared(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that the months were billed on. What is not eligible is not offered."""

    plan: str
    plan_name: str
    is_eligible: bool
    is_offered: bool
    average: Amount | None
    dearest: Amount | None


class RepricingOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A move to another plan, with the customer's own numbers: amounts are before tax, a month."""

    id: str
    organization: str
    status: Annotated[str, Meta(extra_json_schema={"enum": OfferStatus.values})]
    verdict: Annotated[str, Meta(extra_json_schema={"enum": Verdict.values})]
    must_move: Annotated[
        bool, Meta(description="Whoever does not answer moves as well, and none can decline.")
    ]
    why: str
    from_plan: str
    from_plan_name: str
    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    current_average: Amount
    new_average: Amount
    saving: Annotated[Amount, Meta(description="Below zero: it costs more.")]
    months: Annotated[list[MonthCompared], Meta(description="The oldest first.")]
    plans: list[PlanCompared]
    guarantee_months: int
    notice_days: int
    noticed_at: datetime
    effective_at: Annotated[
        datetime, Meta(description="When the move takes effect: a renewal after the notice.")
    ]
    answer_by: datetime | None
    answered_at: datetime | None
    waives_notice: bool
    ended_at: datetime | None


class RepricingOfferPage(msgspec.Struct, frozen=True):
    """Offers, newest first."""

    data: list[RepricingOffer]
    has_more: bool


class RepricingOffers(Resource):
    """The offers of an organization."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_repricing_offers",
        tag="plans",
        summary="List offers to move to another plan",
        answers={200: RepricingOfferPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """Moves to another plan that the organization was told of, with its own numbers."""
        found = list_offers(organization=self.organization())
        page, has_more = page_of(
            found, request=self.plain_request, key=lambda offer: offer.public_id
        )
        return Response(RepricingOfferPage([_present(offer) for offer in page], has_more))


class RepricingOfferOfId(Resource):
    """One offer."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_repricing_offer",
        tag="plans",
        summary="Get an offer to move to another plan",
        answers={200: RepricingOffer},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, repricing_offer_id: str) -> Response:
        """One offer, with all of its numbers."""
        offer = get_offer(organization=self.organization(), public_id=repricing_offer_id)
        return Response(_present(offer))


class _OfferDeed(Resource):
    """An answer to one offer."""

    scopes = {}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    def answered(
        self,
        offer_id: str,
        deed: Callable[[StoredOffer], StoredOffer],
        *,
        reference: str | None,
    ) -> HttpResponse:
        """Do it, unless the same request did; answer with the offer as it then is."""

        def do() -> HttpResponse:
            organization = self.organization_named(reference)
            deed(get_offer(organization=organization, public_id=offer_id))
            answered = get_offer(organization=organization, public_id=offer_id)
            return json_response(_present(answered))

        return answered_once(self.plain_request, do, caller=self.caller, now=self.now)


class AcceptRepricingOffer(_OfferDeed):
    """The consent of the customer."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="accept_repricing_offer",
        tag="plans",
        summary="Accept an offer",
        body=body_of(Acceptance, examples={"as it was told": {}}),
        answers={200: RepricingOffer},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, repricing_offer_id: str) -> HttpResponse:
        """
        The customer moves at `effective_at`, and never within a period that is paid for: another
        date than a renewal is 400 `mid_contract`, one before the end of the notice 400
        `notice_too_short`. An offer that was declined can still be accepted. Where a legacy plan is
        left it is 409 `leaves_legacy_plan` unless the body says that the customer knows that there
        is no way back.
        """
        written = shape(parse_document_if_any(self.plain_request), Acceptance)
        effective_at = read_given(parse_timestamp, written.effective_at, at="/effective_at")
        return self.answered(
            repricing_offer_id,
            lambda offer: accept_offer(
                offer=offer,
                actor=self.actor,
                now=self.now,
                waives_notice=written.waives_notice,
                effective_at=effective_at,
                leaves_legacy_plan=written.leaves_legacy_plan,
            ),
            reference=written.organization,
        )


class DeclineRepricingOffer(_OfferDeed):
    """That everything is to stay as it is."""

    scopes = {"POST": Scope.BILLING_WRITE}

    @described(
        operation_id="decline_repricing_offer",
        tag="plans",
        summary="Decline an offer, or take the acceptance back",
        body=body_of(Refusal, examples={"its own": {}}),
        answers={200: RepricingOffer},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, repricing_offer_id: str) -> HttpResponse:
        """The plan stays as it is. Where everybody moves it is 409 `move_is_due`."""
        written = shape(parse_document_if_any(self.plain_request), Refusal)
        return self.answered(
            repricing_offer_id,
            lambda offer: decline_offer(offer=offer, actor=self.actor, now=self.now),
            reference=written.organization,
        )


def _present(offer: StoredOffer) -> RepricingOffer:
    figures, campaign = read_figures(offer), offer.campaign
    assert offer.noticed_at is not None and offer.effective_at is not None, offer.public_id
    saving = offer.current_average_minor - offer.new_average_minor
    return RepricingOffer(
        id=offer.public_id,
        organization=offer.organization.public_id,
        status=offer.status,
        verdict=offer.verdict,
        must_move=campaign.must_move,
        why=campaign.why,
        from_plan=offer.from_version.plan.code,
        from_plan_name=offer.from_version.plan.name,
        plan=offer.to_version.plan.code,
        plan_name=offer.to_version.plan.name,
        plan_version=offer.to_version.number,
        interval=offer.interval,
        seats=offer.seats,
        current_average=Amount(offer.current_average_minor, offer.currency),
        new_average=Amount(offer.new_average_minor, offer.currency),
        saving=Amount(saving, offer.currency),
        months=[
            MonthCompared(
                starts_at=month.starts_at,
                ends_at=month.ends_at,
                used=month.used,
                now=present_money(month.now),
                then=present_money(month.then),
            )
            for month in figures.months
        ],
        plans=[
            PlanCompared(
                plan=plan.code,
                plan_name=plan.name,
                is_eligible=not plan.objections and plan.average is not None,
                is_offered=plan.is_offered,
                average=_amount(plan.average),
                dearest=_amount(plan.worst),
            )
            for plan in figures.plans
        ],
        guarantee_months=campaign.guarantee_months,
        notice_days=offer.notice_days,
        noticed_at=offer.noticed_at,
        effective_at=offer.effective_at,
        answer_by=campaign.answer_by,
        answered_at=offer.answered_at,
        waives_notice=offer.waived_at is not None,
        ended_at=offer.ended_at,
    )


def _amount(money: Money | None) -> Amount | None:
    return None if money is None else present_money(money)
