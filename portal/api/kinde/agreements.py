"""`/api/v1/billing/agreements`: which plan a billing customer is on, and moves to another."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from billing.agreements.operations import create_agreement_by_staff
from billing.agreements.queries import find_live_agreement, load_agreements
from billing.agreements.waiting import find_waiting_change
from billing.choices import BillingInterval
from billing.models import Agreement
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.endings import end_at_period_end, end_now
from billing.stripe.journeys.free import agree_for_free
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.staff import move_by_staff

from ..documents import read
from ..fields import parse_code
from ..parameters import read_choice, read_given_parameter, read_parameter
from ..schema import IDEMPOTENCY_KEY, body_of, described
from ..wire import StrictJSONParser
from .answers import HasMore, Success
from .errors import READING, WRITING
from .names import billing_group_id_of, entitlement_id_of
from .paging import PAGE_PARAMETERS, PAGING, page_of
from .parts import codes_of
from .resource import CUSTOMER_ID, KindeResource, parse_any_name, read_customer_id

REASON = "Asked for at billing/agreements."


class YesOrNo(StrEnum):
    """A yes or a no in an address."""

    YES = "true"
    NO = "false"


class EntitlementOfAgreement(msgspec.Struct, frozen=True):
    """One thing that an agreement is made of."""

    feature_code: str
    entitlement_id: str


class KindeAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement. `status` and `cancel_at` are not Kinde's."""

    id: str
    plan_code: str
    expires_on: Annotated[
        datetime | None, Meta(description="Since when it is over; null while it is in force.")
    ]
    billing_group_id: str
    current_period_start: datetime
    current_period_end: datetime
    entitlements: list[EntitlementOfAgreement]
    status: str
    cancel_at: Annotated[datetime | None, Meta(description="When it is going to end.")]


class KindeAgreements(msgspec.Struct, frozen=True, kw_only=True):
    """Agreements, newest first."""

    code: str = "OK"
    message: str = "Success"
    has_more: HasMore
    agreements: list[KindeAgreement]


class KindeAgreementOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The plan that a billing customer shall be on."""

    customer_id: Annotated[str, Meta(examples=["customer_06f4hxw2k3n5p7r9t1v3x5z7a9"])]
    plan_code: Annotated[str, Meta(examples=["professional"])]
    is_invoice_now: Annotated[
        bool | None,
        Meta(description="Makes no difference: usage is always invoiced when its period ends."),
    ] = None
    is_prorate: Annotated[
        bool | None,
        Meta(
            description=(
                "With a platform key: whether the difference for the rest of the period is charged "
                "or credited now; else the new price begins with the next period."
            )
        ),
    ] = None
    leaves_legacy_plan: Annotated[
        bool,
        Meta(
            description=(
                "Not Kinde's. Says that the customer knows that a legacy plan that is left cannot "
                "be chosen again; without it, leaving one is refused."
            )
        ),
    ] = False


class KindeAgreed(Success, frozen=True, kw_only=True):
    """It is agreed. The id is not in Kinde's answer."""

    agreement_id: str


