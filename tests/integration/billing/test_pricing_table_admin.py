"""Staff pages of pricing tables: generate, write, look, publish, go back, choose what is shown."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from billing.models import PricingTable, PricingTableVersion
from billing.pricing_tables.content import CardContent, CardTexts, TableContent, TableTexts
from billing.pricing_tables.queries import content_of
from tests.factories.accounts import make_person
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_draft,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing_tables import SPRING, make_live_table, make_table

DEEDS = ("draft", "discard", "live", "off", "default")


@pytest.fixture
def catalog(db: None) -> ArticleCatalog:
    return make_article_catalog()


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """The browser of Sam, who runs the installation."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:billing_pricingtable_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def said(client: Client, url: str, sent: Mapping[str, Any] | None = None) -> str:
    """What the page says after a form was sent to it."""
    response = client.post(url, sent or {}, follow=True)
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def the_draft() -> PricingTableVersion:
    return PricingTableVersion.objects.get(published_at=None)


def test_a_table_is_generated_from_a_group(staff: Client, catalog: ArticleCatalog) -> None:
    form = text_of(staff, page("add"))
    assert "Current plans" in form
    assert "Legacy plans" not in form
    sent = {"key": "spring_promo", "name": "Spring", "plan_group": catalog.current.pk}
    said(staff, page("add"), sent)
    table = PricingTable.objects.get()
    assert (table.key, table.name, table.is_live) == ("spring_promo", "Spring", False)
    assert [card.plan_code for card in content_of(the_draft()).cards] == [
        "starter",
        "professional",
        "enterprise",
    ]
    assert AuditEntry.objects.get(action="pricing_table.created").actor == "sam@tallybook.example"
    assert "already exists" in said(staff, page("add"), sent)
    assert PricingTable.objects.count() == 1


