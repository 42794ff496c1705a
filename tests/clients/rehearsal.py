"""A Tallybook that answers by script, for tests of what the client makes of its answers."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tallybook import Tallybook

URL = "https://billing.example"
KEY = "tb_test_key"

Script = Callable[[httpx.Request], httpx.Response]


class Rehearsal:
    """Answers requests by a script, and remembers them. A list is answered one by one."""

    def __init__(self, *script: Script | httpx.Response | Exception) -> None:
        self._script = list(script)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, Exception):
            raise step
        if not isinstance(step, httpx.Response):
            return step(request)
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)

    @property
    def bodies(self) -> list[Any]:
        """What was sent, read."""
        return [json.loads(request.content or b"null") for request in self.requests]

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]

    def client(self, **options: Any) -> Tallybook:
        """A client that talks to it."""
        credentials = {} if "client_id" in options else {"key": KEY}
        transport = httpx.MockTransport(self)
        return Tallybook(URL, transport=transport, **{**credentials, **options})


def answer(body: Any, status: int = 200) -> httpx.Response:
    """An answer with a body."""
    return httpx.Response(status, json=body)


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    """A problem document."""
    headers = {"Content-Type": "application/problem+json"}
    if "retry_after" in more:
        headers["Retry-After"] = str(more.pop("retry_after"))
    document = {
        "type": f"urn:tallybook:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": "What it says.",
        "code": code,
        "request_id": "request-1",
        **more,
    }
    return httpx.Response(status, headers=headers, content=json.dumps(document))


def receipt(event_id: str, outcome: str = "accepted", **more: Any) -> dict[str, Any]:
    """What becomes of one event."""
    return {"id": event_id, "outcome": outcome, **more}


def booked(request: httpx.Request) -> httpx.Response:
    """Everything that is reported is accepted."""
    document = json.loads(request.content)
    if "events" not in document:
        return answer(receipt(document["id"]))
    return batch_answer(*(receipt(event["id"]) for event in document["events"]))


def batch_answer(*results: Mapping[str, Any]) -> httpx.Response:
    """The answer to a batch."""
    outcomes = [result["outcome"] for result in results]
    names = ("accepted", "duplicate", "late", "conflict", "rejected")
    counts = {name: outcomes.count(name) for name in names}
    return answer({"results": list(results), "counts": counts})


def entitlement(
    *,
    feature: str = "advanced_ai",
    allowed: bool = True,
    upgrade_plan: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the API says of an unmetered feature."""
    quantities = ("limit", "allowance", "used", "remaining", "overage", "resets_at")
    return {
        "feature": feature,
        "name": "Advanced AI",
        "kind": "unmetered",
        "allowed": allowed,
        "reason": "included" if allowed else "not_in_plan",
        "value": allowed,
        "unlimited": False,
        **dict.fromkeys(quantities),
        "upgrade_plan": upgrade_plan,
    }


def hold(status: str = "open", **more: Any) -> dict[str, Any]:
    """A hold as the API shows it."""
    return {
        "id": "hold_1",
        "key": "job-1",
        "feature": "ai_credits",
        "action": "GENERATE_REPORT",
        "quantity": "3",
        "credits": "150",
        "uncovered": "0",
        "remaining": "4850",
        "member": "",
        "status": status,
        "event": None,
        "held_at": "2026-11-22T18:24:28Z",
        "expires_at": "2026-11-22T18:39:28Z",
        "ended_at": None,
        **more,
    }
