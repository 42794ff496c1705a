"""Holds the books to the acknowledgement logs."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

import psycopg

from tests.support.installation import Installation
from tests.verify.figures import Figures
from tests.verify.journal import Deed, Kind, Testimony


@dataclass(frozen=True)
class Books:
    """What the database says was done, in the words of the logs."""

    # How often each deed is stored.
    deeds: Counter[Deed]
    event_credits: dict[Deed, Decimal]
    # By organization: what its ledger says was consumed, net of what was taken back.
    consumed: dict[str, Decimal]
    overdue_holds: int
    overdue_periods: int
    closed_periods: int


def read_books(database_url: str) -> Books:
    """Read all of it."""
    with psycopg.connect(database_url) as connection:
        events = connection.execute(
            "SELECT o.public_id, e.event_id, e.credits FROM metering_usageevent e"
            " JOIN accounts_organization o ON o.id = e.organization_id"
        ).fetchall()
        others = connection.execute(
            """
            SELECT o.public_id, 'hold', h.key FROM metering_hold h
            JOIN accounts_organization o ON o.id = h.organization_id
            UNION ALL
            SELECT o.public_id, 'settlement', h.key || ' ' || e.event_id
            FROM metering_usageevent e
            JOIN metering_hold h ON h.id = e.hold_id AND h.outcome = 'settled'
            JOIN accounts_organization o ON o.id = e.organization_id
            UNION ALL
            SELECT o.public_id, 'release', h.key FROM metering_hold h
            JOIN accounts_organization o ON o.id = h.organization_id
            WHERE h.outcome = 'released'
            UNION ALL
            SELECT o.public_id, 'reversal', r.event_key FROM metering_usagereversal r
            JOIN accounts_organization o ON o.id = r.organization_id
            """
        ).fetchall()
        consumed = connection.execute(
            "SELECT o.public_id, sum(a.balance) FROM metering_ledgeraccount a"
            " JOIN accounts_organization o ON o.id = a.organization_id"
            " WHERE a.kind = 'consumed' GROUP BY o.public_id"
        ).fetchall()
        [states] = connection.execute(
            """
            SELECT (SELECT count(*) FROM metering_hold
                    WHERE outcome IS NULL AND expires_at <= now()),
                   (SELECT count(*) FROM metering_usageperiod
                    WHERE closed_at IS NULL AND closes_at <= now()),
                   (SELECT count(*) FROM metering_usageperiod WHERE closed_at IS NOT NULL)
            """
        ).fetchall()
    event_credits = {
        Deed(organization, Kind.EVENT, key): moved for organization, key, moved in events
    }
    stored = Counter(Deed(organization, Kind.EVENT, key) for organization, key, _ in events)
    stored.update(Deed(organization, Kind(kind), key) for organization, kind, key in others)
    return Books(stored, event_credits, dict(consumed), *states)


def compare(testimony: Testimony, *, before: Books, after: Books, figures: Figures) -> None:
    """Note in the figures what the apps were told and the books do not say, and the other way."""
    figures.acknowledged += len(testimony.acknowledged)
    figures.findings += testimony.unclassified
    figures.findings += [f"unknown to the end: {deed}" for deed in testimony.open_ends()]
    _compare_deeds(testimony, before=before, after=after, figures=figures)
    _compare_credits(testimony, before=before, after=after, figures=figures)


def _compare_deeds(testimony: Testimony, *, before: Books, after: Books, figures: Figures) -> None:
    """What was acknowledged is stored once, what is stored was sent, what was refused is not."""
    for deed in testimony.acknowledged.keys() - after.deeds.keys():
        figures.note_lost(str(deed))
    for deed in testimony.refused & after.deeds.keys():
        figures.note_drift(f"{deed} was refused, and is stored")
    for deed in after.deeds.keys() - testimony.sent - before.deeds.keys():
        figures.note_drift(f"{deed} is stored, and was never sent")
    for deed, times in after.deeds.items():
        if times > 1:
            figures.note_doubled(f"{deed} is stored {times} times")
    for deed, times in testimony.firsts.items():
        if times > 1:
            figures.note_doubled(f"{deed} was done {times} times, each for the first time")


def prove_books(installation: Installation, *, figures: Figures) -> None:
    """Note every violation that the books find in themselves."""
    for violation in installation.list_violations():
        figures.note_drift(str(violation))


def _compare_credits(
    testimony: Testimony, *, before: Books, after: Books, figures: Figures
) -> None:
    """What was consumed is what receipts said, without what was taken back: no more, no less."""
    expected = defaultdict(Decimal, before.consumed)
    for deed, moved in testimony.of(Kind.EVENT).items():
        expected[deed.organization] += moved
        if after.event_credits.get(deed, moved) != moved:
            figures.note_drift(f"{deed}: receipt {moved}, book {after.event_credits[deed]}")
    for deed in testimony.of(Kind.REVERSAL):
        event = Deed(deed.organization, Kind.EVENT, deed.key)
        expected[deed.organization] -= after.event_credits.get(event, Decimal(0))
    for organization, consumed in after.consumed.items():
        if consumed != expected[organization]:
            figures.note_drift(
                f"{organization} consumed {consumed}, acknowledged {expected[organization]}"
            )
