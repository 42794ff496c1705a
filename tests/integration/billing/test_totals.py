"""The totals that entitlements rest on are those of the balances."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from accounts.models import Organization
from billing.agreements.terms import list_meter_terms
from metering.queries import list_balances, list_totals
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import ArticleCatalog
from tests.factories.metering import grant, record, report

DAY = timedelta(days=1)


def test_they_agree_whatever_there_is(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    agreement = make_agreement(acme, "starter")
    make_agreement(globex, "professional")
    grant(acme, catalog.meter, 10, effective_at=SUBSCRIBED, source="for ever")
    grant(
        acme,
        catalog.meter,
        20,
        effective_at=SUBSCRIBED,
        actions=("EXTRACT_TEXT",),
        source="restricted",
    )
    grant(
        acme,
        catalog.meter,
        30,
        effective_at=SUBSCRIBED,
        expires_at=SUBSCRIBED + 2 * DAY,
        source="for a while",
    )
    grant(acme, catalog.meter, 40, effective_at=SUBSCRIBED + 3 * DAY, source="later")
    record(
        acme, report("evt_1", 17), terms=list_meter_terms(agreement=agreement), at=SUBSCRIBED + DAY
    )
    for days, remaining in ((-1, 0), (1, 1_023), (2, 1_010), (4, 1_050), (40, 50)):
        at = SUBSCRIBED + days * DAY
        totals = list_totals(organization_id=acme.pk, at=at)
        balances = list_balances(organization_id=acme.pk, at=at)
        assert totals == {
            meter_id: replace(balance, grants=()) for meter_id, balance in balances.items()
        }
        found = totals.get(catalog.meter.pk)
        assert (Decimal(0) if found is None else found.remaining) == Decimal(remaining), days
