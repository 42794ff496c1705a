"""`GET /api/v1/billing/entitlements`: what a billing customer is entitled to."""

import re
from typing import Final

from drf_spectacular.utils import OpenApiParameter
from msgspec.structs import replace
from rest_framework.request import Request
from rest_framework.response import Response

from billing.agreements.queries import find_live_agreement

from ..fields import InvalidField
from ..parameters import find_parameter, invalid_parameter, read_given_parameter
from ..schema import described
from .entitlement_results import KindeEntitlements, SubscribedPlan
from .errors import READING
from .paging import PAGE_PARAMETERS, PAGING, page_of
from .parts import entitlements_of
from .resource import CUSTOMER_ID, KindeResource, read_customer_id

_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


class BillingEntitlements(KindeResource):
    """The entitlements of a billing customer."""

    needs = {"GET": "read:billing_entitlements"}
    asked = {"GET": frozenset({"customer_id", "max_value", "expand"}) | PAGE_PARAMETERS}

    @described(
        operation_id="kinde_list_entitlements",
        tag="kinde",
        summary="List entitlements as Kinde does",
        answers={200: KindeEntitlements},
        parameters=(
            CUSTOMER_ID,
            *PAGING,
            OpenApiParameter(
                "max_value", int, description="Stands in place of a maximum that is null."
            ),
            OpenApiParameter("expand", str, enum=["plans"]),
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """
        The prices of the customer's plan, then the features that it grants.

        A maximum is null where there is no end to it, also where more than what is included is
        sold: `allowance` and `remaining` say what is included and left.
        """
        organization = self.customer(read_customer_id(self.plain_request))
        agreement = find_live_agreement(organization=organization)
        unlimited = read_given_parameter(_parse_whole_number, self.plain_request, "max_value")
        found, has_more = page_of(
            entitlements_of(organization, agreement, now=self.now),
            request=self.plain_request,
            key=lambda entitlement: entitlement.id,
        )
        answer = KindeEntitlements(
            has_more=has_more,
            entitlements=[
                replace(entitlement, entitlement_limit_max=unlimited)
                if entitlement.entitlement_limit_max is None
                else entitlement
                for entitlement in found
            ],
        )
        if self._wants_plans():
            plans = (
                []
                if agreement is None
                else [SubscribedPlan(agreement.plan_version.plan.code, agreement.started_at)]
            )
            answer = replace(answer, plans=plans)
        return Response(answer)

    def _wants_plans(self) -> bool:
        expand = find_parameter(self.plain_request, "expand")
        if expand not in (None, "plans"):
            raise invalid_parameter("expand", "invalid_parameter", "`expand` is `plans`.")
        return expand is not None


def _parse_whole_number(value: str) -> int:
    if _WHOLE_NUMBER.fullmatch(value) is None:
        raise InvalidField("invalid_number", "This is a whole number, such as 2147483647.")
    return int(value)
