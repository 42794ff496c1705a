"""People, organizations and keys for tests."""

from collections.abc import Collection
from datetime import UTC, datetime

from allauth.account.models import EmailAddress

from accounts.api_keys.operations import IssuedKey, issue_api_key
from accounts.audit.actor import Actor
from accounts.choices import Role, Scope
from accounts.models import Membership, Organization, User

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TESTER = Actor("tester")
PASSWORD = "correct horse battery"


def make_person(
    name: str,
    *,
    email: str | None = None,
    is_verified: bool = True,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """A person with the password `PASSWORD`; Alice's address is alice@acme.example."""
    address = email or f"{name.lower()}@acme.example"
    user = User.objects.create_user(
        address, PASSWORD, name=name, is_staff=is_staff, is_superuser=is_superuser
    )
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=is_verified)
    return user


def make_organization(
    name: str = "Acme",
    *,
    owner: User | None = None,
    currency: str = "USD",
    time_zone: str = "UTC",
    external_id: str | None = None,
) -> Organization:
    """An organization, owned by a person if one is named."""
    organization = Organization.objects.create(
        name=name, currency=currency, time_zone=time_zone, external_id=external_id
    )
    if owner is not None:
        make_member(organization, owner, Role.OWNER)
    return organization


def make_member(organization: Organization, user: User, role: str = Role.MEMBER) -> Membership:
    """A person's place in an organization."""
    return Membership.objects.create(organization=organization, user=user, role=role)


def make_api_key(
    organization: Organization | None,
    *,
    name: str = "Worker",
    scopes: Collection[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
    now: datetime = NOON,
) -> IssuedKey:
    """A key with its secret; a platform key without an organization."""
    return issue_api_key(
        name=name,
        scopes=scopes,
        organization=organization,
        expires_at=expires_at,
        actor=TESTER,
        now=now,
    )
