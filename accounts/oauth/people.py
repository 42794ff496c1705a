"""Who signs in, to which app, and on behalf of which organization."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from ..models import Membership, OAuthSubject, SignInApp, User


def name_for_apps(user: User) -> str:
    """Return the name by which apps know a person; the first app to ask gives them one."""
    subject, _ = OAuthSubject.objects.get_or_create(user=user)
    return subject.public_id


def find_person(*, subject: str) -> User | None:
    """Return the person whom apps know by this name, unless they may no longer log in."""
    known = (
        OAuthSubject.objects.filter(public_id=subject, user__is_active=True)
        .select_related("user")
        .first()
    )
    return None if known is None else known.user


def has_verified_address(user: User) -> bool:
    """Whether the person proved that the address they log in with is theirs."""
    address = EmailAddress.objects.get_primary(user)
    return address is not None and address.email == user.email and bool(address.verified)


def find_sign_in_app(*, client_id: str) -> SignInApp | None:
    """Return an app that people can sign in to; none of a closed organization."""
    return (
        SignInApp.objects.filter(
            Q(organization=None) | Q(organization__closed_at=None),
            public_id=client_id,
            removed_at=None,
        )
        .select_related("organization")
        .first()
    )


def list_memberships_for(app: SignInApp, *, user: User) -> list[Membership]:
    """
    Return the person's places in the open organizations that the app may know of, oldest first.

    An app of one organization knows of no other.
    """
    memberships = Membership.objects.filter(user=user, organization__closed_at=None)
    if app.organization_id is not None:
        memberships = memberships.filter(organization=app.organization_id)
    return list(memberships.select_related("organization").order_by("pk"))
