"""Staff pages: only those who may see and do things there."""

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.models import Agreement, Feature, Plan, PlanGroup, PlanVersion
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_draft,
    make_flag,
    make_plan,
    make_version,
)
from tests.support.staff_pages import column, latest, page, query_count, text_of

OUR_MODELS = [Agreement, Feature, Plan, PlanGroup, PlanVersion]


@pytest.mark.parametrize("model", OUR_MODELS)
def test_customers_see_no_staff_page(client: Client, alice: User, model: type) -> None:
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 302


@pytest.mark.parametrize("model", OUR_MODELS)
def test_staff_without_permission_see_nothing(client: Client, alice: User, model: type) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


def test_staff_without_permission_do_nothing(
    client: Client, catalog: ArticleCatalog, acme: Organization, alice: User
) -> None:
    agreement = make_agreement(acme)
    draft = make_draft(catalog.starter.plan)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    for url in (
        page(Agreement, "cancel", agreement.pk),
        page(Plan, "draft", catalog.starter.plan_id),
        page(PlanVersion, "publish", draft.pk),
        page(PlanVersion, "discard", draft.pk),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "none"}).status_code == 403


@pytest.mark.parametrize("model", OUR_MODELS)
def test_nothing_is_deleted_here(staff: Client, catalog: ArticleCatalog, model: type) -> None:
    assert staff.post(page(model, "delete", 1), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text_of(staff, page(model, "changelist"))


@pytest.mark.parametrize("model", OUR_MODELS)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(
    staff: Client, catalog: ArticleCatalog, acme: Organization, model: type
) -> None:
    make_agreement(acme)
    text_of(staff, page(model, "changelist"))
    few = query_count(lambda: text_of(staff, page(model, "changelist")))
    for number in range(5):
        make_version(make_plan(catalog.current, f"plan_{number}"), prices=(fixed("1"),))
        make_flag(f"flag_{number}")
        make_agreement(make_organization(f"Customer {number}"), f"plan_{number}")
    assert query_count(lambda: text_of(staff, page(model, "changelist"))) == few


class TestAgreements:
    def test_staff_sell_a_legacy_plan_to_a_named_organization(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert "Per seat (Legacy plans)" in text_of(staff, page(Agreement, "add"))
        entered = {
            "organization": acme.pk,
            "plan": catalog.per_seat.plan_id,
            "interval": "month",
            "seats": "50",
            "starts_at_0": "2026-01-31",
            "starts_at_1": "09:30",
        }
        response = staff.post(page(Agreement, "add"), entered)
        agreement = Agreement.objects.get()
        assert response.headers["Location"] == page(Agreement, "change", agreement.pk)
        assert (agreement.organization, agreement.seats) == (acme, 50)
        assert agreement.anchor_at.isoformat() == "2026-01-31T09:30:00+00:00"
        assert latest("agreement.created").actor == "sam@tallybook.example"

    def test_a_refusal_is_shown_in_words(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme)
        entered = {
            "organization": acme.pk,
            "plan": catalog.starter.plan_id,
            "interval": "month",
        }
        response = staff.post(page(Agreement, "add"), entered)
        assert "Acme has an agreement already." in response.content.decode()
        assert Agreement.objects.count() == 1

    def test_an_agreement_is_only_shown_and_can_be_canceled_with_a_reason(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        shown = text_of(staff, page(Agreement, "change", agreement.pk))
        assert "$299" in shown
        assert 'name="_save"' not in shown
        cancel = page(Agreement, "end_now", agreement.pk)
        assert cancel in shown
        assert "This field is required." in staff.post(cancel, {"reason": ""}).content.decode()
        assert Agreement.objects.get().status == "active"
        response = staff.post(cancel, {"reason": "Asked by mail"})
        assert response.headers["Location"] == page(Agreement, "change", agreement.pk)
        assert Agreement.objects.get().status == "canceled"
        assert latest("agreement.canceled").reason == "Asked by mail"
        assert cancel not in text_of(staff, page(Agreement, "change", agreement.pk))

    def test_agreements_are_found_by_organization_and_filtered_by_group(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        make_agreement(globex, "starter")
        url = page(Agreement, "changelist")
        assert column(text_of(staff, f"{url}?q={globex.public_id}"), "plan") == ["Starter"]
        legacy = f"{url}?plan_version__plan__group__id__exact={catalog.legacy.pk}"
        listed = text_of(staff, legacy)
        assert column(listed, "plan") == ["Per seat"]
        assert "Legacy plans (1)" in listed
