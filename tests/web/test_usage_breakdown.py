"""Usage by action, member and key: sorted as asked, each row the way to its part of the ledger."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.models import Agreement
from billing.usage.operations import report_usage
from portal.web.presenters import breakdown
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.metering import report

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of

ARROW_DOWN, ARROW_UP = "\N{DOWNWARDS ARROW}", "\N{UPWARDS ARROW}"
TABS = "Action Member API key"


@pytest.fixture
def used(use: ReportAction) -> None:
    """Acme's usage on the 15th: 100 credits of Ann, 50 of Bob and 10 of nobody."""
    use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH, member="bob")
    use("e2", 10, action="SUMMARIZE_SHORT", at=ON_THE_15TH, member="Ann")
    use("e3", 10, at=ON_THE_15TH)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "",
            f"Events Credits {ARROW_DOWN} Share Ann 1 100 63 % bob 1 50 31 % Without a member 1 10",
        ),
        (
            "&sort=credits",
            f"Credits {ARROW_UP} Share Without a member 1 10 6 % bob 1 50 31 % Ann 1",
        ),
        ("&sort=name", f"Member {ARROW_UP} Events Credits Share Ann 1 100 63 % bob 1 50 31 %"),
        (
            "&sort=-name",
            f"Member {ARROW_DOWN} Events Credits Share Without a member 1 10 6 % bob 1",
        ),
    ],
)
def test_members_come_in_the_order_that_is_asked_for(
    alice: User, used: None, sign_in: SignIn, query: str, rows: str
) -> None:
    words = part_of(sign_in(alice).get(f"/usage/?by=member{query}"), "breakdown-title")
    assert words.startswith(f"By member {TABS} Member")
    assert rows in words


def test_a_heading_leads_to_the_other_order(alice: User, used: None, sign_in: SignIn) -> None:
    html = sign_in(alice).get("/usage/?by=member&sort=-events").content.decode()
    assert '<th scope="col" class="cell--num" aria-sort="descending">' in html
    assert re.findall(r'class="sort" href="([^"]*)"', unescape(html)) == [
        "?by=member&sort=name#breakdown",
        "?by=member&sort=events#breakdown",
        "?by=member&sort=-credits#breakdown",
    ]


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        ("", {"Summarize": "-100", "Generate report": "-50", "Reported directly": "-10"}),
        ("member", {"Ann": "-100", "bob": "-50", "Without a member": "-10"}),
        ("api_key", {"By no key of yours": "-100 -50 -10"}),
    ],
)
def test_each_row_leads_to_the_part_of_the_ledger_that_it_is_the_sum_of(
    alice: User, used: None, sign_in: SignIn, by: str, sums: dict[str, str]
) -> None:
    client = sign_in(alice)
    for name, amounts in sums.items():
        shown = client.get(_ledger_of(client, by, name))
        found = re.findall(r"ledger__amount[^>]*>([^<]*)<", shown.content.decode())
        assert sorted(found) == sorted(amounts.split())


def test_a_row_of_an_earlier_period_leads_to_that_period(
    alice: User, used: None, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    use("later", 7, at=datetime(2026, 10, 11, tzinfo=UTC), member="Ann")
    clock.move_to(datetime(2026, 10, 12, 12, tzinfo=UTC))
    client = sign_in(alice)
    address = _ledger_of(client, "member&period=previous", "Ann")
    assert address == "/usage/?period=20260910T080000Z&by=member&member=Ann#ledger"
    ledger = part_of(client.get(address), "ledger-title")
    assert "From 10 Sep 2026, 08:00 UTC until 10 Oct 2026, 08:00 UTC, newest first." in ledger
    assert " e2 " in ledger
    assert " later " not in ledger


def test_keys_are_called_by_their_names(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    for number, name in enumerate(("Nightly job", "Website")):
        key = make_api_key(acme, name=name).api_key
        report_usage(
            organization_id=acme.pk,
            reports=[report(f"e{number}", 10 + number, at=NOW)],
            api_key_id=key.pk,
            received_at=NOW,
        )
    words = part_of(sign_in(alice).get("/usage/?by=api_key"), "breakdown-title")
    assert words.endswith("Website 1 11 52 % Nightly job 1 10 48 %")


def test_a_list_too_long_to_read_is_cut_and_says_so(
    alice: User, used: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakdown, "MOST_ROWS", 1)
    words = part_of(sign_in(alice).get("/usage/?by=member"), "breakdown-title")
    assert words.endswith("Ann 1 100 63 % 2 more are not shown. The ledger has them.")


def test_another_organizations_members_are_never_among_them(
    alice: User, charlie: User, used: None, sign_in: SignIn
) -> None:
    make_agreement(make_organization("Globex", owner=charlie), "professional")
    page = sign_in(charlie).get("/usage/?by=member&member=Ann&period=20260910T080000Z")
    assert "Nothing has been used yet" in text_of(page)
    assert b" e2 " not in page.content


def _ledger_of(client: Client, by: str, name: str) -> str:
    html = client.get(f"/usage/?by={by}").content.decode()
    found = re.search(rf'<a href="([^"]*#ledger)">{name}</a>', html)
    assert found is not None, name
    return "/usage/" + unescape(found[1])
