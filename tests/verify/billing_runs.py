"""Two billing runs at once, one of them killed again and again, end as one undisturbed run does."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.support.installation import Installation
from tests.verify.figures import Figures
from tests.verify.oracle import prove_books

# What a billing run leaves behind, by natural keys: ids differ from run to run.
OUTCOME = """
SELECT 'settlement', o.name, s.kind, s.starts_at, s.ends_at, s.used_credits, s.overage_credits,
       s.expired_credits, s.rolled_over_credits, s.amount_minor
FROM billing_settlement s JOIN accounts_organization o ON o.id = s.organization_id
UNION ALL
SELECT 'period', o.name, p.source, p.starts_at, p.ends_at, p.used_credits, p.overage_credits,
       p.allowance, NULL, (p.closed_at IS NULL)::int
FROM metering_usageperiod p JOIN accounts_organization o ON o.id = p.organization_id
UNION ALL
SELECT 'grant', o.name, g.category, g.effective_at, g.expires_at, g.amount, a.balance,
       g.level, g.priority, NULL
FROM metering_creditgrant g JOIN metering_ledgeraccount a ON a.id = g.account_id
JOIN accounts_organization o ON o.id = g.organization_id
UNION ALL
SELECT 'account', o.name, a.kind, NULL, NULL, a.balance, NULL, NULL, NULL, NULL
FROM metering_ledgeraccount a JOIN accounts_organization o ON o.id = a.organization_id
WHERE a.kind <> 'grant'
UNION ALL
SELECT 'transfers', o.name, t.kind, t.occurred_at, NULL, sum(t.amount), NULL, NULL, NULL, count(*)
FROM metering_ledgertransfer t JOIN accounts_organization o ON o.id = t.organization_id
GROUP BY o.name, t.kind, t.occurred_at
UNION ALL
SELECT 'announcement', o.name, w.type, NULL, NULL, NULL, NULL, NULL, NULL, count(*)
FROM accounts_webhookevent w JOIN accounts_organization o ON o.id = w.organization_id
GROUP BY o.name, w.type
"""
# Each agreement has come to the end of so many; the runs themselves open the later ones.
PERIODS = 3

Outcome = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Scale:
    """Over how many agreements, and how often from the start."""

    agreements: int
    rounds: int
    # How long a run lives before it is killed.
    shortest: float = 0.05
    longest: float = 0.4


LONG = Scale(agreements=200, rounds=4)
SHORT = Scale(agreements=12, rounds=1, longest=0.15)


def prove_billing_runs(installation: Installation, *, scale: Scale, seed: int) -> Figures:
    """One settlement for each period, allowances and rollovers once, whatever is killed."""
    started = time.monotonic()
    figures = Figures("billing runs at once")
    now = installation.call("tests.verify.billing_world:fill", agreements=scale.agreements)
    due = scale.agreements * PERIODS
    undisturbed = installation.copy("undisturbed")
    undisturbed.call("tests.verify.billing_world:run_until_closed", now=now)
    expected = _outcome(undisturbed)
    kills = 0
    for number in range(scale.rounds):
        disturbed = installation.copy(f"disturbed_{number}")
        kills += _run_twice_at_once(disturbed, now=now, scale=scale, seed=seed + number)
        _compare(_outcome(disturbed), expected, due=due, figures=figures)
        prove_books(disturbed, figures=figures)
    figures.details["periods due"] = f"{due} in each of {scale.rounds} rounds"
    figures.details["kills"] = kills
    figures.seconds = time.monotonic() - started
    return figures


def _run_twice_at_once(installation: Installation, *, now: str, scale: Scale, seed: int) -> int:
    """Return how often a run was killed before it was done."""
    with ThreadPoolExecutor(2) as pool:
        steady = pool.submit(
            installation.call, "tests.verify.billing_world:run_until_closed", now=now
        )
        killed = pool.submit(
            installation.call,
            "tests.verify.billing_world:run_and_be_killed",
            now=now,
            seed=seed,
            shortest=scale.shortest,
            longest=scale.longest,
        )
        steady.result()
        return int(killed.result())


def _compare(outcome: Outcome, expected: Outcome, *, due: int, figures: Figures) -> None:
    settled = _settlements(outcome)
    figures.acknowledged += sum(settled.values())
    if sum(_settlements(expected).values()) != due:
        figures.findings.append(f"the undisturbed run did not settle each of {due} periods once")
    for period in _settlements(expected).keys() - settled.keys():
        figures.note_lost(f"no settlement of {period}")
    for period, times in settled.items():
        if times > 1:
            figures.note_doubled(f"{times} settlements of {period}")
    for row in (expected - outcome) | (outcome - expected):
        figures.note_drift(f"differs from the undisturbed run: {row}")


def _settlements(outcome: Outcome) -> Counter[tuple[Any, ...]]:
    """How often each period of each customer was settled."""
    settled: Counter[tuple[Any, ...]] = Counter()
    for row, times in outcome.items():
        sort, name, kind, starts_at, *_ = row
        if (sort, kind) == ("settlement", "period"):
            settled[name, starts_at] += times
    return settled


def _outcome(installation: Installation) -> Outcome:
    with psycopg.connect(installation.database_url) as connection:
        return Counter(connection.execute(OUTCOME).fetchall())
