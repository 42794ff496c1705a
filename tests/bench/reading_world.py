"""Two organizations that differ only in how much they used. Called in the installation's processes.

What they used is written straight into the tables, as the product would have: millions of events
through the front door take too long. `verify_ledger` proves that it makes no difference.
"""

import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from billing.agreements.operations import bring_current
from billing.usage.operations import report_usage
from metering.usage.rollups import fill_rollups
from tests.factories import accounts, agreements, catalog, metering
from tests.support.populate import leave_platform_key

PLAN: Final = "everyday"
ALLOWANCE: Final = 10**9
MEMBERS: Final = 200
DAYS: Final = timedelta(days=25)
# What was booked since the sums were filled for the last time.
RECENT: Final = 50

_EVENTS: Final = """
INSERT INTO metering_usageevent (
    organization_id, event_id, meter_id, period_id, action_id, api_key_id, member, quantity,
    credits, overage_credits, balance_after, cost, body_sha256, occurred_at, counted_at
)
SELECT %(organization)s, 'evt-' || number, period.meter_id, period.id, rate.action_id, key.id,
       'member-' || number %% %(members)s, 1, rate.credits, 0,
       account.balance - sum(rate.credits) OVER (ORDER BY number), 0.01,
       decode(md5(number::text) || md5(number::text), 'hex'), moment.at, moment.at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
JOIN (
    SELECT action_id, credits, row_number() OVER (ORDER BY action_id) - 1 AS place
    FROM metering_actionrate
) AS rate ON rate.place = number %% 3
CROSS JOIN metering_usageperiod AS period
CROSS JOIN metering_ledgeraccount AS account
CROSS JOIN accounts_apikey AS key
CROSS JOIN LATERAL (
    SELECT period.starts_at + (%(length)s * number::double precision / %(total)s) AS at
) AS moment
WHERE period.organization_id = %(organization)s
  AND account.organization_id = %(organization)s AND account.kind = 'grant'
ORDER BY number
"""

_TRANSFERS: Final = """
INSERT INTO metering_ledgertransfer (
    organization_id, meter_id, kind, debit_account_id, credit_account_id, amount, event_key,
    occurred_at
)
SELECT event.organization_id, event.meter_id, 'consume', given.id, consumed.id, event.credits,
       event.event_id, event.counted_at
FROM metering_usageevent AS event
JOIN metering_ledgeraccount AS given
    ON given.organization_id = event.organization_id AND given.kind = 'grant'
JOIN metering_ledgeraccount AS consumed
    ON consumed.organization_id = event.organization_id AND consumed.kind = 'consumed'
WHERE event.organization_id = %(organization)s AND event.id > %(after)s
ORDER BY event.id
"""

_BALANCES: Final = """
WITH used AS (
    SELECT sum(credits) AS credits FROM metering_usageevent
    WHERE organization_id = %(organization)s
), total AS (
    UPDATE metering_usageperiod SET used_credits = used.credits FROM used
    WHERE organization_id = %(organization)s
)
UPDATE metering_ledgeraccount AS account
SET balance = CASE kind WHEN 'consumed' THEN used.credits ELSE %(allowance)s - used.credits END
FROM used
WHERE organization_id = %(organization)s AND kind IN ('grant', 'consumed')
"""


def make_plan() -> None:
    """Publish the plan and the rate card, leave a platform key, and lay out what pages need."""
    call_command("collectstatic", interactive=False, verbosity=0)
    feature = catalog.make_metered(metering.make_credit_meter())
    catalog.make_version(
        catalog.make_plan(catalog.make_group(), PLAN),
        catalog.metered(feature, ALLOWANCE, overage="0.15"),
        prices=(catalog.fixed("99"),),
    )
    leave_platform_key()


def make_organization(*, name: str, events: int) -> dict[str, str | float]:
    """
    Make an organization with so many events in its current period, all but the last of them in
    the sums. Return its id, the cookie of its owner, and how many events a second were summed.
    """
    now = timezone.now()
    owner = accounts.make_person(name)
    organization = accounts.make_organization(name, owner=owner)
    agreements.make_agreement(organization, PLAN, at=now - DAYS)
    # The first one through the front door: it opens the accounts.
    report_usage(
        organization_id=organization.pk,
        reports=[metering.report("first", action="EXTRACT_TEXT")],
        api_key_id=None,
        received_at=now - DAYS,
    )
    bring_current(organization=organization, now=now)
    _use(organization, first=2, last=events - RECENT, total=events)
    _settle_down()
    summed = _fill(organization)
    _use(organization, first=events - RECENT + 1, last=events, total=events)
    return {
        "id": organization.public_id,
        "cookie": _sign_in(owner),
        "summed_per_second": events / summed,
    }


@transaction.atomic
def _use(organization: Organization, *, first: int, last: int, total: int) -> None:
    asked: dict[str, Any] = {
        "organization": organization.pk,
        "allowance": ALLOWANCE,
        "members": MEMBERS,
        "first": first,
        "last": last,
        "total": total,
        "length": DAYS,
    }
    with connection.cursor() as cursor:
        # What each row refers to is there: nothing is looked up again, millions of times.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT max(id) FROM metering_usageevent")
        [asked["after"]] = cursor.fetchone()
        for statement in (_EVENTS, _TRANSFERS, _BALANCES):
            cursor.execute(statement, asked)


def _settle_down() -> None:
    """As it is some time after so much was written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) metering_usageevent, metering_ledgertransfer")


def _fill(organization: Organization) -> float:
    began_at = time.monotonic()
    fill_rollups(organization_id=organization.pk)
    return time.monotonic() - began_at


def _sign_in(owner: User) -> str:
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"
