"""Products, prices, coupons and promotion codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Client, Clock


def team(client: Client) -> dict[str, Any]:
    return client.post("/v1/products", id="plan_team", name="Team")


def monthly(client: Client, **more: Any) -> dict[str, Any]:
    """A price of 99 dollars a month for the product of ``team``."""
    given = {"product": "plan_team", "currency": "usd", "recurring": {"interval": "month"}}
    return client.post("/v1/prices", **{"unit_amount": 9900, **given, **more})


def refused_price(client: Client, **given: Any) -> str:
    team(client)
    params = {"product": "plan_team", "currency": "usd", **given}
    status, error = client.refused("POST", "/v1/prices", **params)
    assert (status, client.get("/v1/prices")["data"]) == (400, [])
    return str(error.get("param"))


def test_a_product_may_have_an_id_of_the_callers_choice_once(client: Client) -> None:
    product = team(client)

    status, error = client.refused("POST", "/v1/products", id="plan_team", name="Other")

    assert (product["id"], product["active"], product["metadata"]) == ("plan_team", True, {})
    assert (status, error["code"]) == (400, "resource_already_exists")
    assert client.get("/v1/products/plan_team") == product


def test_a_product_is_made_with_its_price(client: Client) -> None:
    product = client.post(
        "/v1/products",
        name="Pack",
        default_price_data={"currency": "usd", "unit_amount": 1000},
        expand=["default_price"],
    )

    assert product["default_price"]["unit_amount"] == 1000
    assert [event["type"] for event in client.events()] == ["product.created", "price.created"]


def test_a_product_that_has_a_price_stays(client: Client) -> None:
    """Stripe's documentation, "Delete a product": only possible without prices."""
    team(client)
    monthly(client)
    other = client.post("/v1/products", name="Other")

    status, _ = client.refused("DELETE", "/v1/products/plan_team")
    deleted = client.delete(f"/v1/products/{other['id']}")

    assert status == 400
    assert deleted == {"id": other["id"], "object": "product", "deleted": True}
    assert client.refused("GET", f"/v1/products/{other['id']}")[1]["code"] == "resource_missing"


def test_archived_products_are_listed_apart(client: Client) -> None:
    team(client)
    other = client.post("/v1/products", name="Other")
    client.post("/v1/products/plan_team", active=False, description="", images="")

    active = client.get("/v1/products", active=True)["data"]
    named = client.get("/v1/products", ids=["plan_team"])["data"]

    assert [row["id"] for row in active] == [other["id"]]
    assert [(row["id"], row["active"], row["images"]) for row in named] == [
        ("plan_team", False, [])
    ]


def test_a_price_shows_what_stripe_shows(client: Client) -> None:
    team(client)
    price = monthly(client, lookup_key="team_month", nickname="Monthly")

    assert price["recurring"] == {
        "interval": "month", "interval_count": 1, "meter": None, "usage_type": "licensed",
    }  # fmt: skip
    shown = {"billing_scheme", "lookup_key", "nickname", "type", "unit_amount_decimal", "active"}
    assert {name: price[name] for name in shown} == {
        "active": True,
        "billing_scheme": "per_unit",
        "lookup_key": "team_month",
        "nickname": "Monthly",
        "type": "recurring",
        "unit_amount_decimal": "9900",
    }


@pytest.mark.parametrize(
    ("given", "whole", "decimal"),
    [
        ("12", 12, "12"),
        ("0.5", None, "0.5"),
        ("12.50", None, "12.5"),
        ("7.0", 7, "7"),
        ("1e1", 10, "10"),
    ],
)
def test_an_amount_may_have_a_fraction(
    client: Client, given: str, whole: int | None, decimal: str
) -> None:
    team(client)

    price = monthly(client, unit_amount=None, unit_amount_decimal=given)

    assert (price["unit_amount"], price["unit_amount_decimal"]) == (whole, decimal)


def test_a_lookup_key_is_moved_only_on_purpose(client: Client) -> None:
    """Stripe's documentation, "Create a price", ``transfer_lookup_key``."""
    team(client)
    old = monthly(client, lookup_key="team_month")

    status, error = client.refused(
        "POST", "/v1/prices", product="plan_team", currency="usd", unit_amount=1,
        lookup_key="team_month",
    )  # fmt: skip
    new = monthly(client, unit_amount=10900, lookup_key="team_month", transfer_lookup_key=True)

    assert (status, error["param"]) == (400, "lookup_key")
    found = client.get("/v1/prices", lookup_keys=["team_month"])["data"]
    assert [row["id"] for row in found] == [new["id"]]
    assert client.get(f"/v1/prices/{old['id']}")["lookup_key"] is None
    moved = client.events("price.updated")[0]["data"]
    assert (moved["object"]["id"], moved["previous_attributes"]) == (
        old["id"],
        {"lookup_key": "team_month"},
    )


