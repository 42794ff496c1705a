"""Loading the demo: once, whatever happens on the way."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from allauth.idp.oidc.models import Client
from django.apps import apps
from django.core.management import call_command
from pytest_django import Settings

from accounts.api_keys.queries import authenticate
from accounts.models import User
from accounts.organizations.queries import find_organization
from accounts.webhooks.queries import list_endpoints
from accounts.webhooks.signing import list_secrets
from billing.demo.customers import Customer
from billing.demo.environment import (
    DemoChanged,
    read_environment,
    renew_environment,
    update_addresses,
)
from billing.demo.history import list_days
from billing.demo.operations import NotTheDemo, load_demo
from billing.demo.usage import MISTAKE, UsageRefused
from billing.models import Agreement, Outcome, Plan
from billing.usage.operations import report_usage
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from metering.usage.reports import Outcome as Answer
from metering.usage.reports import Receipt
from tests.factories.accounts import make_organization

from .loading import NOW, URL, load

pytestmark = pytest.mark.django_db


class Killed(Exception):
    """The process ends here."""


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the apps of this repository have stored."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for app in ("accounts", "metering", "billing")
        for model in apps.get_app_config(app).get_models()
    }


def told_usage() -> list[tuple[Any, ...]]:
    """What the books say was used, without the row numbers."""
    return list(
        UsageEvent.objects.order_by("event_id").values_list(
            "event_id",
            "organization__external_id",
            "action__code",
            "quantity",
            "overage_credits",
            "balance_after",
            "member",
            "occurred_at",
        )
    )


def dies_after(calls: int, function: Callable[..., Any]) -> Callable[..., Any]:
    numbers = count(1)

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(numbers) > calls:
            raise Killed
        return function(*args, **kwargs)

    return call


def test_loading_twice_changes_nothing(environment: Path, small_cast: tuple[Customer, ...]) -> None:
    first = load(environment, customers=small_cast)
    rows, secrets = all_rows(), environment.read_text()

    second = load(environment, customers=small_cast, now=NOW + timedelta(days=3))

    assert first == UsageEvent.objects.count() > 0
    assert second == 0
    assert all_rows() == rows
    assert environment.read_text() == secrets


@pytest.mark.parametrize("batches", [0, 1, 7])
def test_run_that_was_killed_is_completed_by_the_next(
    batches: int,
    environment: Path,
    small_cast: tuple[Customer, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("billing.demo.usage.report_usage", dies_after(batches, report_usage))
        with pytest.raises(Killed):
            load(environment, customers=small_cast)
    half = told_usage()

    load(environment, customers=small_cast, now=NOW + timedelta(days=1))

    whole = told_usage()
    assert len(half) < len(whole)
    assert [event for event in whole if event in half] == half
    charged = Outcome.objects.exclude(event_key=None).values_list("event_key", flat=True)
    assert {event[0] for event in whole} == {MISTAKE, *charged} | {
        report.event_id
        for customer in small_cast
        for day in list_days(customer, now=NOW)
        for report in day.reports
    }
    assert list(find_violations()) == []
    assert Agreement.objects.count() == 1


def test_run_that_was_killed_before_the_secrets_were_written_makes_them(
    environment: Path, small_cast: tuple[Customer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("billing.demo.operations.renew_environment", dies_after(0, renew_environment))
        with pytest.raises(Killed):
            load(environment, customers=small_cast)
    assert not environment.exists()

    load(environment, customers=small_cast)

    assert authenticate(secret=read_environment(environment)["ORG_API_KEY"], now=NOW) is not None


def test_secrets_are_made_anew_when_the_file_is_lost(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    load(environment, customers=small_cast)
    lost = read_environment(environment)
    environment.unlink()

    load(environment, customers=small_cast)

    found = read_environment(environment)
    assert found["ORG_ID"] == lost["ORG_ID"]
    assert found["AGREEMENT_ID"] == lost["AGREEMENT_ID"]
    owner = User.objects.get(email=found["OWNER_EMAIL"])
    assert owner.check_password(found["OWNER_PASSWORD"])
    assert not owner.check_password(lost["OWNER_PASSWORD"])
    for name in ("PLATFORM_API_KEY", "ORG_API_KEY"):
        assert authenticate(secret=found[name], now=NOW) is not None
        assert authenticate(secret=lost[name], now=NOW) is None
    northwind = find_organization(reference="northwind")
    [endpoint] = list_endpoints(organization=northwind)
    assert list_secrets(endpoint, now=NOW) == [found["WEBHOOK_SECRET"]] != [lost["WEBHOOK_SECRET"]]


def test_the_file_names_the_clients_that_may_ask_for_tokens(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    load(environment, customers=small_cast)
    lost = read_environment(environment)
    environment.unlink()
    load(environment, customers=small_cast)
    found = read_environment(environment)

    assert found["OAUTH_CLIENT_SECRET"] == found["PLATFORM_API_KEY"]
    platform = authenticate(secret=found["PLATFORM_API_KEY"], now=NOW)
    assert platform is not None
    assert found["OAUTH_CLIENT_ID"] == platform.public_id
    assert found["SIGN_IN_CLIENT_ID"] == lost["SIGN_IN_CLIENT_ID"]
    client = Client.objects.get(pk=found["SIGN_IN_CLIENT_ID"])
    assert client.check_secret(found["SIGN_IN_CLIENT_SECRET"])
    assert not client.check_secret(lost["SIGN_IN_CLIENT_SECRET"])
    assert client.get_redirect_uris() == ["http://127.0.0.1:9099/signed-in"]


def test_secrets_of_another_database_are_replaced(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    environment.parent.mkdir(parents=True)
    environment.write_text("ORG_ID=org_of_another\nORG_API_KEY=unknown\nPLATFORM_API_KEY=unknown\n")

    load(environment, customers=small_cast)

    assert authenticate(secret=read_environment(environment)["ORG_API_KEY"], now=NOW) is not None


def test_address_is_replaced_alone(environment: Path, small_cast: tuple[Customer, ...]) -> None:
    load(environment, customers=small_cast)
    before = read_environment(environment)

    update_addresses(environment, url="http://127.0.0.1:9000")

    after = read_environment(environment)
    assert after == before | {"TALLYBOOK_URL": "http://127.0.0.1:9000"}
    assert environment.stat().st_mode & 0o777 == 0o600


def test_file_that_is_not_there_is_not_made_for_an_address(environment: Path) -> None:
    update_addresses(environment, url=URL)

    assert not environment.exists()


def test_shell_reads_the_file(environment: Path, small_cast: tuple[Customer, ...]) -> None:
    load(environment, customers=small_cast, url="http://tally.example/a path?x=1&y='2'")

    said = subprocess.run(
        ["sh", "-c", '. "$0"; printf "%s\\n" "$TALLYBOOK_URL" "$ORG_ID"', str(environment)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()

    assert said == [
        "http://tally.example/a path?x=1&y='2'",
        read_environment(environment)["ORG_ID"],
    ]


def test_database_with_data_of_its_own_is_left_alone(environment: Path) -> None:
    make_organization("Somebody's own")

    with pytest.raises(NotTheDemo):
        load(environment)

    assert not Plan.objects.exists()
    assert not environment.exists()


def test_file_is_left_alone_when_its_people_have_left(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    load(environment, customers=small_cast)
    environment.unlink()
    User.objects.filter(email="bob@northwind.example").update(email="robert@northwind.example")

    with pytest.raises(DemoChanged):
        load(environment, customers=small_cast)

    assert not environment.exists()


def test_usage_that_the_intake_refuses_stops_the_load(
    environment: Path, small_cast: tuple[Customer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Receipt(event_id="northwind-000001", outcome=Answer.REJECTED, reason="no_agreement")
    monkeypatch.setattr("billing.demo.usage.report_usage", lambda **_report: [refusal])

    with pytest.raises(UsageRefused, match="northwind-000001: rejected no_agreement"):
        load(environment, customers=small_cast)


@pytest.fixture
def small_demo(small_cast: tuple[Customer, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command loads the small cast."""
    monkeypatch.setattr(
        "billing.management.commands.seed_demo.load_demo",
        partial(load_demo, customers=small_cast),
    )


