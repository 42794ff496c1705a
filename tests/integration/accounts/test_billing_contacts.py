"""Who is mailed about billing: once each, in their own language, about what they asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import MailTopic
from accounts.contacts.operations import (
    ContactDetails,
    ContactKnown,
    TooManyContacts,
    add_billing_contact,
    change_billing_contact,
    remove_billing_contact,
)
from accounts.contacts.queries import Addressee, BillingContactNotFound, list_billing_contacts
from accounts.models import AuditEntry, BillingContact, Organization
from accounts.people.language import language_of
from config.kernel.errors import Invalid
from tests.factories.accounts import NOON, TESTER, make_organization, make_person

pytestmark = pytest.mark.django_db
PAYMENTS = ContactDetails()
BOTH = ContactDetails(gets_payments=True, gets_usage=True)
USAGE = ContactDetails(gets_payments=False, gets_usage=True)


@pytest.fixture
def acme() -> Organization:
    organization = make_organization("Acme")
    Organization.objects.filter(pk=organization.pk).update(
        language="de", billing_email="billing@acme.example"
    )
    organization.refresh_from_db()
    return organization


def add(
    organization: Organization, email: str, details: ContactDetails = PAYMENTS
) -> BillingContact:
    return add_billing_contact(
        organization=organization, email=email, details=details, actor=TESTER, now=NOON
    )


def test_nobody_is_mailed_for_an_organization_that_named_nobody() -> None:
    assert list_billing_contacts(organization=make_organization("Silent")) == []


def test_everybody_is_mailed_about_what_they_asked_for(acme: Organization) -> None:
    add(acme, "ap@acme.example", ContactDetails(name="Accounting", language="en"))
    add(acme, "ops@acme.example", USAGE)
    add(make_organization("Crane"), "ap@crane.example", BOTH)

    billing = Addressee("billing@acme.example", "de")
    accounting = Addressee("ap@acme.example", "en", "Accounting")
    operations = Addressee("ops@acme.example", "de")
    listed = {
        topic: list_billing_contacts(organization=acme, topic=topic) for topic in (None, *MailTopic)
    }
    assert listed == {
        None: [billing, accounting, operations],
        MailTopic.PAYMENTS: [billing, accounting],
        MailTopic.USAGE: [operations],
    }


def test_an_address_that_became_the_billing_email_is_mailed_once(acme: Organization) -> None:
    add(acme, "ap@acme.example", BOTH)
    acme.billing_email = "ap@acme.example"
    acme.save()
    assert [one.email for one in list_billing_contacts(organization=acme)] == ["ap@acme.example"]
    about_usage = list_billing_contacts(organization=acme, topic=MailTopic.USAGE)
    assert [one.email for one in about_usage] == ["ap@acme.example"]


def test_an_address_is_stored_in_lower_case_and_audited(acme: Organization) -> None:
    contact = add(acme, "  AP@Acme.example ", USAGE)
    assert contact.email == "ap@acme.example"
    entry = AuditEntry.objects.get(action="billing_contact.added")
    assert (entry.organization, entry.target) == (acme, contact.public_id)
    assert entry.changes == {
        "email": [None, "ap@acme.example"],
        "name": [None, ""],
        "language": [None, ""],
        "gets_payments": [None, False],
        "gets_usage": [None, True],
    }


@pytest.mark.parametrize("email", ["billing@acme.example", "ap@acme.example", "AP@ACME.example"])
def test_no_address_is_added_twice(email: str, acme: Organization) -> None:
    add(acme, "ap@acme.example")
    with pytest.raises(ContactKnown):
        add(acme, email)
    assert BillingContact.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "details"),
    [
        ("nobody", ContactDetails()),
        ("ap@acme.example\nBcc: eve@evil.example", ContactDetails()),
        ("ap@acme.example", ContactDetails(gets_payments=False)),
        ("ap@acme.example", ContactDetails(language="fr")),
        ("ap@acme.example", ContactDetails(name="x" * 121)),
        ("ap@acme.example", ContactDetails(name="a\nb")),
    ],
)
def test_what_cannot_be_used_is_refused(
    email: str, details: ContactDetails, acme: Organization
) -> None:
    with pytest.raises(Invalid):
        add(acme, email, details)
    assert not BillingContact.objects.exists()


def test_an_organization_has_at_most_twenty(acme: Organization) -> None:
    for number in range(20):
        add(acme, f"ap{number}@acme.example")
    with pytest.raises(TooManyContacts):
        add(acme, "one-too-many@acme.example")


def test_a_contact_is_changed_and_removed(acme: Organization) -> None:
    contact = add(acme, "ap@acme.example")
    who: dict[str, Any] = {
        "organization": acme,
        "contact_id": contact.public_id,
        "actor": TESTER,
        "now": NOON,
    }
    change_billing_contact(details=BOTH, **who)
    change_billing_contact(details=BOTH, **who)
    changed = AuditEntry.objects.get(action="billing_contact.updated")
    assert changed.changes == {"gets_usage": [False, True]}
    remove_billing_contact(**who)
    assert not BillingContact.objects.exists()
    removed = AuditEntry.objects.get(action="billing_contact.removed")
    assert removed.changes == {"email": ["ap@acme.example", None]}


def test_another_organizations_contact_is_not_found(acme: Organization) -> None:
    theirs = add(make_organization("Crane"), "ap@crane.example")
    who: dict[str, Any] = {
        "organization": acme,
        "contact_id": theirs.public_id,
        "actor": TESTER,
        "now": NOON,
    }
    with pytest.raises(BillingContactNotFound):
        change_billing_contact(details=BOTH, **who)
    with pytest.raises(BillingContactNotFound):
        remove_billing_contact(**who)
    theirs.refresh_from_db()
    assert not theirs.gets_usage


@pytest.mark.parametrize(
    "change",
    [{"email": "AP@acme.example"}, {"gets_payments": False}, {"email": "ops@acme.example"}],
)
def test_the_database_keeps_what_a_contact_is(change: dict[str, Any], acme: Organization) -> None:
    contact = add(acme, "ap@acme.example")
    add(acme, "ops@acme.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingContact.objects.filter(pk=contact.pk).update(**change)


def test_a_person_is_spoken_to_in_their_own_language_first(acme: Organization) -> None:
    alice = make_person("Alice")
    assert language_of(user=alice, organization=None) == "en"
    assert language_of(user=None, organization=acme) == "de"
    assert language_of(user=alice, organization=acme) == "de"
    alice.language = "en"
    assert language_of(user=alice, organization=acme) == "en"
    alice.language = "xx"
    assert language_of(user=alice, organization=acme) == "de"
