"""The statement of a grant: where its credits came from, and where they went."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Organization, User
from billing.models import Agreement
from metering.models import CreditGrant
from tests.factories.accounts import make_organization
from tests.factories.catalog import QUARTER_FOR_A_MONTH, ArticleCatalog
from tests.factories.metering import close, grant, reverse
from tests.support.statements import at_most

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of


def address(given: CreditGrant) -> str:
    return f"/usage/grants/{given.public_id}/"


@pytest.fixture
def allowance(agreement: Agreement, acme: Organization) -> CreditGrant:
    """The 5,000 credits of Acme's first month."""
    return CreditGrant.objects.get(organization=acme)


def test_the_ledger_leads_to_the_statement_of_what_paid(
    alice: User, allowance: CreditGrant, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 3, action="GENERATE_REPORT", at=ON_THE_15TH, member="bob@acme.example")
    client = sign_in(alice)
    html = client.get("/usage/").content.decode()
    assert re.findall(r'href="(/usage/grants/[^"]*)"', html) == [address(allowance)] * 2
    page = client.get(address(allowance))
    assert (
        "Allowance of 5,000 credits 10 Sep 2026 \N{EN DASH} 10 Oct 2026 (UTC) Usage "
        "What became of it Left 4,850 Used 150 Statement"
    ) in text_of(page)
    assert part_of(page, "movements-title").endswith(
        "What Member Event When Credits "
        "Generate report bob@acme.example e1 15 Sep 2026, 09:00 UTC -150 "
        "Allowance granted 10 Sep 2026, 08:00 UTC +5,000"
    )


def test_a_grant_is_followed_into_what_it_rolled_over_to_and_back(
    alice: User,
    acme: Organization,
    allowance: CreditGrant,
    use: ReportAction,
    sign_in: SignIn,
    clock: Clock,
) -> None:
    use("e1", 60, action="GENERATE_REPORT", at=ON_THE_15TH)
    clock.move_to(datetime(2026, 10, 12, 12, tzinfo=UTC))
    close(acme, at=datetime(2026, 10, 12, 11, tzinfo=UTC), policy=QUARTER_FOR_A_MONTH)
    child = CreditGrant.objects.get(parent=allowance)
    client = sign_in(alice)
    page = client.get(address(allowance))
    assert part_of(page, "shares-title") == (
        "What became of it Left 0 Used 3,000 Rolled over 500 Expired 1,500"
    )
    assert address(child).encode() in page.content
    heir = client.get(address(child))
    assert "Unused credits rolled over 10 Oct 2026, 08:00 UTC +500" in text_of(heir)
    assert address(allowance).encode() in heir.content


def test_what_was_given_back_is_not_used(
    alice: User, acme: Organization, allowance: CreditGrant, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 3, action="GENERATE_REPORT", at=ON_THE_15TH)
    reverse(acme, "e1", at=NOW - timedelta(hours=1))
    words = text_of(sign_in(alice).get(address(allowance)))
    assert "Left 5,000 Used 0 Statement" in words
    assert "Generate report: reversed e1 20 Sep 2026, 11:00 UTC +150" in words


def test_a_grant_for_some_actions_says_so(
    alice: User, acme: Organization, catalog: ArticleCatalog, agreement: Agreement, sign_in: SignIn
) -> None:
    given = grant(acme, catalog.meter, 50, actions=("SUMMARIZE_SHORT", "EXTRACT_TEXT"))
    words = text_of(sign_in(alice).get(address(given)))
    assert "10 Sep 2026 \N{EN DASH} never expires" in words
    assert "Pays only for: Extract text, Summarize" in words


def test_long_statements_are_read_page_by_page(
    alice: User,
    allowance: CreditGrant,
    use: ReportAction,
    sign_in: SignIn,
) -> None:
    for number in range(40):
        use(f"event-{number:02}", 1, at=ON_THE_15TH + timedelta(minutes=number))
    client, seen, at = sign_in(alice), [], address(allowance)
    for _page in range(2):
        html = client.get(at).content.decode()
        seen += re.findall(r"<code>(event-\d\d)</code>", html)
        older = re.search(r'href="(\?before=\d+)"', html)
        at = address(allowance) + older[1] if older else ""
    assert seen == [f"event-{number:02}" for number in reversed(range(40))]
    assert at == ""
    with at_most(16):
        client.get(address(allowance))


def test_nobody_reads_the_statement_of_anothers_grant(
    alice: User,
    charlie: User,
    acme: Organization,
    catalog: ArticleCatalog,
    allowance: CreditGrant,
    sign_in: SignIn,
) -> None:
    globex = make_organization("Globex", owner=charlie)
    theirs = grant(globex, catalog.meter, 50)
    assert sign_in(alice).get(address(theirs)).status_code == 404
    assert sign_in(charlie).get(address(allowance)).status_code == 404
    assert sign_in(alice).get("/usage/grants/crg_0/").status_code == 404


def test_an_address_that_cannot_be_read_counts_as_not_asked(
    alice: User, allowance: CreditGrant, sign_in: SignIn
) -> None:
    for query in ("before=x", "before=-1", "before=99999999999999999999"):
        page = sign_in(alice).get(f"{address(allowance)}?{query}")
        assert "Allowance granted" in text_of(page)


def test_templates_run_no_query(
    alice: User, allowance: CreditGrant, sign_in: SignIn, no_query_in_templates: None
) -> None:
    assert sign_in(alice).get(address(allowance)).status_code == 200
