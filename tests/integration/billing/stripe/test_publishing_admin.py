"""Staff see whether Stripe knows what is on sale, and set right what differs."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing.models import PlanVersion, Publication
from billing.stripe.gateway.client import ask, send, use_http_client
from billing.stripe.publishing import check_drift, publish_waiting
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import fixed, make_draft, make_group, make_plan, make_version
from tests.integration.billing.stripe.lines import Lossy
from tests.support.stripe_sandbox import SandboxHTTPClient


@pytest.fixture
def team(db: None) -> PlanVersion:
    return make_version(make_plan(make_group(), "team"), prices=(fixed("49"),))


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """Sam, who runs the installation."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def text_of(client: Client, url: str) -> str:
    """The words of a page."""
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def stripe_url(version: PlanVersion) -> str:
    return reverse("admin:billing_plan_stripe", args=[version.plan_id])


def edit_name(version: PlanVersion, name: str) -> None:
    product_id = f"tallybook_{version.plan.public_id}"
    send("products.update", {"name": name}, target=product_id, key=f"edit {name}")


def test_lists_and_pages_say_whether_stripe_knows_a_version(
    stripe: SandboxHTTPClient, staff: Client, team: PlanVersion
) -> None:
    plans = reverse("admin:billing_plan_changelist")
    versions = reverse("admin:billing_planversion_changelist")
    plan = reverse("admin:billing_plan_change", args=[team.plan_id])
    version = reverse("admin:billing_planversion_change", args=[team.pk])
    for url in (plans, versions, plan, version):
        assert "Not published yet" in text_of(staff, url)
    publish_waiting(now=SUBSCRIBED)
    for url in (plans, versions, plan, version):
        shown = text_of(staff, url)
        assert "Not published yet" not in shown
        assert "Published" in shown
    edit_name(team, "Squad")
    check_drift(now=SUBSCRIBED)
    for url in (plans, versions, plan, version):
        assert "Edited at Stripe" in text_of(staff, url)


def test_what_was_edited_is_shown_and_set_right_when_the_button_is_pressed(
    stripe: SandboxHTTPClient, staff: Client, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    assert "Stripe has everything as it should be." in text_of(staff, stripe_url(team))
    edit_name(team, "Squad")
    shown = text_of(staff, stripe_url(team))
    assert "Product Squad Team" in shown
    assert ask("products.retrieve", target=f"tallybook_{team.plan.public_id}")["name"] == "Squad"

    answer = staff.post(stripe_url(team), follow=True).content.decode()
    assert "Stripe has everything of Team as it should be." in answer
    assert ask("products.retrieve", target=f"tallybook_{team.plan.public_id}")["name"] == "Team"
    entry = AuditEntry.objects.get(action="plan.repaired_at_stripe")
    assert entry.actor == "sam@tallybook.example"


def test_what_failed_can_be_tried_again_at_once(
    stripe: SandboxHTTPClient, staff: Client, team: PlanVersion
) -> None:
    with use_http_client(Lossy(stripe, lost=1)):
        publish_waiting(now=SUBSCRIBED)
    shown = text_of(staff, stripe_url(team))
    assert "Failed, will be tried again The line is cut." in shown
    staff.post(stripe_url(team))
    assert Publication.objects.get().status == "published"


def test_a_refusal_is_told_on_the_page(stripe: SandboxHTTPClient, staff: Client) -> None:
    odd = make_version(make_plan(make_group(), "odd"), prices=(fixed("49", currency="XOF"),))
    answer = staff.post(stripe_url(odd), follow=True).content.decode()
    assert "Stripe could not be brought level." in answer
    assert "Invalid currency: xof." in answer


def test_the_page_says_so_while_stripe_does_not_answer(
    stripe: SandboxHTTPClient, staff: Client, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    with use_http_client(Lossy(stripe, lost=100, methods=("GET",))):
        assert "The payment service does not answer now." in text_of(staff, stripe_url(team))
        answer = staff.post(stripe_url(team)).content.decode()
    assert "The payment service does not answer now." in answer
    assert not AuditEntry.objects.filter(action="plan.repaired_at_stripe").exists()


def test_the_publish_page_says_what_it_will_change_at_stripe(
    stripe: SandboxHTTPClient, staff: Client, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    draft = make_draft(team.plan, prices=(fixed("59"),))
    shown = text_of(staff, reverse("admin:billing_planversion_publish", args=[draft.pk]))
    assert "Price of version 2: USD, monthly, fixed - $59, on sale as team.usd.month.fixed" in shown
    assert (
        "Price of version 1: USD, monthly, fixed "
        "$49, on sale as team.usd.month.fixed $49, archived" in shown
    )
    empty = make_draft(make_plan(team.plan.group, "empty"))
    url = reverse("admin:billing_planversion_publish", args=[empty.pk])
    assert "At Stripe" not in text_of(staff, url)


def test_who_may_not_change_plans_changes_nothing_at_stripe(
    stripe: SandboxHTTPClient, client: Client, team: PlanVersion
) -> None:
    client.force_login(make_person("Bob", is_staff=True))
    assert client.get(stripe_url(team)).status_code == 403
    assert client.post(stripe_url(team)).status_code == 403
    assert stripe.requests == []


def test_without_stripe_there_is_nothing_to_bring_level(staff: Client, team: PlanVersion) -> None:
    plan = reverse("admin:billing_plan_change", args=[team.plan_id])
    for response in (staff.get(stripe_url(team)), staff.post(stripe_url(team))):
        assert (response.status_code, response["Location"]) == (302, plan)
    shown = text_of(staff, plan)
    assert "Stripe is not connected" in shown
    assert stripe_url(team) not in staff.get(plan).content.decode()
    draft = make_draft(team.plan, prices=(fixed("59"),))
    url = reverse("admin:billing_planversion_publish", args=[draft.pk])
    assert "At Stripe" not in text_of(staff, url)
