"""Kinde's own Python client, with nothing changed but the domain and the credentials."""

from __future__ import annotations

import pytest
from kinde_sdk.management.exceptions import ForbiddenException, NotFoundException
from kinde_sdk.management.management_client import ManagementClient

from accounts.models import ApiKey, Organization
from accounts.properties.definitions import PropertyDetails, define_property
from metering.models import UsageEvent
from tests.api.conftest import NOW
from tests.api.kinde.client import Kinde, kinde
from tests.api.kinde.test_entitlements import customer_of
from tests.factories.accounts import TESTER, make_organization

__all__ = ["kinde"]

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_it_reads_an_organization_and_its_billing(kinde: Kinde) -> None:
    acme, client = kinde.world.acme, kinde.of_the_company
    told = client.organizations_api.get_organization(code=acme.public_id, expand="billing")
    assert (told.code, told.name, told.external_id) == (acme.public_id, "Acme", "customer-1")
    assert told.billing.billing_customer_id == customer_of(acme)
    [agreement] = told.billing.agreements
    assert (agreement.plan_code, agreement.agreement_id) == (
        "professional",
        kinde.world.agreement.public_id,
    )


def test_it_reads_agreements_and_entitlements(kinde: Kinde) -> None:
    client, customer = kinde.of_the_company, customer_of(kinde.world.acme)
    told = client.billing_agreements_api.get_billing_agreements(customer, feature_code="ai_credits")
    assert (told.code, told.message, told.has_more) == ("OK", "Success", False)
    [agreement] = told.agreements
    assert (agreement.plan_code, agreement.expires_on) == ("professional", None)
    assert agreement.current_period_end.isoformat() == "2026-10-10T08:00:00+00:00"
    assert {part.feature_code for part in agreement.entitlements} >= {"ai_credits", "advanced_ai"}

    found = client.billing_entitlements_api.get_billing_entitlements(
        customer, page_size=2, max_value="2147483647", expand="plans"
    )
    assert [plan.code for plan in found.plans] == ["professional"]
    base, credits = found.entitlements
    assert (base.feature_code, base.fixed_charge) == ("base_price", 29_900)
    assert (credits.feature_code, credits.unit_amount) == ("ai_credits", 12)
    assert credits.entitlement_limit_max == 2_147_483_647
    rest = client.billing_entitlements_api.get_billing_entitlements(
        customer, starting_after=credits.id
    )
    assert (found.has_more, rest.has_more) == (True, False)
    assert [item.feature_code for item in rest.entitlements] == ["advanced_ai", "support"]


def test_it_reports_usage(kinde: Kinde) -> None:
    api = kinde.of_the_company.billing_meter_usage_api
    report = {
        "customer_agreement_id": kinde.world.agreement.public_id,
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
    }
    told = api.create_meter_usage_record(report)
    assert (told.code, told.message) == ("OK", "Success")
    dated = {"meter_usage_timestamp": NOW.isoformat(), "meter_type_code": "absolute"}
    assert api.create_meter_usage_record(report | dated).code == "OK"
    assert UsageEvent.objects.count() == 2


def test_it_puts_a_customer_on_another_plan(kinde: Kinde) -> None:
    order = {
        "customer_id": customer_of(kinde.world.acme),
        "plan_code": "starter",
        "is_invoice_now": False,
        "is_prorate": False,
    }
    told = kinde.of_the_company.billing_agreements_api.create_billing_agreement(order)
    assert (told.code, told.message) == ("OK", "Success")
    kinde.world.agreement.refresh_from_db()
    assert kinde.world.agreement.plan_version.plan.code == "starter"


def test_it_makes_changes_and_closes_an_organization(kinde: Kinde) -> None:
    api = kinde.of_the_company.organizations_api
    told = api.create_organization(
        {
            "name": "Dune",
            "is_create_billing_customer": True,
            "billing_email": "billing@dune.example",
            "billing_plan_code": "starter",
        }
    )
    dune = Organization.objects.get(name="Dune")
    assert told.organization.code == dune.public_id
    assert told.organization.billing_customer_id == customer_of(dune)
    assert api.update_organization(dune.public_id, update_organization_request={"name": "D"})
    elm = make_organization("Elm")
    assert api.delete_organization(elm.public_id).code == "OK"
    dune.refresh_from_db()
    assert (dune.name, Organization.objects.open().filter(pk=elm.pk).exists()) == ("D", False)


def test_it_registers_webhooks(kinde: Kinde) -> None:
    api = kinde.of_the_company.webhooks_api
    told = api.create_web_hook(
        {
            "endpoint": "https://127.0.0.1:9099/webhooks",
            "event_types": ["customer.plan_changed"],
            "name": "Plans",
            "description": "For the CRM",
        }
    )
    [webhook] = api.get_web_hooks().webhooks
    assert (webhook.id, webhook.name, webhook.description) == (
        told.webhook.id,
        "Plans",
        "For the CRM",
    )
    changed = api.update_web_hook(webhook.id, {"event_types": ["customer.payment_failed"]})
    assert changed.webhook.id == webhook.id
    assert api.get_web_hooks().webhooks[0].event_types == ["customer.payment_failed"]
    assert api.delete_web_hook(webhook.id).code == "OK"
    assert api.get_web_hooks().webhooks == []
    codes = [kind.code for kind in api.get_event_types().event_types]
    assert {"customer.plan_changed", "subscription.updated"} <= set(codes)


def test_it_lists_organizations_and_sets_properties(kinde: Kinde) -> None:
    acme, api = kinde.world.acme, kinde.of_the_company.organizations_api
    details = PropertyDetails(name="Industry")
    define_property(key="industry", type="text", details=details, actor=TESTER, now=NOW)
    first = api.get_organizations(page_size=1)
    second = api.get_organizations(page_size=1, next_token=first.next_token)
    assert [page.organizations[0].name for page in (first, second)] == ["Crane", "Acme"]

    told = api.update_organization_properties(acme.public_id, {"properties": {"industry": "a"}})
    assert told.code == "OK"
    assert api.update_organization_property(acme.public_id, "industry", "Travel").code == "OK"
    [found] = api.get_organization_property_values(acme.public_id).properties
    assert (found.key, found.value) == ("industry", "Travel")


def test_it_verifies_a_key(kinde: Kinde) -> None:
    api = kinde.of_the_company.api_keys_api
    told = api.verify_api_key({"api_key": kinde.world.acme_key})
    key = ApiKey.objects.get(organization=kinde.world.acme)
    assert (told.is_valid, told.key_id, told.org_code) == (
        True,
        key.public_id,
        kinde.world.acme.public_id,
    )
    assert api.verify_api_key({"api_key": "nothing"}).is_valid is False


def test_it_is_told_what_is_refused(kinde: Kinde) -> None:
    reader = kinde.client(kinde.world.acme, scopes=["balances:read"])
    with pytest.raises(ForbiddenException) as forbidden:
        reader.billing_agreements_api.get_billing_agreements(customer_of(kinde.world.acme))
    assert forbidden.value.data.errors[0].code == "SCOPE_MISSING"
    own = kinde.client(kinde.world.acme)
    with pytest.raises(NotFoundException):
        own.billing_agreements_api.get_billing_agreements(customer_of(kinde.world.crane))


def test_a_wrong_secret_gets_no_token(kinde: Kinde) -> None:
    key = ApiKey.objects.get(organization=kinde.world.acme)
    client = ManagementClient(kinde.proxy.domain, key.public_id, "wrong")
    with pytest.raises(Exception, match="401"):
        client.organizations_api.get_organizations()