def test_tiers_are_shown_when_asked_for(client: Client) -> None:
    """Stripe's documentation, "Expanding responses": ``tiers`` is left out by default."""
    team(client)
    meter = client.post(
        "/v1/billing/meters",
        display_name="Credits",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter["id"]}
    price = monthly(
        client,
        unit_amount=None,
        recurring=recurring,
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=[
            {"up_to": 5000, "unit_amount": 0},
            {"up_to": "inf", "unit_amount_decimal": "0.12", "flat_amount": 100},
        ],
    )

    shown = client.get(f"/v1/prices/{price['id']}", expand=["tiers"])

    assert "tiers" not in price and price["unit_amount"] is None
    assert shown["tiers"] == [
        {
            "flat_amount": None, "flat_amount_decimal": None,
            "unit_amount": 0, "unit_amount_decimal": "0", "up_to": 5000,
        },
        {
            "flat_amount": 100, "flat_amount_decimal": "100",
            "unit_amount": None, "unit_amount_decimal": "0.12", "up_to": None,
        },
    ]  # fmt: skip
    by_meter = client.get("/v1/prices", recurring={"meter": meter["id"]})["data"]
    assert [row["id"] for row in by_meter] == [price["id"]]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({}, "unit_amount"),
        ({"unit_amount": 1, "unit_amount_decimal": "1"}, "unit_amount_decimal"),
        ({"unit_amount": -1}, "unit_amount"),
        ({"unit_amount": 10**12}, "unit_amount"),
        ({"unit_amount_decimal": "1e999999999"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "0e999999999"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "NaN"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "0.1234567890123"}, "unit_amount_decimal"),
        ({"unit_amount": 1, "currency": "xxx"}, "currency"),
        ({"unit_amount": 1, "product": "prod_gone"}, "product"),
        (
            {"unit_amount": 1, "recurring": {"interval": "year", "interval_count": 4}},
            "recurring[interval_count]",
        ),
        (
            {"unit_amount": 1, "recurring": {"interval": "month", "usage_type": "metered"}},
            "recurring[meter]",
        ),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, "tiers"),
        (
            {
                "billing_scheme": "tiered",
                "tiers_mode": "volume",
                "tiers": [{"up_to": 5, "unit_amount": 1}],
            },
            "tiers",
        ),
        ({"unit_amount": 1, "currency_options": {"eur": {"unit_amount": 1}}}, "currency_options"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(
    client: Client, given: dict[str, Any], param: str
) -> None:
    assert refused_price(client, **given) == param


def test_an_archived_price_is_still_there(client: Client) -> None:
    team(client)
    price = monthly(client)
    client.post(f"/v1/prices/{price['id']}", active=False, metadata={"version": "1"})

    assert client.get("/v1/prices", active=True)["data"] == []
    assert client.get(f"/v1/prices/{price['id']}")["metadata"] == {"version": "1"}


def test_a_coupon_is_valid_until_it_is_too_late(client: Client, clock: Clock) -> None:
    deadline = int(clock.at.timestamp()) + 3600
    coupon = client.post(
        "/v1/coupons", id="WELCOME", percent_off="12.5", duration="once", redeem_by=deadline
    )
    clock.pass_by(hours=1)

    assert (coupon["percent_off"], coupon["valid"], coupon["amount_off"]) == (12.5, True, None)
    assert client.get("/v1/coupons/WELCOME")["valid"] is False
    assert client.get("/v1/coupons")["data"][0]["valid"] is False


def test_a_coupon_names_its_products_when_asked(client: Client) -> None:
    team(client)
    coupon = client.post(
        "/v1/coupons",
        amount_off=500,
        currency="usd",
        duration="repeating",
        duration_in_months=3,
        applies_to={"products": ["plan_team"]},
    )

    shown = client.get(f"/v1/coupons/{coupon['id']}", expand=["applies_to"])

    assert "applies_to" not in coupon
    assert shown["applies_to"] == {"products": ["plan_team"]}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"percent_off": 10, "amount_off": 5, "currency": "usd"},
        {"percent_off": 0},
        {"percent_off": "100.1"},
        {"amount_off": 500},
        {"amount_off": 0, "currency": "usd"},
        {"percent_off": 10, "duration": "repeating"},
        {"percent_off": 10, "duration_in_months": 3},
        {"percent_off": 10, "applies_to": {"products": ["prod_gone"]}},
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(client: Client, params: dict[str, Any]) -> None:
    status, _ = client.refused("POST", "/v1/coupons", **params)

    assert (status, client.get("/v1/coupons")["data"]) == (400, [])


def test_a_deleted_coupon_is_gone(client: Client) -> None:
    client.post("/v1/coupons", id="WELCOME", percent_off=10)
    code = client.post("/v1/promotion_codes", promotion={"type": "coupon", "coupon": "WELCOME"})

    client.delete("/v1/coupons/WELCOME")

    assert client.refused("GET", "/v1/coupons/WELCOME")[0] == 404
    assert client.get(f"/v1/promotion_codes/{code['id']}")["active"] is False


def test_a_promotion_code_is_found_by_its_letters(client: Client) -> None:
    """Stripe's documentation, "List all promotion codes": case does not matter."""
    client.post("/v1/coupons", id="WELCOME", percent_off=10)
    promotion = {"type": "coupon", "coupon": "WELCOME"}
    code = client.post("/v1/promotion_codes", promotion=promotion, code="Hello10")

    status, error = client.refused(
        "POST", "/v1/promotion_codes", promotion=promotion, code="HELLO10"
    )
    found = client.get("/v1/promotion_codes", code="hello10", active=True)["data"]

    assert [row["id"] for row in found] == [code["id"]]
    assert (status, error["param"]) == (400, "code")
    assert code["restrictions"] == {
        "first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None,
    }  # fmt: skip


def test_the_letters_of_an_inactive_code_are_free_again(client: Client) -> None:
    client.post("/v1/coupons", id="WELCOME", percent_off=10)
    promotion = {"type": "coupon", "coupon": "WELCOME"}
    old = client.post("/v1/promotion_codes", promotion=promotion, code="HELLO")
    client.post(f"/v1/promotion_codes/{old['id']}", active=False)

    new = client.post("/v1/promotion_codes", promotion=promotion, code="HELLO")

    assert client.refused("POST", f"/v1/promotion_codes/{old['id']}", active=True)[0] == 400
    assert [row["id"] for row in client.get("/v1/promotion_codes", active=True)["data"]] == [
        new["id"]
    ]
