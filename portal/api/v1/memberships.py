"""`/api/v1/memberships`: the people of an organization, and those who are invited."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Role, Scope
from accounts.memberships.by_key import invite_by_key, remove_by_key
from accounts.memberships.queries import (
    Member,
    OpenInvitation,
    list_members,
    list_open_invitations,
)
from accounts.models import Invitation as StoredInvitation

from ..endpoint import json_response
from ..idempotency import answered_once
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .written import NamedOrganization, read_one_of

InRole = Annotated[str, Meta(extra_json_schema={"enum": Role.values})]


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in an organization."""

    id: str
    name: str
    email: str
    role: InRole
    joined_at: datetime


class MembershipPage(msgspec.Struct, frozen=True):
    """People, those who have been there longest first."""

    data: list[Membership]
    has_more: bool


class InvitationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite."""

    email: str
    role: InRole
    organization: NamedOrganization = None


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that can still be accepted."""

    id: str
    email: str
    role: InRole
    invited_by: Annotated[str, Meta(description="The name of a person.")]
    expires_at: datetime


class InvitationPage(msgspec.Struct, frozen=True):
    """Invitations, newest first."""

    data: list[Invitation]
    has_more: bool


class Memberships(Resource):
    """The people of an organization."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_memberships",
        tag="memberships",
        summary="List members",
        answers={200: MembershipPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """Who belongs to the organization, and in which role."""
        members = list_members(organization=self.organization())
        page, has_more = page_of(
            members, request=self.plain_request, key=lambda member: member.membership_id
        )
        return Response(MembershipPage([_present(member) for member in page], has_more))


class MembershipOfId(Resource):
    """One person's place."""

    scopes = {"DELETE": Scope.ORGANIZATIONS_WRITE}
    deletion_parameters = frozenset({"organization"})

    @described(
        operation_id="remove_membership",
        tag="memberships",
        summary="Remove a member",
        answers={204: None},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404, 409),
    )
    def delete(self, request: Request, membership_id: str) -> Response:
        """
        End a membership. An organization's key may do what the person may do who made it. The
        last owner stays: 409 `last_owner`.
        """
        remove_by_key(
            organization=self.organization(),
            membership_id=membership_id,
            caller=self.caller,
            actor=self.actor,
            now=self.now,
        )
        return Response(status=204)


class Invitations(Resource):
    """Who is invited."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ, "POST": Scope.ORGANIZATIONS_WRITE}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_invitations",
        tag="memberships",
        summary="List open invitations",
        answers={200: InvitationPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The invitations that can still be accepted."""
        found = list_open_invitations(organization=self.organization(), now=self.now)
        page, has_more = page_of(
            found, request=self.plain_request, key=lambda invitation: invitation.invitation_id
        )
        return Response(InvitationPage([_present_open(item) for item in page], has_more))

    @described(
        operation_id="invite_member",
        tag="memberships",
        summary="Invite somebody",
        body=body_of(
            InvitationOrder,
            examples={"a developer": {"email": "bob@acme.example", "role": "developer"}},
        ),
        answers={201: Invitation},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Mail an invitation, in the name of the person who made the key. An organization's key may
        hand out the roles that this person may; a platform key invites an owner first.
        """
        order = self.written(InvitationOrder)
        read_one_of(Role.values, order.role, what="A role", at="/role")
        return answered_once(
            self.plain_request, lambda: self._invite(order), caller=self.caller, now=self.now
        )

    def _invite(self, order: InvitationOrder) -> HttpResponse:
        invitation = invite_by_key(
            organization=self.organization_named(order.organization),
            email=order.email,
            role=order.role,
            caller=self.caller,
            actor=self.actor,
            now=self.now,
        )
        return json_response(_present_sent(invitation), status=201)


def _present(member: Member) -> Membership:
    return Membership(
        id=member.membership_id,
        name=member.name,
        email=member.email,
        role=member.role,
        joined_at=member.joined_at,
    )


def _present_open(invitation: OpenInvitation) -> Invitation:
    return Invitation(
        id=invitation.invitation_id,
        email=invitation.email,
        role=invitation.role,
        invited_by=invitation.invited_by,
        expires_at=invitation.expires_at,
    )


def _present_sent(invitation: StoredInvitation) -> Invitation:
    return Invitation(
        id=invitation.public_id,
        email=invitation.email,
        role=invitation.role,
        invited_by=invitation.invited_by.get_full_name(),
        expires_at=invitation.expires_at,
    )
