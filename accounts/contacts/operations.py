"""Add, change and remove those who are mailed about an organization's billing."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Invalid

from ..addresses import clean_address
from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..models import BillingContact, Organization
from ..names import clean_name
from ..organizations.locking import lock_organization
from ..people.language import check_language
from .queries import get_billing_contact

MOST_CONTACTS: Final = 20


class ContactKnown(DomainError):
    """The organization writes to this address already."""

    code = "billing_contact_known"
    title = "The address is a billing contact already"
    status: ClassVar[int] = 409


class TooManyContacts(DomainError):
    """The organization has as many billing contacts as it may have."""

    code = "too_many_billing_contacts"
    title = "Too many billing contacts"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """What may be said of a contact, now and later."""

    name: str = ""
    language: str = ""
    gets_payments: bool = True
    gets_usage: bool = False

    def cleaned(self) -> "ContactDetails":
        """The same as it is stored. Raises `Invalid`."""
        check_language(self.language)
        if not (self.gets_payments or self.gets_usage):
            raise Invalid(_("Choose what the contact is mailed about, or remove it."))
        name = clean_name(self.name, what=_("The name"), longest=120, may_be_empty=True)
        return ContactDetails(name, self.language, self.gets_payments, self.gets_usage)


@transaction.atomic
def add_billing_contact(
    *, organization: Organization, email: str, details: ContactDetails, actor: Actor, now: datetime
) -> BillingContact:
    """
    Mail one more address about the organization's billing from now on.

    Raises `Invalid`, `ContactKnown`, also for the billing e-mail, and `TooManyContacts`.
    """
    cleaned, address = asdict(details.cleaned()), clean_address(email)
    lock_organization(organization_id=organization.pk)
    known = set(BillingContact.objects.owned_by(organization).values_list("email", flat=True))
    if address in known | {organization.billing_email}:
        raise ContactKnown(_("This address is mailed about billing already."))
    if len(known) >= MOST_CONTACTS:
        raise TooManyContacts(
            _("An organization has at most %(most)s billing contacts.") % {"most": MOST_CONTACTS}
        )
    contact = BillingContact.objects.create(organization=organization, email=address, **cleaned)
    changes = {name: [None, value] for name, value in ({"email": address} | cleaned).items()}
    _audit("billing_contact.added", contact, changes, actor=actor, now=now)
    return contact


@transaction.atomic
def change_billing_contact(
    *,
    organization: Organization,
    contact_id: str,
    details: ContactDetails,
    actor: Actor,
    now: datetime,
) -> BillingContact:
    """
    Change what a contact is mailed about, and how; its address stays.

    Writes nothing if nothing is different. Raises `Invalid` and `BillingContactNotFound`.
    """
    after = asdict(details.cleaned())
    lock_organization(organization_id=organization.pk)
    contact = get_billing_contact(organization=organization, contact_id=contact_id)
    changes = differences({name: getattr(contact, name) for name in after}, after)
    if not changes:
        return contact
    for name, value in after.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(after))
    _audit("billing_contact.updated", contact, changes, actor=actor, now=now)
    return contact


@transaction.atomic
def remove_billing_contact(
    *, organization: Organization, contact_id: str, actor: Actor, now: datetime
) -> None:
    """Mail an address nothing more about billing. Raises `BillingContactNotFound`."""
    lock_organization(organization_id=organization.pk)
    contact = get_billing_contact(organization=organization, contact_id=contact_id)
    changes = {"email": [contact.email, None]}
    _audit("billing_contact.removed", contact, changes, actor=actor, now=now)
    contact.delete()


def _audit(
    action: str,
    contact: BillingContact,
    changes: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        target=contact.public_id,
        organization=contact.organization,
        changes=changes,
        now=now,
    )
