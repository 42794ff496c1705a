"""Apps that use the API as apps do: they report, ask first, hold and settle, and take back."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.support.chance import chance_of
from tests.verify import reading
from tests.verify.client import Client
from tests.verify.journal import ACKNOWLEDGED, Deed, Kind, Verdict

BATCH: Final = 20
# Of the events that it reported, an app takes back none but the most recent.
REMEMBERED: Final = 50
HOLD_SECONDS: Final = 600
# A hold that the app forgets: the sweep returns its credits.
FORGOTTEN_SECONDS: Final = 4
# One event in so many tells of something that happened up to two hours ago.
BELATED_ONE_IN: Final = 8
OLDEST: Final = timedelta(hours=2)


class App(threading.Thread):
    """One app. It does one thing after the other until it is told to finish."""

    def __init__(
        self, name: str, *, client: Client, organizations: Sequence[str], seed: str
    ) -> None:
        super().__init__(name=name)
        self.failure: Exception | None = None
        self._client = client
        self._organizations = organizations
        self._chance = chance_of(seed)
        self._is_done = threading.Event()
        self._count = 0
        self._recent: list[Deed] = []

    def finish(self) -> None:
        """Tell it to stop once what it is doing has an outcome."""
        self._is_done.set()

    def run(self) -> None:
        """Choose what to do by chance, again and again."""
        habits = (self._report, self._report_batch, self._ask_first, self._hold, self._take_back)
        try:
            while not self._is_done.is_set():
                [habit] = self._chance.choices(habits, weights=(30, 25, 20, 20, 5))
                habit(self._chance.choice(self._organizations))
        except Exception as failure:
            self.failure = failure
        finally:
            self._client.close()

    # --- its habits -----------------------------------------------------------------------------

    def _report(self, organization: str) -> None:
        event = self._event(times=self._chance.randint(1, 4))
        if self._chance.randrange(BELATED_ONE_IN) == 0:
            event["occurred_at"] = self._a_while_ago()
        self._send_event(organization, event)

    def _ask_first(self, organization: str) -> None:
        self._send_event(
            organization, self._event(times=self._chance.randint(1, 4)) | {"enforce": True}
        )

    def _report_batch(self, organization: str) -> None:
        events = [self._event() for _ in range(BATCH)]
        deeds = [Deed(organization, Kind.EVENT, event["id"]) for event in events]
        document = {"organization": organization, "events": events}
        verdicts = self._client.perform(
            "/api/v1/usage", document, deeds=deeds, read=reading.read_batch
        )
        for deed, verdict in zip(deeds, verdicts, strict=True):
            self._remember(deed, verdict)

    def _hold(self, organization: str) -> None:
        ending = self._chance.choice(("settle", "settle", "settle", "release", "forget"))
        deed = Deed(organization, Kind.HOLD, self._new_id("h"))
        seconds = FORGOTTEN_SECONDS if ending == "forget" else HOLD_SECONDS
        document = {
            "organization": organization,
            "id": deed.key,
            "action": "EXTRACT_TEXT",
            "quantity": 4,
            "expires_in_seconds": seconds,
        }
        [held] = self._client.perform(
            "/api/v1/holds", document, deeds=[deed], read=reading.read_hold
        )
        if held.result not in ACKNOWLEDGED or ending == "forget":
            return
        if ending == "settle":
            self._settle(organization, deed, hold_id=held.told)
        else:
            self._release(organization, deed, hold_id=held.told)

    def _settle(self, organization: str, hold: Deed, *, hold_id: str) -> None:
        """Less than was held, as much, or more."""
        event = self._event(times=self._chance.choice((1, 4, 6)))
        deed = Deed(organization, Kind.EVENT, event["id"])
        document = {"organization": organization, "id": event["id"], "quantity": event["quantity"]}
        self._client.perform(
            f"/api/v1/holds/{hold_id}/settle",
            document,
            deeds=[deed, deed.settling(hold.key)],
            read=reading.read_settlement,
        )

    def _release(self, organization: str, hold: Deed, *, hold_id: str) -> None:
        self._client.perform(
            f"/api/v1/holds/{hold_id}/release",
            {"organization": organization},
            deeds=[Deed(organization, Kind.RELEASE, hold.key)],
            read=reading.read_release,
        )

    def _take_back(self, _: str) -> None:
        if not self._recent:
            return
        event = self._recent.pop(self._chance.randrange(len(self._recent)))
        self._client.perform(
            f"/api/v1/usage/{event.key}/reverse",
            {"organization": event.organization, "reason": "sent by mistake"},
            deeds=[Deed(event.organization, Kind.REVERSAL, event.key)],
            read=reading.read_reversal,
        )

    # --- what they share ------------------------------------------------------------------------

    def _send_event(self, organization: str, event: dict[str, Any]) -> None:
        deed = Deed(organization, Kind.EVENT, event["id"])
        document = {"organization": organization, **event}
        [verdict] = self._client.perform(
            "/api/v1/usage", document, deeds=[deed], read=reading.read_event
        )
        self._remember(deed, verdict)

    def _remember(self, deed: Deed, verdict: Verdict) -> None:
        if verdict.result in ACKNOWLEDGED:
            self._recent = [*self._recent[1 - REMEMBERED :], deed]

    def _event(self, *, times: int = 1) -> dict[str, Any]:
        return {"id": self._new_id("e"), "action": "EXTRACT_TEXT", "quantity": times}

    def _new_id(self, sort: str) -> str:
        self._count += 1
        return f"{self.name}-{sort}{self._count}"

    def _a_while_ago(self) -> str:
        ago = timedelta(seconds=self._chance.randrange(int(OLDEST.total_seconds())))
        return (datetime.now(UTC) - ago).isoformat(timespec="seconds")
