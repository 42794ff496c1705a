"""`POST /api/v1/portal-links`: let a member into the portal from your app, without signing in."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from accounts.models.portal_link import LONGEST_LINK_LIFE, LONGEST_RETURN_URL
from accounts.visits.links import SHORTEST_LINK_LIFE, make_portal_link
from accounts.visits.members import check_key_may_act_for, get_member
from accounts.visits.return_urls import may_return_to

from ...portal_pages import FIRST_PAGE, PAGES
from ..documents import invalid, read
from ..endpoint import json_response
from ..fields import parse_text
from ..organizations import get_named_organization
from ..resource import Resource
from ..schema import WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .written import NamedOrganization, read_one_of

SHORTEST: Final = int(SHORTEST_LINK_LIFE.total_seconds())
LONGEST: Final = int(LONGEST_LINK_LIFE.total_seconds())


class PortalLinkOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to let in, where to, and where they came from."""

    organization: NamedOrganization = None
    member: Annotated[
        str,
        Meta(
            description="The person's e-mail address, the id of their membership, or their `sub`."
        ),
    ]
    subnav: Annotated[
        str,
        Meta(
            description="The page that it opens: a name of ours, or one of Kinde's.",
            extra_json_schema={"enum": list(PAGES)},
        ),
    ] = FIRST_PAGE
    return_url: Annotated[
        str | None,
        Meta(
            description="Where `Back to ...` leads, at an origin of `PORTAL_RETURN_URLS`.",
            extra_json_schema={"format": "uri", "maxLength": LONGEST_RETURN_URL},
        ),
    ] = None
    expires_in_seconds: Annotated[int, Meta(ge=SHORTEST, le=LONGEST)] = LONGEST


class PortalLink(msgspec.Struct, frozen=True, kw_only=True):
    """An address that lets one person in, once. Send it to nobody else."""

    id: str
    url: str
    organization: str
    member: Annotated[str, Meta(description="The id of their membership.")]
    expires_at: datetime


class PortalLinks(Resource):
    """One-time links into the portal."""

    scopes = {"POST": Scope.ORGANIZATIONS_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_portal_link",
        tag="memberships",
        summary="Let a member into the portal",
        body=body_of(
            PortalLinkOrder,
            examples={
                "to the invoices": {
                    "organization": "acme-1",
                    "member": "alice@acme.example",
                    "subnav": "invoices",
                    "return_url": "https://app.example/settings",
                }
            },
        ),
        answers={201: PortalLink},
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Redirect the person's browser to the `url`. It works once and for ten minutes; the session
        that it opens lasts an hour and shows this organization's portal, nothing of the person's
        own account. An organization's key lets in whoever may do no more than the person who made
        the key. Each call makes a link of its own, and needs no `Idempotency-Key`.
        """
        order = self.written(PortalLinkOrder)
        read_one_of(list(PAGES), order.subnav, what="A page", at="/subnav")
        member = read(parse_text, order.member, at="/member")
        return_url = order.return_url or ""
        if return_url and not may_return_to(return_url):
            detail = "People are sent back to the origins of PORTAL_RETURN_URLS only."
            raise invalid("/return_url", "return_url_not_allowed", detail)
        organization = get_named_organization(caller=self.caller, reference=order.organization)
        membership = get_member(organization=organization, reference=member)
        check_key_may_act_for(membership, caller=self.caller)
        made = make_portal_link(
            membership=membership,
            page=PAGES[order.subnav],
            return_url=return_url,
            life=timedelta(seconds=order.expires_in_seconds),
            actor=self.actor,
            now=self.now,
        )
        link = PortalLink(
            id=made.link.public_id,
            url=made.url,
            organization=organization.public_id,
            member=membership.public_id,
            expires_at=made.link.expires_at,
        )
        return json_response(link, status=201)
