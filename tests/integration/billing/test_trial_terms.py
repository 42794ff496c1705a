"""What a plan version says about its trial, and about how overage reaches Stripe."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from billing.catalog.operations import DraftTerms, create_draft, edit_draft, review_draft
from billing.catalog.queries import get_plan_version_terms, get_pricing_table
from billing.catalog.review import Objection
from billing.choices import OverageCollection
from billing.models import PlanVersion
from config.kernel.errors import Invalid
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_draft,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing import per_unit, percentage

METER = OverageCollection.BILLING_METER


def objections_to(draft: PlanVersion) -> list[Objection]:
    """What keeps a draft from being published."""
    return list(review_draft(plan_version=draft, now=SUBSCRIBED).objections)


def test_the_terms_name_the_trial_and_the_collection(catalog: ArticleCatalog) -> None:
    version = make_version(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 500, overage="0.2"),
        prices=(fixed("49"),),
        trial_days=14,
        trial_needs_card=False,
        overage_collection=METER,
    )
    terms = get_plan_version_terms(plan_version_id=version.pk)
    assert (terms.trial_days, terms.trial_needs_card) == (14, False)
    assert terms.overage_collection == METER
    draft = create_draft(plan=version.plan, actor=STAFF, now=SUBSCRIBED)
    assert (draft.trial_days, draft.trial_needs_card) == (14, False)
    assert draft.overage_collection == METER


def test_without_a_word_there_is_no_trial_and_overage_is_put_on_invoices(
    catalog: ArticleCatalog,
) -> None:
    terms = get_plan_version_terms(plan_version_id=catalog.starter.pk)
    assert (terms.trial_days, terms.trial_needs_card) == (0, True)
    assert terms.overage_collection == OverageCollection.INVOICE_ITEM


def test_an_edit_of_the_trial_is_written_down(catalog: ArticleCatalog) -> None:
    make_draft(make_plan(catalog.current, "team"), prices=(fixed("49"),), trial_days=14)
    entry = AuditEntry.objects.get(
        action="plan_version.edited", target__endswith="v1", changes__has_key="trial_days"
    )
    assert entry.changes["trial_days"] == [0, 14]


@pytest.mark.parametrize(
    "terms", [{"trial_days": 731}, {"trial_days": -1}, {"overage_collection": "by_pigeon"}]
)
def test_what_no_draft_can_hold_is_refused(catalog: ArticleCatalog, terms: dict[str, Any]) -> None:
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("49"),), trial_days=7)
    with pytest.raises(Invalid):
        edit_draft(
            plan_version=draft,
            terms=DraftTerms(included_seats=None, prices=(), features=(), **terms),
            actor=STAFF,
            now=SUBSCRIBED,
        )
    draft.refresh_from_db()
    assert (draft.trial_days, draft.prices.count()) == (7, 1)


def test_a_plan_that_costs_nothing_has_no_trial(catalog: ArticleCatalog) -> None:
    draft = make_draft(make_plan(catalog.current, "free"), prices=(fixed("0"),), trial_days=14)
    assert objections_to(draft) == [
        Objection("trial", "A plan that costs nothing has nothing to try for free.")
    ]


def test_a_billing_meter_needs_overage_to_count(catalog: ArticleCatalog) -> None:
    draft = make_draft(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 500),
        prices=(fixed("49"),),
        overage_collection=METER,
    )
    assert objections_to(draft) == [
        Objection("overage", "There is no overage that a Billing Meter could count.")
    ]


def test_a_billing_meter_needs_one_price_for_every_unit_in_every_currency(
    catalog: ArticleCatalog,
) -> None:
    overage = {"USD": per_unit("0.2"), "EUR": percentage("0.01", currency="EUR")}
    draft = make_draft(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 500, overage=overage),
        prices=(fixed("49"), fixed("45", currency="EUR")),
        overage_collection=METER,
    )
    assert objections_to(draft) == [
        Objection("ai_credits", "EUR: A Billing Meter needs one price for every unit.")
    ]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(14, "The first 14 days are free."), (1, "The first day is free.")],
)
def test_the_summary_says_what_is_free(catalog: ArticleCatalog, days: int, sentence: str) -> None:
    make_version(make_plan(catalog.current, "team"), prices=(fixed("49"),), trial_days=days)
    summaries = {plan.code: plan.summary for plan in get_pricing_table(at=SUBSCRIBED).plans}
    assert summaries["team"] == (f"Team costs $49 a month. {sentence} It includes unlimited seats.")
    assert "free" not in summaries["starter"]


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        (True, "14 days free"),
        (False, "14 days free, no card needed"),
    ],
)
def test_the_pricing_page_says_what_is_free(
    client: Client, catalog: ArticleCatalog, *, asks: bool, words: str
) -> None:
    assert "days free" not in client.get("/pricing/").content.decode()
    make_version(
        make_plan(catalog.current, "team"),
        prices=(fixed("49"),),
        trial_days=14,
        trial_needs_card=asks,
    )
    page = client.get("/pricing/").content.decode()
    assert f'<span class="badge badge--accent">{words}</span>' in page
    assert re.search(rf"<td[^>]*>{words}</td>", page)


def test_the_price_list_says_what_is_free(client: Client, catalog: ArticleCatalog) -> None:
    make_version(
        make_plan(catalog.current, "team"),
        prices=(fixed("49"),),
        trial_days=14,
        trial_needs_card=False,
    )
    plans = {plan["code"]: plan for plan in client.get("/api/v1/plans").json()["data"]}
    assert (plans["team"]["trial_days"], plans["team"]["trial_needs_card"]) == (14, False)
    assert plans["starter"]["trial_days"] == 0
