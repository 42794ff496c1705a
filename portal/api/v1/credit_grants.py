"""`POST /api/v1/credit-grants`, and what became of a grant."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.manual_credits.operations import CreditsWish, give_by_hand
from billing.usage.grants import GIVEN_BY_HAND
from config.kernel.ids import new_id
from metering.choices import GrantCategory
from metering.operations import DEFAULT_PRIORITY
from metering.queries import get_grant_statement

from ..admission import OnlyPlatformKeys
from ..documents import invalid, parse_document, read, read_body, read_given, shape
from ..endpoint import json_response
from ..fields import LONGEST_REASON, parse_code, parse_quantity, parse_reason, parse_timestamp
from ..idempotency import answered_once, find_idempotency_key
from ..organizations import get_named_organization
from ..pages import PAGE_PARAMETERS, find_entry_before
from ..parameters import read_page_size
from ..resource import Resource
from ..schema import (
    IDEMPOTENCY_KEY,
    KEYED,
    ORGANIZATION,
    PAGING,
    WITH_BODY,
    body_of,
    described,
)
from ..wire import StrictJSONParser
from .credit_grant_results import (
    CreditGrant,
    CreditGrantStatement,
    WaitingCreditGrant,
    present_grant,
    present_statement,
    present_waiting,
)
from .used import Quantity

LAST_PRIORITY: Final = 1_000
MOST_ACTIONS: Final = 20


class CreditGrantOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Credits to give, and why."""

    organization: Annotated[str, Meta(description="Its id or your own id for it.")]
    feature: Annotated[str, Meta(description="A metered feature.", examples=["ai_credits"])]
    category: Annotated[
        str,
        Meta(
            description="A promotion, an adjustment, or a purchase that was paid for elsewhere.",
            extra_json_schema={"enum": [category.value for category in GIVEN_BY_HAND]},
        ),
    ]
    amount: Quantity
    reason: Annotated[
        str,
        Meta(
            description="For the audit log.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_REASON},
        ),
    ]
    expires_at: Annotated[
        str | None,
        Meta(
            description="From when they cannot be spent any more; never unless given.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None
    priority: Annotated[
        Annotated[int, Meta(ge=0, le=LAST_PRIORITY)],
        Meta(description="Lower numbers are spent first."),
    ] = DEFAULT_PRIORITY
    actions: Annotated[
        list[str] | None,
        Meta(
            description="The actions that they may pay for; everything unless given.",
            extra_json_schema={"minItems": 1, "maxItems": MOST_ACTIONS},
        ),
    ] = None


class CreditGrants(Resource):
    """Credits that the company gives."""

    scopes = {"POST": Scope.CREDITS_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_credit_grant",
        tag="credits",
        summary="Give credits",
        body=body_of(
            CreditGrantOrder,
            examples={
                "a promotion": {
                    "organization": "org_06f4hxw2k3n5p7r9t1v3x5z7a9",
                    "feature": "ai_credits",
                    "category": "promotion",
                    "amount": "500",
                    "expires_at": "2027-03-31T00:00:00Z",
                    "reason": "Spring campaign",
                }
            },
        ),
        answers={201: CreditGrant, 202: WaitingCreditGrant},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Give an organization credits on a metered feature, to be spent from now on.

        Needs a platform key. Send an `Idempotency-Key`, so that a repeated request gives once.
        A promotion or an adjustment of more than the installation's limit (1,000 unless it is
        set otherwise) waits until somebody of the staff agrees: then the answer is 202, and the
        credits come with the event `credits.granted`. Purchases have no limit.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Credits are given with a platform key.")
        document = parse_document(read_body(self.plain_request))
        source = _source_of(self.plain_request, caller=self.caller)
        reference, wish = _read_wish(document, request=source)
        return answered_once(
            self.plain_request,
            lambda: self._give(wish, reference=reference),
            caller=self.caller,
            now=self.now,
        )

    def _give(self, wish: CreditsWish, *, reference: str) -> HttpResponse:
        organization = get_named_organization(caller=self.caller, reference=reference)
        now = time_of(organization_id=organization.pk, now=self.now)
        given = give_by_hand(organization=organization, wish=wish, actor=self.actor, now=now)
        if given.grant is None:
            return json_response(present_waiting(given), status=202)
        statement = get_grant_statement(
            organization_id=organization.pk, grant=given.grant.public_id, limit=1
        )
        grant = present_grant(statement.grant, feature=statement.meter)
        return json_response(grant, status=201)


class CreditGrantOfId(Resource):
    """One grant."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="get_credit_grant",
        tag="credits",
        summary="Get the statement of a credit grant",
        answers={200: CreditGrantStatement},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, grant_id: str) -> Response:
        """What became of a grant, with its entries in pages, the newest first."""
        page_size = read_page_size(self.plain_request)
        statement = get_grant_statement(
            organization_id=self.organization().pk,
            grant=grant_id,
            limit=page_size + 1,
            before_id=find_entry_before(self.plain_request),
        )
        return Response(present_statement(statement, page_size=page_size))


def _read_wish(document: Any, *, request: str) -> tuple[str, CreditsWish]:
    """Return which organization is named, and what to give it."""
    order = shape(document, CreditGrantOrder)
    if order.category not in GIVEN_BY_HAND:
        known = ", ".join(GIVEN_BY_HAND)
        raise invalid("/category", "invalid_category", f"A category is one of {known}.")
    return order.organization, CreditsWish(
        feature=read(parse_code, order.feature, at="/feature"),
        category=GrantCategory(order.category),
        amount=read(parse_quantity, order.amount, at="/amount"),
        request=request,
        reason=read(parse_reason, order.reason, at="/reason"),
        expires_at=read_given(parse_timestamp, order.expires_at, at="/expires_at"),
        priority=order.priority,
        actions=_read_actions(order.actions),
    )


def _read_actions(written: Sequence[str] | None) -> list[str]:
    if written is None:
        return []
    if not 1 <= len(written) <= MOST_ACTIONS:
        raise invalid("/actions", "invalid_actions", f"Name 1 to {MOST_ACTIONS} actions, or none.")
    return [read(parse_code, code, at=f"/actions/{place}") for place, code in enumerate(written)]


def _source_of(request: HttpRequest, *, caller: CallerKey) -> str:
    """
    Return by what name the order is known.

    A repeated request is the same order, even when nobody remembers the first answer any more:
    a process may die after the credits were given.
    """
    key = find_idempotency_key(request)
    if key is None:
        return new_id("req")
    digest = hashlib.sha256(f"{caller.id} {key}\n".encode() + request.body)
    return f"req_{digest.hexdigest()[:32]}"
