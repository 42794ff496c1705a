"""What the page of billing contacts shows."""

from dataclasses import dataclass

from django.conf import settings

from accounts.choices import MailTopic
from accounts.contacts.operations import MOST_CONTACTS
from accounts.contacts.queries import list_further_contacts, topics_of
from accounts.models import Organization


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody who is mailed about billing."""

    id: str
    email: str
    name: str
    language: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """Everybody who is."""

    billing_email: str
    contacts: tuple[ContactRow, ...]
    has_room: bool


def present_contacts(organization: Organization) -> ContactsPage:
    """Read who is mailed about an organization's billing."""
    names = dict(settings.LANGUAGES)
    found = list_further_contacts(organization=organization)
    rows = tuple(
        ContactRow(
            id=contact.public_id,
            email=contact.email,
            name=contact.name,
            language=str(names.get(contact.language, "")),
            topics=tuple(str(topic.label) for topic in MailTopic if topic in topics_of(contact)),
        )
        for contact in found
    )
    return ContactsPage(organization.billing_email, rows, has_room=len(rows) < MOST_CONTACTS)