class TestBuilder:
    def test_cards_are_chosen_ordered_and_written_in_each_language(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        make_draft(make_plan(catalog.current, "soon", position=9))
        table = make_table(catalog.current)
        form = text_of(staff, page("edit", table.pk))
        assert form.index("Starter") < form.index("Professional") < form.index("Enterprise")
        assert "soon · nothing published yet" in form
        answer = staff.post(page("edit", table.pk), entered())
        assert answer["location"] == page("edit", table.pk)
        assert content_of(the_draft()) == TableContent(
            cards=(
                CardContent("professional", is_highlighted=True),
                CardContent(
                    "starter",
                    texts={
                        "en": CardTexts(
                            heading="Small",
                            call_to_action="Go",
                            features=("One & only", "Two"),
                        ),
                        "de": CardTexts(heading="Klein"),
                    },
                ),
            ),
            texts={"de": TableTexts("Preise")},
        )
        again = text_of(staff, page("edit", table.pk))
        assert "One & only\nTwo" in again

    def test_a_mistake_is_shown_where_it_was_made_and_nothing_is_stored(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_table(catalog.current)
        before = content_of(the_draft())
        for wrong in (
            {"starter-position": "first"},
            {"starter-en-heading": "x" * 81},
            {"starter-en-features": "x" * 161},
            {"starter-en-features": "\n".join("x" * 21)},
            {"table-en-heading": "a\x00b"},
        ):
            answer = staff.post(page("edit", table.pk), entered() | wrong)
            assert answer.status_code == 200
            assert "error" in answer.content.decode()
        assert content_of(the_draft()) == before

    def test_what_is_saved_to_be_looked_at_leads_to_the_preview(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_table(catalog.current)
        answer = staff.post(page("edit", table.pk), entered() | {"_preview": "1"})
        assert answer["location"] == page("preview", table.pk, the_draft().pk)

    def test_without_a_draft_there_is_nothing_to_write(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current)
        assert staff.get(page("edit", table.pk)).status_code == 404
        assert staff.get(page("publish", table.pk)).status_code == 404


class TestPreview:
    def test_shows_each_language_and_theme_in_a_frame(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_table(catalog.current)
        address = page("preview", table.pk, the_draft().pk)
        answer = staff.get(f"{address}?language=de&theme=dark")
        assert "frame-src 'self'" in answer["Content-Security-Policy"]
        form = unescape(answer.content.decode())
        frame = re.search(r'<iframe [^>]*src="([^"]+)"', form)
        assert frame is not None
        assert frame[1] == f"/pricing/preview/{the_draft().pk}/?language=de&theme=dark"
        assert 'href="?language=en&theme=dark"' in form
        assert 'href="?language=de&theme=light"' in form
        assert '<html lang="de" dir="ltr" data-theme="dark">' in text_of(staff, frame[1])

    def test_nonsense_is_shown_as_usual(self, staff: Client, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        address = page("preview", table.pk, the_draft().pk)
        assert "?language=en&theme=auto" in text_of(staff, f"{address}?language=xx&theme=pink")

    def test_a_version_of_another_table_is_not_there(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        spring, summer = make_table(catalog.current), make_table(catalog.current, "summer")
        version = summer.versions.get()
        assert staff.get(page("preview", spring.pk, version.pk)).status_code == 404


class TestPublishing:
    def test_staff_read_what_changes_before_they_publish(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current, content=SPRING)
        staff.post(page("draft", table.pk))
        assert "The draft says what is shown already." in text_of(staff, page("publish", table.pk))
        staff.post(page("edit", table.pk), entered())
        form = text_of(staff, page("publish", table.pk))
        assert "Visitors are shown this at once." in form
        assert "Shown: version 1" in form
        assert "starter, English: heading" in form
        assert "A seat in the sun<br>Fresh credits" in form
        reviewed = re.search(r'name="reviewed" value="([0-9a-f]{64})"', form)
        assert reviewed is not None
        staff.post(page("edit", table.pk), entered() | {"table-en-heading": "Later"})
        told = said(staff, page("publish", table.pk), {"reviewed": reviewed[1]})
        assert "The draft was edited since" in told
        assert the_draft().number == 2
        reviewed = re.search(r'name="reviewed" value="([0-9a-f]{64})"', told)
        assert reviewed is not None
        told = said(staff, page("publish", table.pk), {"reviewed": reviewed[1]})
        assert "Spring v2 is published." in told
        assert PricingTableVersion.objects.get(number=2).published_by == "sam@tallybook.example"

    def test_a_plan_without_a_version_stands_in_the_way(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        make_draft(make_plan(catalog.current, "soon"))
        table = make_table(catalog.current)
        shown = {"soon-is_shown": "on", "soon-position": "9"}
        staff.post(page("edit", table.pk), entered() | shown)
        form = text_of(staff, page("publish", table.pk))
        assert "“soon” has no published version in this plan group." in form
        assert 'type="submit" value="Publish' not in form
        assert the_draft().number == 1

    def test_an_earlier_version_is_shown_again(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current, content=SPRING)
        its_page = reverse("admin:billing_pricingtable_change", args=[table.pk])
        assert "Show it again" not in text_of(staff, its_page)
        staff.post(page("draft", table.pk))
        staff.post(page("edit", table.pk), entered())
        staff.post(page("publish", table.pk))
        assert text_of(staff, its_page).count("Show it again") == 1
        assert "Show version 1 of Spring again" in text_of(staff, page("restore", table.pk, 1))
        said(staff, page("restore", table.pk, 1))
        newest = table.versions.latest("number")
        assert (newest.number, content_of(newest)) == (3, SPRING)
        told = said(staff, page("restore", table.pk, 9))
        assert "Spring has no published version 9." in told


def test_what_visitors_see_is_chosen_with_one_button_each(
    staff: Client, catalog: ArticleCatalog
) -> None:
    table = make_table(catalog.current)
    assert "Publish a version of Spring first." in said(staff, page("live", table.pk))
    staff.post(page("publish", table.pk))
    for deed, state in (
        ("live", (True, False)),
        ("default", (True, True)),
        ("off", (False, False)),
    ):
        staff.post(page(deed, table.pk))
        table.refresh_from_db()
        assert (table.is_live, table.is_default) == state


def test_the_page_says_how_to_embed_it_and_who_may(staff: Client, catalog: ArticleCatalog) -> None:
    table = make_live_table(catalog.current)
    form = text_of(staff, page("change", table.pk))
    assert (
        '<script async src="http://127.0.0.1:8000/static/js/pricing_embed.js"'
        ' data-table="spring_promo"></script>'
    ) in form
    assert '<iframe src="http://127.0.0.1:8000/embed/pricing/spring_promo/"' in form
    sent = {
        "name": "Spring sale",
        "frame_ancestors": "https://www.example.com\nhttps://*.example.org",
        "versions-TOTAL_FORMS": 0,
        "versions-INITIAL_FORMS": 0,
    }
    said(staff, page("change", table.pk), sent)
    table.refresh_from_db()
    assert table.name == "Spring sale"
    assert table.frame_ancestors == ["https://www.example.com", "https://*.example.org"]
    told = said(staff, page("change", table.pk), sent | {"frame_ancestors": "everywhere"})
    assert "“everywhere” is no site" in told
    table.refresh_from_db()
    assert len(table.frame_ancestors) == 2


def test_staff_without_permission_see_and_do_nothing(
    client: Client, catalog: ArticleCatalog
) -> None:
    table = make_table(catalog.current)
    helper: User = make_person("Helper", is_staff=True)
    client.force_login(helper)
    addresses = [page(deed, table.pk) for deed in (*DEEDS, "edit", "publish")]
    addresses += [page("restore", table.pk, 1), page("preview", table.pk, the_draft().pk)]
    for address in (page("changelist"), page("add"), page("change", table.pk), *addresses):
        assert client.get(address).status_code == 403, address
    for address in addresses:
        assert client.post(address).status_code == 403, address
    client.logout()
    assert client.get(page("edit", table.pk)).status_code == 302
    assert the_draft().number == 1


def test_lists_take_as_many_queries_for_many_tables_as_for_few(
    staff: Client, catalog: ArticleCatalog, django_assert_num_queries: Any
) -> None:
    make_live_table(catalog.current)
    text_of(staff, page("changelist"))
    with CaptureQueriesContext(connection) as few:
        text_of(staff, page("changelist"))
    for number in range(4):
        make_live_table(catalog.current, f"table_{number}")
    make_version(
        make_plan(catalog.current, "more"), metered(catalog.credits, 1), prices=(fixed("1"),)
    )
    with django_assert_num_queries(len(few)):
        text_of(staff, page("changelist"))


def entered() -> dict[str, Any]:
    """What is sent for a table of two cards; the third plan is left out."""
    sent: dict[str, Any] = {"table-en-heading": "", "table-de-heading": "Preise"}
    for plan, position in (("starter", 5), ("professional", 2), ("enterprise", 1), ("soon", 9)):
        sent[f"{plan}-position"] = position
    return sent | {
        "starter-is_shown": "on",
        "professional-is_shown": "on",
        "professional-is_highlighted": "on",
        "starter-en-heading": "Small",
        "starter-en-call_to_action": "Go",
        "starter-en-features": "One & only\r\n\r\n Two ",
        "starter-de-heading": "Klein",
    }