class BillingAgreements(KindeResource):
    """The agreements of a billing customer."""

    needs = {
        "GET": "read:billing_agreements",
        "POST": "create:billing_agreements",
        "DELETE": "delete:billing_agreements",
    }
    asked = {
        "GET": frozenset({"customer_id", "feature_code"}) | PAGE_PARAMETERS,
        "DELETE": frozenset({"agreement_id", "leaves_legacy_plan"}),
    }
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_list_agreements",
        tag="kinde",
        summary="List agreements as Kinde does",
        answers={200: KindeAgreements},
        parameters=(
            CUSTOMER_ID,
            OpenApiParameter("feature_code", str, description="Only agreements that have it."),
            *PAGING,
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """All agreements of the customer, newest first, also those that are over."""
        organization = self.customer(read_customer_id(self.plain_request))
        feature = read_given_parameter(parse_code, self.plain_request, "feature_code")
        agreements = [
            _present(agreement)
            for agreement in load_agreements(organization=organization)
            if feature is None or feature in codes_of(agreement)
        ]
        page, has_more = page_of(
            agreements, request=self.plain_request, key=lambda agreement: agreement.id
        )
        return Response(KindeAgreements(has_more=has_more, agreements=list(page)))

    @described(
        operation_id="kinde_create_agreement",
        tag="kinde",
        summary="Put a customer on a plan as at Kinde",
        body=body_of(
            KindeAgreementOrder,
            examples={
                "another plan": {
                    "customer_id": "customer_06f4hxw2k3n5p7r9t1v3x5z7a9",
                    "plan_code": "professional",
                    "is_prorate": True,
                }
            },
        ),
        answers={200: KindeAgreed},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WRITING.and_also(402, 502),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        The customer is on the plan from now on; a customer who is already stays on it, and a move
        to another plan that waits for the end of the period is taken back.

        With a platform key any published plan will do, and the move is made at once, up or down.
        An organization's key can do what its people can on the plan page: begin with a plan that
        costs nothing, upgrade at once for the difference, downgrade when the period ends.
        """
        order = self.written(KindeAgreementOrder)
        read(parse_code, order.plan_code, at="/plan_code")
        return self.done_once(lambda: self._agree(order))

    @described(
        operation_id="kinde_cancel_agreement",
        tag="kinde",
        summary="Cancel an agreement as at Kinde",
        answers={200: Success},
        parameters=(
            OpenApiParameter("agreement_id", str, required=True),
            OpenApiParameter(
                "leaves_legacy_plan",
                bool,
                description="Not Kinde's: as when the plan is changed.",
            ),
        ),
        refusals=READING.and_also(409, 502),
    )
    def delete(self, request: Request) -> Response:
        """
        With a platform key the agreement ends this moment and nothing is paid back; with an
        organization's key it ends when the period that is paid for is over.
        """
        named = read_parameter(parse_any_name, self.plain_request, "agreement_id")
        leaves = read_choice(YesOrNo, self.plain_request, "leaves_legacy_plan") is YesOrNo.YES
        agreement = self.live_agreement_named(named)
        if self.caller.is_platform:
            end_now(
                agreement=agreement,
                refunds_rest=False,
                actor=self.actor,
                reason=REASON,
                leaves_legacy_plan=leaves,
                now=self.now,
            )
        else:
            end_at_period_end(
                agreement=agreement,
                feedback=None,
                comment="",
                leaves_legacy_plan=leaves,
                actor=self.actor,
                now=self.now,
            )
        return Response(Success())

    def _agree(self, order: KindeAgreementOrder) -> KindeAgreed:
        organization = self.customer(order.customer_id)
        agreement = find_live_agreement(organization=organization)
        if agreement is None:
            self._begin(organization, order)
        elif agreement.plan_version.plan.code != order.plan_code:
            self._move(agreement, order)
        else:
            self._stay(agreement)
        agreed = find_live_agreement(organization=organization)
        assert agreed is not None, organization.public_id
        return KindeAgreed(agreement_id=agreed.public_id)

    def _stay(self, agreement: Agreement) -> None:
        waiting = find_waiting_change(agreement)
        if waiting is not None and waiting.to_version.plan_id != agreement.plan_version.plan_id:
            undo_change(agreement=agreement, actor=self.actor, now=self.now, reason=REASON)

    def _begin(self, organization: Organization, order: KindeAgreementOrder) -> None:
        agree = create_agreement_by_staff if self.caller.is_platform else agree_for_free
        agree(
            organization=organization,
            plan_code=order.plan_code,
            interval=BillingInterval.MONTH,
            actor=self.actor,
            now=self.now,
        )

    def _move(self, agreement: Agreement, order: KindeAgreementOrder) -> None:
        if self.caller.is_platform:
            move_by_staff(
                agreement=agreement,
                plan_code=order.plan_code,
                charges_now=order.is_prorate is True,
                actor=self.actor,
                reason=REASON,
                leaves_legacy_plan=order.leaves_legacy_plan,
                now=self.now,
            )
            return
        wish = Wish(plan_code=order.plan_code)
        shown = preview_change(agreement=agreement, wish=wish, now=self.now)
        make_change(
            agreement=agreement,
            wish=wish,
            proration_at=shown.proration_at,
            expected=shown.due_now,
            leaves_legacy_plan=order.leaves_legacy_plan,
            actor=self.actor,
            now=self.now,
        )


def _present(agreement: Agreement) -> KindeAgreement:
    plan, organization = agreement.plan_version.plan, agreement.organization
    return KindeAgreement(
        id=agreement.public_id,
        plan_code=plan.code,
        expires_on=agreement.ended_at,
        billing_group_id=billing_group_id_of(plan.group),
        current_period_start=agreement.current_period_start,
        current_period_end=agreement.current_period_end,
        entitlements=[
            EntitlementOfAgreement(code, entitlement_id_of(organization, feature_code=code))
            for code in codes_of(agreement)
        ],
        status=agreement.status,
        cancel_at=agreement.cancel_at,
    )
