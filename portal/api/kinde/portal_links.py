"""`POST /api/v1/portal/generate_url`: the way into the portal for a person, as Kinde's apps ask."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.visits.links import make_portal_link
from accounts.visits.members import check_key_may_act_for, get_member

from ...portal_pages import FIRST_PAGE, PAGES
from ..documents import read
from ..fields import parse_text
from ..organizations import get_named_organization
from ..schema import body_of, described
from ..v1.written import read_one_of
from ..wire import StrictJSONParser
from .errors import WRITING
from .resource import KindeResource


class PortalUrlOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to let in, where to, and where they came from."""

    user_id: Annotated[
        str,
        Meta(description="The person's `sub`, their e-mail address or the id of their membership."),
    ]
    organization_code: str
    sub_nav: Annotated[str | None, Meta(extra_json_schema={"enum": [*PAGES, None]})] = None
    return_url: str | None = None


class PortalUrl(msgspec.Struct, frozen=True):
    """An address that lets one person in, once, within ten minutes."""

    url: str


class GeneratePortalUrl(KindeResource):
    """One-time links into the portal."""

    needs = {"POST": "update:organizations"}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_generate_portal_url",
        tag="kinde",
        summary="Let a member into the portal as at Kinde",
        body=body_of(
            PortalUrlOrder,
            examples={
                "to the plan": {
                    "user_id": "alice@acme.example",
                    "organization_code": "acme-1",
                    "sub_nav": "organization_plan_details",
                }
            },
        ),
        answers={200: PortalUrl},
        refusals=WRITING,
    )
    def post(self, request: Request) -> HttpResponse:
        """
        The same as `POST portal-links`, by Kinde's names. Each call makes a link of its own.
        """
        order = self.written(PortalUrlOrder)
        page = order.sub_nav or FIRST_PAGE
        read_one_of(list(PAGES), page, what="A page", at="/sub_nav")
        member = read(parse_text, order.user_id, at="/user_id")
        organization = get_named_organization(caller=self.caller, reference=order.organization_code)
        membership = get_member(organization=organization, reference=member)
        check_key_may_act_for(membership, caller=self.caller)
        made = make_portal_link(
            membership=membership,
            page=PAGES[page],
            return_url=order.return_url or "",
            actor=self.actor,
            now=self.now,
        )
        return Response(PortalUrl(made.url))
