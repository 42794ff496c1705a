"""
What an API key may decide about the people of an organization.

An organization's key acts in the name of the person who made it: it may do what that person may
do at this moment, and nothing once they have left. A platform key acts for the company.
"""

from datetime import datetime

from config.kernel.errors import Forbidden, NotFound

from ..api_keys.queries import CallerKey
from ..audit.actor import Actor
from ..models import ApiKey, Invitation, Membership, Organization, User
from .invitations import invite, invite_for_customer
from .operations import remove_member, remove_member_for_customer


class KeyOfNobody(Forbidden):
    """The key was not made by a person who could be answerable for this."""

    code = "key_of_nobody"
    title = "The key acts in nobody's name"


def invite_by_key(
    *,
    organization: Organization,
    email: str,
    role: str,
    caller: CallerKey,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """
    Offer a place in an organization, in the name of the person who made the key.

    Raises `KeyOfNobody`, and else as `invite`, or with a platform key as `invite_for_customer`.
    """
    person = _maker_of(caller)
    if caller.is_platform:
        return invite_for_customer(
            organization=organization,
            email=email,
            role=role,
            invited_by=person,
            actor=actor,
            now=now,
        )
    place = _place_of(person, organization=organization)
    return invite(organization=organization, email=email, role=role, invited_by=place, now=now)


def remove_by_key(
    *,
    organization: Organization,
    membership_id: str,
    caller: CallerKey,
    actor: Actor,
    now: datetime,
) -> None:
    """
    End a membership.

    Raises `KeyOfNobody`, and else as `remove_member`.
    """
    if caller.is_platform:
        remove_member_for_customer(
            organization=organization, membership_id=membership_id, actor=actor, now=now
        )
        return
    if not Membership.objects.owned_by(organization).filter(public_id=membership_id).exists():
        raise NotFound("There is no such member.")
    place = place_of_maker(caller, organization=organization)
    remove_member(organization=organization, membership_id=membership_id, removed_by=place, now=now)


def place_of_maker(caller: CallerKey, *, organization: Organization) -> Membership:
    """Return the place of the person who made an organization's key. Raises `KeyOfNobody`."""
    return _place_of(_maker_of(caller), organization=organization)


def _maker_of(caller: CallerKey) -> User:
    key = ApiKey.objects.select_related("created_by").get(pk=caller.id)
    if key.created_by is None or not key.created_by.is_active:
        raise KeyOfNobody("Nobody who is still here made this key. Use one that a person made.")
    return key.created_by


def _place_of(person: User, *, organization: Organization) -> Membership:
    place = Membership.objects.owned_by(organization).filter(user=person).first()
    if place is None:
        raise KeyOfNobody("Who made this key does not belong to the organization any more.")
    return place
