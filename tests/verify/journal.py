"""
The acknowledgement log: what an app meant to do, and what it was told.

Every app writes its own file, a line before each request and a line after it, so that the log
knows of a request even if nobody ever heard of it again. The books are held to it afterwards.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Kind(StrEnum):
    """What can be done, and be known by its id for ever."""

    EVENT = "event"
    HOLD = "hold"
    SETTLEMENT = "settlement"
    RELEASE = "release"
    REVERSAL = "reversal"


class Result(StrEnum):
    """How a request went for one deed; each answer is exactly one of these."""

    OK = "ok"  # done, now and for the first time
    DUPLICATE = "duplicate"  # had been done before
    REFUSAL = "refusal"  # will not be done, for a reason of business
    TRANSIENT = "transient"  # not now: try again
    AMBIGUOUS = "ambiguous"  # no answer: it may have been done
    UNCLASSIFIED = "unclassified"  # none of these, which proves a fault


ACKNOWLEDGED = (Result.OK, Result.DUPLICATE)
AGAIN = (Result.TRANSIENT, Result.AMBIGUOUS)


class Deed(NamedTuple):
    """One thing to be done in an organization once, under an id of the app's."""

    organization: str
    kind: Kind
    key: str

    def settling(self, hold: str) -> "Deed":
        """The end of a hold that this event brings about."""
        return Deed(self.organization, Kind.SETTLEMENT, f"{hold} {self.key}")


class Verdict(NamedTuple):
    """What a request came to for one deed, and how many credits it moved."""

    result: Result
    credits: Decimal = Decimal(0)
    told: str = ""


class Journal:
    """The log of one app."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._attempts = 0

    def sending(self, deeds: Sequence[Deed]) -> int:
        """Note what the next request is to do; return the number of the attempt."""
        self._attempts += 1
        self._write({"attempt": self._attempts, "deeds": deeds})
        return self._attempts

    def answered(self, attempt: int, verdicts: Sequence[Verdict]) -> None:
        """Note what it came to, deed by deed."""
        told = [(verdict.result, str(verdict.credits), verdict.told) for verdict in verdicts]
        self._write({"attempt": attempt, "verdicts": told})

    def close(self) -> None:
        """End the log."""
        os.close(self._file)

    def _write(self, line: dict[str, object]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


@dataclass
class Testimony:
    """What all apps together say."""

    sent: set[Deed] = field(default_factory=set)
    acknowledged: dict[Deed, Decimal] = field(default_factory=dict)
    # How often each was said to be done just now.
    firsts: Counter[Deed] = field(default_factory=Counter)
    refused: set[Deed] = field(default_factory=set)
    results: Counter[Result] = field(default_factory=Counter)
    unclassified: list[str] = field(default_factory=list)

    def count(self, deed: Deed, verdict: Verdict) -> None:
        """Take in what one answer said about one deed."""
        self.sent.add(deed)
        self.results[verdict.result] += 1
        if verdict.result in ACKNOWLEDGED:
            self.acknowledged[deed] = verdict.credits
            self.firsts[deed] += verdict.result is Result.OK
        elif verdict.result is Result.REFUSAL:
            self.refused.add(deed)
        elif verdict.result is Result.UNCLASSIFIED:
            self.unclassified.append(f"{deed}: {verdict.told}")

    def of(self, kind: Kind) -> dict[Deed, Decimal]:
        """The acknowledged deeds of a kind, with the credits that they moved."""
        return {deed: moved for deed, moved in self.acknowledged.items() if deed.kind is kind}

    def open_ends(self) -> list[Deed]:
        """What was sent, and neither acknowledged nor refused in the end."""
        return sorted(self.sent - self.acknowledged.keys() - self.refused)


def read_journals(paths: Iterable[Path]) -> Testimony:
    """Read the logs of all apps from their files."""
    testimony = Testimony()
    for path in paths:
        _read_journal(path, testimony)
    return testimony


def _read_journal(path: Path, testimony: Testimony) -> None:
    waiting: dict[int, list[Deed]] = {}
    for line in path.read_text().splitlines():
        record = json.loads(line)
        if "deeds" in record:
            deeds = [
                Deed(organization, Kind(kind), key) for organization, kind, key in record["deeds"]
            ]
            testimony.sent.update(deeds)
            waiting[record["attempt"]] = deeds
            continue
        verdicts = [
            Verdict(Result(result), Decimal(moved), told)
            for result, moved, told in record["verdicts"]
        ]
        for deed, verdict in zip(waiting.pop(record["attempt"]), verdicts, strict=True):
            testimony.count(deed, verdict)
    for deeds in waiting.values():
        testimony.unclassified.append(f"{path.name}: no result for {deeds[0]}")
