"""The pages of pricing tables: by key, in a frame, for staff before it is published."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.models import PricingTable, PricingTableVersion
from billing.pricing_tables.operations import set_live, update_pricing_table
from tests.factories.accounts import make_person
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.pricing_tables import SPRING, make_live_table, make_table
from tests.support.statements import at_most

from .conftest import NOW, Clock, SignIn
from .reading import text_of

FRAME = "/embed/pricing/spring_promo/"


@pytest.fixture
def spring(catalog: ArticleCatalog) -> PricingTable:
    """A live table beside what is on sale."""
    return make_live_table(catalog.current, content=SPRING)


class TestByKey:
    def test_says_what_staff_wrote_and_leaves_the_rest_to_the_plan(
        self, client: Client, spring: PricingTable
    ) -> None:
        words = text_of(client.get("/pricing/spring_promo/"))
        assert "Spring prices Until the first of June." in words
        assert words.index("Professional") < words.index("Starter in spring")
        assert "Starter in spring For a small team $99 a month Billed monthly" in words
        assert (
            "Start growing You get 1,000 credits a month $0.15 for each further credit"
            " A seat in the sun Fresh credits 1,000 credits buy"
        ) in words
        assert "Professional Most popular" in words
        assert "Enterprise" not in words

    def test_is_in_the_language_of_the_browser(self, client: Client, spring: PricingTable) -> None:
        page = client.get("/pricing/spring_promo/", headers={"Accept-Language": "de"})
        words = text_of(page)
        assert "Frühlingspreise Until the first of June." in words
        assert "Starter im Frühling For a small team" in words

    def test_its_cards_lead_back_to_it(self, client: Client, spring: PricingTable) -> None:
        page = client.get("/pricing/spring_promo/?interval=year").content.decode()
        assert (
            'href="/signup/?plan_interest=starter&amp;interval=year'
            '&amp;pricing_table_key=spring_promo"'
        ) in page

    def test_the_default_table_is_the_pricing_page(
        self, client: Client, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, content=SPRING, is_default=True)
        page = client.get("/pricing/")
        assert "Spring prices" in text_of(page)
        assert 'href="/signup/?plan_interest=starter&amp;interval=month"' in page.content.decode()

    @pytest.mark.parametrize("key", ["draft", "nothing", "legacy", "current"])
    def test_a_link_that_leads_nowhere_leads_to_what_is_on_sale(
        self, client: Client, catalog: ArticleCatalog, key: str
    ) -> None:
        make_table(catalog.current, "draft")
        assert client.get(f"/pricing/{key}/")["location"] == "/pricing/"

    def test_costs_few_queries(
        self,
        client: Client,
        spring: PricingTable,
    ) -> None:
        client.get("/pricing/spring_promo/")
        with at_most(11):
            client.get("/pricing/spring_promo/")


def test_a_quantity_is_a_link_that_keeps_what_is_asked(
    client: Client, spring: PricingTable
) -> None:
    page = client.get("/pricing/spring_promo/?interval=year&credits=5000").content.decode()
    assert 'href="?interval=year&amp;credits=10000#calculator">10,000</a>' in page
    assert 'href="?interval=year&amp;credits=5000#calculator" aria-current="true">5,000</a>' in page


class TestInAFrame:
    def test_anybody_may_frame_it_and_keep_it_for_a_minute(
        self, client: Client, spring: PricingTable
    ) -> None:
        answer = client.get(FRAME)
        assert answer.status_code == 200
        assert "X-Frame-Options" not in answer
        assert "frame-ancestors *" in answer["Content-Security-Policy"]
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "public, max-age=60"
        assert answer["Vary"] == "Accept-Language"
        assert not answer.cookies
        again = client.get(FRAME, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_only_the_sites_that_are_named_may_frame_it(
        self, client: Client, spring: PricingTable
    ) -> None:
        sites = ["https://www.example.com", "https://*.example.org"]
        update_pricing_table(
            table=spring, name="Spring", frame_ancestors=sites, actor=STAFF, now=NOW
        )
        policy = client.get(FRAME)["Content-Security-Policy"]
        assert "frame-ancestors https://www.example.com https://*.example.org" in policy

    def test_links_leave_the_frame_and_switches_stay_in_it(
        self, client: Client, spring: PricingTable
    ) -> None:
        page = client.get(f"{FRAME}?language=de&theme=dark&interval=year").content.decode()
        assert '<html lang="de" dir="ltr" data-theme="dark">' in page
        assert 'href="?interval=month&amp;language=de&amp;theme=dark" target="_self"' in page
        assert (
            'href="/signup/?plan_interest=starter&amp;interval=year'
            '&amp;pricing_table_key=spring_promo" target="_top"'
        ) in page
        assert 'href="/pricing/spring_promo/?interval=year" target="_top"' in page

    def test_is_the_same_for_people_who_are_signed_in(
        self, client: Client, spring: PricingTable, alice: User, sign_in: SignIn
    ) -> None:
        alice.language = "de"
        alice.save()
        signed_in, visited = sign_in(alice).get(FRAME), client.get(FRAME)
        assert signed_in.content == visited.content
        assert signed_in["Content-Language"] == "en"

    @pytest.mark.parametrize(
        ("asked", "spoken"),
        [("", "en"), ("de-AT,en;q=0.5", "de"), ("xx, de;q=0.1", "de"), ("fr", "en"), (";;", "en")],
    )
    def test_speaks_the_language_of_the_browser(
        self, client: Client, spring: PricingTable, asked: str, spoken: str
    ) -> None:
        answer = client.get(FRAME, headers={"Accept-Language": asked})
        assert answer["Content-Language"] == spoken
        assert f'<html lang="{spoken}"' in answer.content.decode()

    def test_nonsense_in_the_address_counts_as_not_asked(
        self, client: Client, spring: PricingTable
    ) -> None:
        plain = client.get(FRAME).content
        query = "?language=xx&theme=pink&interval=week&currency=nonsense&credits=-1"
        assert client.get(FRAME + query).content == plain

    def test_what_is_not_shown_is_not_found(self, client: Client, spring: PricingTable) -> None:
        assert client.get("/embed/pricing/current/").status_code == 200
        assert client.get("/embed/pricing/legacy/").status_code == 404
        set_live(table=spring, is_live=False, actor=STAFF, now=NOW)
        assert client.get(FRAME).status_code == 404

    def test_no_other_page_can_be_framed(self, client: Client, spring: PricingTable) -> None:
        answer = client.get("/pricing/spring_promo/")
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


class TestBeforeItIsPublished:
    def test_staff_see_a_draft_in_each_language(
        self, spring: PricingTable, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        table = make_table(catalog.current, "summer")
        boss = make_person("Boss", is_staff=True, is_superuser=True)
        page = sign_in(boss).get(f"/pricing/preview/{draft_of(table)}/?language=de&theme=light")
        assert page.status_code == 200
        assert '<html lang="de" dir="ltr" data-theme="light">' in page.content.decode()
        assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "SAMEORIGIN"
        assert page["Cache-Control"] == "no-store"
        assert sign_in(boss).get("/pricing/preview/999999/").status_code == 404

    def test_to_everybody_else_it_is_not_there(
        self, client: Client, spring: PricingTable, alice: User, sign_in: SignIn
    ) -> None:
        address = f"/pricing/preview/{draft_of(spring)}/"
        helper = make_person("Helper", is_staff=True)
        for browser in (client, sign_in(alice), sign_in(helper)):
            assert browser.get(address).status_code == 404


def test_a_table_is_shown_from_the_moment_it_is_published(
    client: Client, catalog: ArticleCatalog, clock: Clock
) -> None:
    make_live_table(catalog.current, content=SPRING, at=NOW + timedelta(hours=1))
    assert client.get("/pricing/spring_promo/")["location"] == "/pricing/"
    clock.move_to(NOW + timedelta(hours=2))
    assert client.get("/pricing/spring_promo/").status_code == 200


def draft_of(table: PricingTable) -> int:
    return PricingTableVersion.objects.get(table=table).pk
