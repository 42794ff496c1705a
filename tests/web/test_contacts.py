"""The pages of billing contacts and of public properties."""

import pytest

from accounts.choices import Role
from accounts.contacts.operations import ContactDetails, add_billing_contact
from accounts.models import BillingContact, Membership, Organization, User
from accounts.properties.definitions import PropertyDetails, define_property
from accounts.properties.operations import set_properties
from billing.models import Agreement
from tests.factories.accounts import TESTER, make_organization

from .conftest import NOW, SignIn
from .reading import text_of


@pytest.fixture
def accounting(acme: Organization) -> BillingContact:
    details = ContactDetails(name="Accounting", language="de", gets_usage=True)
    return add_billing_contact(
        organization=acme, email="ap@acme.example", details=details, actor=TESTER, now=NOW
    )


def test_lists_who_is_mailed_about_what(
    alice: User,
    acme: Organization,
    agreement: Agreement,
    accounting: BillingContact,
    sign_in: SignIn,
) -> None:
    Organization.objects.update(billing_email="billing@acme.example")
    words = text_of(sign_in(alice).get("/settings/contacts/"))
    assert "billing@acme.example billing email Invoices and payments the organization's" in words
    assert "ap@acme.example Accounting Invoices and payments Usage Deutsch" in words


def test_an_owner_adds_changes_and_removes_a_contact(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    new = {"email": "Ops@acme.example", "gets_usage": "on"}
    assert client.post("/settings/contacts/add/", new)["location"] == "/settings/contacts/"
    contact = BillingContact.objects.get()
    assert (contact.email, contact.gets_payments, contact.gets_usage) == (
        "ops@acme.example",
        False,
        True,
    )
    assert "ops@acme.example is mailed from now on." in text_of(client.get("/settings/contacts/"))

    page = f"/settings/contacts/{contact.public_id}/"
    assert "ops@acme.example" in text_of(client.get(page))
    client.post(page, {"name": "Operations", "gets_payments": "on", "gets_usage": "on"})
    contact.refresh_from_db()
    assert (contact.name, contact.gets_payments) == ("Operations", True)

    client.post(f"{page}remove/")
    assert not BillingContact.objects.exists()


def test_what_is_wrong_is_said_beside_what_was_filled_in(
    alice: User, acme: Organization, accounting: BillingContact, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    again = client.post("/settings/contacts/add/", {"email": "ap@acme.example", "gets_usage": "on"})
    assert "This address is mailed about billing already." in text_of(again)
    assert b'value="ap@acme.example"' in again.content
    nothing = client.post(f"/settings/contacts/{accounting.public_id}/", {"name": "Accounting"})
    assert "Choose what the contact is mailed about, or remove it." in text_of(nothing)


def test_the_billing_role_decides_where_invoices_go(
    bob: User, acme: Organization, sign_in: SignIn
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.BILLING)
    client = sign_in(bob)
    answer = client.post("/settings/contacts/billing-email/", {"billing_email": "Pay@acme.example"})
    assert answer["location"] == "/settings/contacts/"
    acme.refresh_from_db()
    assert (acme.billing_email, acme.name) == ("pay@acme.example", "Acme")
    wrong = client.post("/settings/contacts/billing-email/", {"billing_email": "nobody"})
    assert "Enter a valid email address." in text_of(wrong)


def test_a_member_sees_no_contact(
    bob: User, acme: Organization, accounting: BillingContact, sign_in: SignIn
) -> None:
    answer = sign_in(bob).get("/settings/contacts/")
    assert answer.status_code == 403
    assert "Accounting" not in text_of(answer)


def test_another_organizations_contact_is_not_there(
    charlie: User, acme: Organization, accounting: BillingContact, sign_in: SignIn
) -> None:
    make_organization("Charlie's", owner=charlie)
    client = sign_in(charlie)
    page = f"/settings/contacts/{accounting.public_id}/"
    assert client.get(page).status_code == 404
    assert client.post(page, {"gets_usage": "on", "name": "Mine"}).status_code == 404
    assert client.post(f"{page}remove/").status_code == 404
    accounting.refresh_from_db()
    assert accounting.name == "Accounting"


def test_everybody_reads_what_the_company_shares_and_nothing_else(
    bob: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    for key, type_, is_public in (
        ("partner_since", "date", True),
        ("meetings", "integer", True),
        ("is_reference", "boolean", True),
        ("churn_risk", "text", False),
    ):
        details = PropertyDetails(
            name=key.replace("_", " ").title(), category="Partnership", is_public=is_public
        )
        define_property(key=key, type=type_, details=details, actor=TESTER, now=NOW)
    set_properties(
        organization=acme,
        values={"partner_since": "2024-03-01", "meetings": 1250, "churn_risk": "high"},
        actor=TESTER,
        now=NOW,
    )
    words = text_of(sign_in(bob).get("/settings/properties/"))
    assert "Partner Since partner_since 1 Mar 2024 Changed 20 Sep 2026, 12:00 UTC" in words
    assert "Meetings meetings 1,250" in words
    assert "Is Reference is_reference not set" in words
    assert "Churn" not in words
    assert "high" not in words


def test_a_page_without_properties_says_what_would_be_there(
    bob: User, acme: Organization, sign_in: SignIn
) -> None:
    assert "Nothing is kept here" in text_of(sign_in(bob).get("/settings/properties/"))
