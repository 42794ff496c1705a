"""Pricing tables: public, cached, for any web page; only what is on sale."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.conftest import NOW, Api, World
from tests.factories.catalog import fixed, make_group, make_plan, make_version, metered


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
    }
    assert [plan["code"] for plan in answer.body["plans"]] == [
        "starter",
        "professional",
        "enterprise",
    ]


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
