"""Pricing tables: public, cached, for any web page; only what is on sale."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.conftest import NOW, Api, World
from tests.factories.catalog import fixed, make_group, make_plan, make_version, metered
from tests.factories.pricing_tables import SPRING, make_live_table, make_table


def test_a_table_is_the_price_list_of_its_group(world: World) -> None:
    answer = Api().get("pricing-tables/current")
    assert answer.status == 200
    listed = Api().get("plans").body
    assert answer.body == {
        "key": "current",
        "name": "Current plans",
        "audience": "organizations",
        "plans": listed["data"],
        "currencies": ["USD"],
        "intervals": ["month", "year"],
        "actions": listed["actions"],
        "version": None,
        "language": "en",
        "heading": "",
        "description": "",
        "cards": [
            {
                "plan": code,
                "is_highlighted": False,
                "heading": "",
                "description": "",
                "call_to_action": "",
                "highlight": "",
                "features_heading": "",
                "features": [],
            }
            for code in ("starter", "professional", "enterprise")
        ],
    }
    assert [plan["code"] for plan in answer.body["plans"]] == [
        "starter",
        "professional",
        "enterprise",
    ]


def test_a_table_of_staffs_says_its_texts_in_the_asked_language(world: World) -> None:
    make_live_table(world.catalog.current, content=SPRING)
    english = Api().get("pricing-tables/spring_promo").body
    assert [plan["code"] for plan in english["plans"]] == ["professional", "starter"]
    assert (english["key"], english["version"], english["language"]) == ("spring_promo", 1, "en")
    assert (english["heading"], english["description"]) == (
        "Spring prices",
        "Until the first of June.",
    )
    assert english["cards"][1] == {
        "plan": "starter",
        "is_highlighted": False,
        "heading": "Starter in spring",
        "description": "For a small team",
        "call_to_action": "Start growing",
        "highlight": "",
        "features_heading": "You get",
        "features": ["A seat in the sun", "Fresh credits"],
    }
    german = Api().get("pricing-tables/spring_promo?language=de").body
    assert (german["heading"], german["description"]) == (
        "Frühlingspreise",
        "Until the first of June.",
    )
    assert german["cards"][0]["is_highlighted"] is True
    assert german["cards"][1]["heading"] == "Starter im Frühling"
    assert german["cards"][1]["features"] == ["Ein Platz"]


def test_a_table_takes_the_place_of_the_group_with_its_key(world: World) -> None:
    make_live_table(world.catalog.current, "current", content=SPRING)
    plans = Api().get("pricing-tables/current").body["plans"]
    assert [plan["code"] for plan in plans] == ["professional", "starter"]


def test_a_draft_is_not_found(world: World) -> None:
    make_table(world.catalog.current)
    answer = Api().get("pricing-tables/spring_promo")
    assert (answer.status, answer.body["code"]) == (404, "pricing_table_not_found")


@pytest.mark.parametrize("language", ["", "xx", "EN", "de-DE"])
def test_a_language_that_nobody_speaks_here_is_refused(world: World, language: str) -> None:
    answer = Api().get(f"pricing-tables/current?language={language}")
    assert answer.status == 400
    assert answer.body["errors"][0]["pointer"] == "?language"
    assert answer.body["errors"][0]["code"] == "unknown_language"


@pytest.mark.parametrize("key", ["legacy", "hidden", "nothing"])
def test_what_is_not_on_sale_is_not_found(world: World, key: str) -> None:
    make_group("hidden", is_default=False)
    answer = Api().get(f"pricing-tables/{key}", X_Request_ID="a" * 32)
    assert (answer.status, answer.body["code"]) == (404, "pricing_table_not_found")
    assert answer.body["detail"] == f"There is no pricing table “{key}”."
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["plans", "pricing-tables/current"])
def test_it_is_cached_and_readable_from_anywhere(
    world: World, clock: time_machine.Traveller, path: str
) -> None:
    first = Api().get(path, Origin="https://elsewhere.example")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in first.headers or "Origin" not in first.headers["Vary"]
    assert "Set-Cookie" not in first.headers
    etag = first.headers["ETag"]
    again = Api().get(path, If_None_Match=etag)
    assert (again.status, again.raw, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    version = make_plan(world.catalog.current, "tiny", position=0)
    make_version(version, metered(world.catalog.credits, 10), prices=(fixed("1"),))
    clock.move_to(NOW + timedelta(seconds=1))
    changed = Api().get(path, If_None_Match=etag)
    assert (changed.status, changed.headers["ETag"] == etag) == (200, False)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_get_is_answered(world: World, method: str) -> None:
    answer = Api().send(method, "pricing-tables/current", None)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_no_other_resource_may_be_read_from_elsewhere(world: World) -> None:
    for path in ("balances", "credit-packs", "outcomes"):
        answer = world.as_acme.get(path, Origin="https://elsewhere.example")
        assert "Access-Control-Allow-Origin" not in answer.headers
