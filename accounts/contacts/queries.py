"""Who is mailed about an organization's billing."""

from dataclasses import dataclass

from django.db.models import QuerySet

from config.kernel.errors import NotFound

from ..choices import MailTopic
from ..models import BillingContact, Organization
from ..people.language import language_of, offered_languages


class BillingContactNotFound(NotFound):
    """There is no such contact, or it is another organization's."""

    code = "billing_contact_not_found"
    title = "No such billing contact"


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address to write to, and in which language."""

    email: str
    language: str
    name: str = ""


def list_billing_contacts(
    *, organization: Organization, topic: str | None = None
) -> list[Addressee]:
    """
    Return who is mailed about billing beside the organization's people, no address twice.

    The organization's billing e-mail comes first; it is about payments. With a `topic`
    (`MailTopic`) only those who want mails about it.
    """
    language = language_of(user=None, organization=organization)
    addressees = {}
    if organization.billing_email and topic in (None, MailTopic.PAYMENTS):
        email = organization.billing_email
        addressees[email] = Addressee(email, language)
    for contact in list_further_contacts(organization=organization):
        if topic is None or topic in topics_of(contact):
            own = contact.language if contact.language in offered_languages() else language
            addressees.setdefault(contact.email, Addressee(contact.email, own, contact.name))
    return list(addressees.values())


def list_further_contacts(*, organization: Organization) -> list[BillingContact]:
    """Return the contacts beside the billing e-mail, in the order in which they were added."""
    return list(_contacts(organization))


def get_billing_contact(*, organization: Organization, contact_id: str) -> BillingContact:
    """Return a contact of the organization. Raises `BillingContactNotFound`."""
    contact = _contacts(organization).filter(public_id=contact_id).first()
    if contact is None:
        raise BillingContactNotFound("There is no such billing contact.")
    return contact


def topics_of(contact: BillingContact) -> frozenset[MailTopic]:
    """What a contact is mailed about."""
    wanted = {MailTopic.PAYMENTS: contact.gets_payments, MailTopic.USAGE: contact.gets_usage}
    return frozenset(topic for topic, is_wanted in wanted.items() if is_wanted)


def _contacts(organization: Organization) -> QuerySet[BillingContact]:
    return BillingContact.objects.owned_by(organization).order_by("pk")
