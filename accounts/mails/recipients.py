"""Whom a mail is for, as of now."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..access.permissions import Permission, roles_with
from ..choices import MailTopic
from ..contacts.queries import list_billing_contacts
from ..models import Membership, Organization, User
from ..people.language import language_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, in lower case, the language to write in, and whose it is if that is known."""

    address: str
    language: str
    user: User | None = None

    @property
    def key(self) -> tuple[int | None, str]:
        """Who it is: a person, who may change their address, or else the address."""
        return (None, self.address) if self.user is None else (self.user.pk, "")


def members_with(organization: Organization, *permissions: Permission) -> list[Recipient]:
    """Return the members who may do one of these, the longest there first."""
    roles = {role for permission in permissions for role in roles_with(permission)}
    members = (
        Membership.objects.owned_by(organization)
        .filter(role__in=roles, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    return [
        Recipient(
            member.user.email, language_of(user=member.user, organization=organization), member.user
        )
        for member in members
    ]


def contacts_for(organization: Organization, topic: MailTopic) -> list[Recipient]:
    """Return the billing contacts who want to know about a topic."""
    contacts = list_billing_contacts(organization=organization, topic=topic)
    return [Recipient(contact.email.lower(), contact.language) for contact in contacts]


def once_each(recipients: Iterable[Recipient]) -> list[Recipient]:
    """The same without an address that came before."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        found.setdefault(recipient.address, recipient)
    return list(found.values())
