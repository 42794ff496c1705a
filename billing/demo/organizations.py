"""
The demo's customers as organizations with people and an agreement.

Each function finds what an earlier run left behind and makes only what is missing.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.audit.actor import SYSTEM, Actor
from accounts.memberships.operations import accept_invitation, invite
from accounts.memberships.queries import find_membership, list_open_invitations
from accounts.memberships.tokens import token_of
from accounts.models import Membership, Organization, User
from accounts.organizations.operations import create_organization
from accounts.organizations.queries import find_organization
from accounts.people.operations import add_person

from ..agreements.operations import create_agreement_by_staff
from ..models import Agreement
from ..stripe.gateway.configuration import is_connected
from .customers import Customer, Person
from .history import list_usage_periods
from .paying import subscribe

_AFTER_THE_START: Final = timedelta(hours=10)
_INVITED_LATELY: Final = timedelta(days=2)


def ensure_staff(person: Person, *, now: datetime) -> User:
    """Return the member of staff who may do everything."""
    with transaction.atomic():
        user = ensure_person(person, now=now)
        if not user.is_superuser:
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
    return user


def ensure_person(person: Person, *, now: datetime) -> User:
    """Return a person with a verified address. Nobody knows the password."""
    user = User.objects.filter(email=person.email).first()
    return user or add_person(
        email=person.email,
        password=secrets.token_urlsafe(24),
        name=person.name,
        actor=SYSTEM,
        now=now,
    )


def ensure_organization(customer: Customer, *, now: datetime) -> Organization:
    """Return the customer's organization, with its people, agreement and open invitations."""
    starts_at = list_usage_periods(customer, now=now)[0].starts_at
    organization = find_organization(reference=customer.external_id)
    if organization is None:
        organization = _create(customer, starts_at=starts_at)
    if not Agreement.objects.owned_by(organization).exists():
        _begin_agreement(customer, organization=organization, now=starts_at)
    owner = find_membership(
        organization=organization, user=User.objects.get(email=customer.owner.email)
    )
    assert owner is not None, customer.external_id
    for person in customer.teammates:
        _ensure_member(person, owner=owner, now=starts_at + _AFTER_THE_START)
    for person in customer.invited:
        _ensure_invited(person, owner=owner, now=now)
    return organization


@transaction.atomic
def _create(customer: Customer, *, starts_at: datetime) -> Organization:
    owner = ensure_person(customer.owner, now=starts_at)
    return create_organization(
        name=customer.name,
        currency=customer.currency,
        time_zone=customer.time_zone,
        owner=owner,
        billing_email=owner.email,
        external_id=customer.external_id,
        actor=SYSTEM,
        now=starts_at,
    )


def _begin_agreement(customer: Customer, *, organization: Organization, now: datetime) -> None:
    """By card where Stripe is connected, else as staff would."""
    if is_connected():
        subscribe(customer, organization=organization, now=now)
        return
    create_agreement_by_staff(
        organization=organization,
        plan_code=customer.plan,
        interval=customer.interval,
        seats=customer.seats,
        actor=Actor.for_user(User.objects.get(email=customer.owner.email)),
        now=now,
    )


def _ensure_member(person: Person, *, owner: Membership, now: datetime) -> None:
    user = ensure_person(person, now=now)
    if find_membership(organization=owner.organization, user=user) is not None:
        return
    opened = list_open_invitations(organization=owner.organization, now=now)
    invitation_id = next(
        (invitation.invitation_id for invitation in opened if invitation.email == person.email), ""
    )
    if not invitation_id:
        invitation_id = invite(
            organization=owner.organization,
            email=person.email,
            role=person.role,
            invited_by=owner,
            now=now,
        ).public_id
    accept_invitation(token=token_of(invitation_id=invitation_id), user=user, now=now)


def _ensure_invited(person: Person, *, owner: Membership, now: datetime) -> None:
    opened = list_open_invitations(organization=owner.organization, now=now)
    if not any(invitation.email == person.email for invitation in opened):
        invite(
            organization=owner.organization,
            email=person.email,
            role=person.role,
            invited_by=owner,
            now=now - _INVITED_LATELY,
        )