@pytest.mark.usefixtures("small_demo")
def test_command_says_what_it_did(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.PUBLIC_URL = URL
    first, second = StringIO(), StringIO()

    call_command("seed_demo", stdout=first)
    call_command("seed_demo", stdout=second)

    events = UsageEvent.objects.count()
    assert first.getvalue() == f"Loaded the demo data with {events} usage events.\n"
    assert second.getvalue() == "The demo data is there.\n"
    assert read_environment(tmp_path / "demo.env")["TALLYBOOK_URL"] == URL


@pytest.mark.usefixtures("small_demo")
def test_command_changes_the_address_only_when_told(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.PUBLIC_URL = URL
    call_command("seed_demo", url="http://127.0.0.1:9000", stdout=StringIO())
    environment = tmp_path / "demo.env"

    call_command("seed_demo", stdout=StringIO())
    assert read_environment(environment)["TALLYBOOK_URL"] == "http://127.0.0.1:9000"

    call_command("seed_demo", url="http://127.0.0.1:9001", stdout=StringIO())
    assert read_environment(environment)["TALLYBOOK_URL"] == "http://127.0.0.1:9001"


def test_command_leaves_a_database_in_use_alone(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_FOLDER = tmp_path
    make_organization("Somebody's own")
    said = StringIO()

    call_command("seed_demo", stdout=said)

    assert said.getvalue() == (
        "No demo data was loaded. There are plans or organizations in this database already.\n"
    )
    assert not (tmp_path / "demo.env").exists()
