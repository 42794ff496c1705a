"""
What actions really cost, week by week, beside what the rate card says.

"Track your actual costs every week. Not monthly, weekly" (the article, Pitfall 2). Weeks are those
of ISO 8601, from Monday to Monday in UTC. Each is taken down once, when it is over.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from config.kernel.sql import execute, fetch

from ..models import ActionCostWeek
from ..rating.serving import Drift
from .windows import midnight

WEEK: Final = timedelta(days=7)
# Usage of the last hour of a week may still come in the first of the next.
GRACE: Final = timedelta(hours=2)
# A week without a running worker is taken down later, but not the whole past.
LONGEST_CATCH_UP: Final = 8
SHOWN_WEEKS: Final = 12
# From which share above the rate card a mean is worth a look: the article's buffer is 40 %.
NOTEWORTHY: Final = Decimal("0.10")
BUFFER: Final = Decimal("0.40")

_UTC: Final = ZoneInfo("UTC")

# An event of several counts once among the events, with the cost of one.
_TAKE_WEEK: Final = """
INSERT INTO billing_actioncostweek (
    action_id, week_date, event_count, quantity, total_cost, mean_cost, p95_cost, card_cost,
    taken_at
)
SELECT event.action_id, %(week)s, count(*), sum(event.quantity), sum(event.cost),
       round(sum(event.cost) / sum(event.quantity), 12),
       round(percentile_disc(0.95) WITHIN GROUP (ORDER BY event.cost / event.quantity), 12),
       coalesce((
           SELECT sum(part.unit_cost) FROM metering_costcomponent AS part
           WHERE part.rate_id = (
               SELECT rate.id FROM metering_actionrate AS rate
               WHERE rate.action_id = event.action_id AND rate.effective_at < %(ends_at)s
               ORDER BY rate.effective_at DESC LIMIT 1
           )
       ), 0),
       %(now)s
FROM metering_usageevent AS event
JOIN accounts_organization AS organization
    ON organization.id = event.organization_id AND organization.clock_ahead = interval '0'
WHERE event.action_id IS NOT NULL AND event.quantity > 0
  AND event.counted_at >= %(starts_at)s AND event.counted_at < %(ends_at)s
  AND NOT EXISTS (
      SELECT FROM metering_usagereversal AS reversal
      WHERE reversal.organization_id = event.organization_id
        AND reversal.event_key = event.event_id
  )
GROUP BY event.action_id
ON CONFLICT ON CONSTRAINT action_cost_week_taken_once DO NOTHING
"""

_WEEKS_WITH_USAGE: Final = """
SELECT week::date FROM generate_series(%(first)s::date, %(last)s::date, interval '7 days') AS week
WHERE NOT EXISTS (SELECT FROM billing_actioncostweek WHERE week_date = week::date)
ORDER BY week
"""


def week_of(day: date) -> date:
    """Return the Monday of the ISO week that a day is in."""
    return day - timedelta(days=day.weekday())


def take_weeks(*, now: datetime) -> list[date]:
    """
    Take down every complete week that is missing, of the last eight, and return their Mondays.

    Each is a transaction of its own. A week that was taken down stays as it is, whoever asks and
    how often, at the same time as well.
    """
    last = week_of((now - GRACE).astimezone(_UTC).date()) - WEEK
    first = last - WEEK * (LONGEST_CATCH_UP - 1)
    missing = [row[0] for row in fetch(_WEEKS_WITH_USAGE, {"first": first, "last": last})]
    for week in missing:
        take_week(week=week, now=now)
    return missing


@transaction.atomic
def take_week(*, week: date, now: datetime) -> None:
    """Take one week down, from its Monday on; what is known of it already stays."""
    assert week.weekday() == 0, week
    execute(
        _TAKE_WEEK,
        {
            "week": week,
            "starts_at": midnight(week, _UTC),
            "ends_at": midnight(week + WEEK, _UTC),
            "now": now,
        },
    )


@dataclass(frozen=True, slots=True)
class WeekOfCost:
    """What one of an action cost in a week, in major units of the reporting currency."""

    week: date
    event_count: int
    quantity: Decimal
    total_cost: Decimal
    drift: Drift


@dataclass(frozen=True, slots=True)
class ActionHistory:
    """The weeks of an action, oldest first; never empty."""

    code: str
    name: str
    weeks: tuple[WeekOfCost, ...]

    @property
    def latest(self) -> WeekOfCost:
        """The last week in which it was done."""
        return self.weeks[-1]

    @property
    def is_noteworthy(self) -> bool:
        """Whether its mean is well above the rate card, or its dearest events eat the buffer."""
        drift = self.latest.drift
        above, dearest = drift.of_mean, drift.of_p95
        return (above is not None and above > NOTEWORTHY) or (
            dearest is not None and dearest > BUFFER
        )


def list_histories(*, now: datetime, weeks: int = SHOWN_WEEKS) -> list[ActionHistory]:
    """Return what each action cost in the last weeks, those that cost the most first. One query."""
    since = week_of(now.astimezone(_UTC).date()) - WEEK * weeks
    rows = ActionCostWeek.objects.filter(week_date__gte=since).select_related("action")
    found: dict[tuple[str, str], list[WeekOfCost]] = defaultdict(list)
    for row in rows.order_by("week_date"):
        drift = Drift(row.card_cost, row.mean_cost, row.p95_cost)
        found[row.action.code, row.action.name].append(
            WeekOfCost(row.week_date, row.event_count, row.quantity, row.total_cost, drift)
        )
    histories = [ActionHistory(code, name, tuple(them)) for (code, name), them in found.items()]
    return sorted(histories, key=lambda history: (-_recent_cost(history.weeks), history.code))


def _recent_cost(weeks: Sequence[WeekOfCost]) -> Decimal:
    return sum((week.total_cost for week in weeks), Decimal(0))
