"""Stripe's stand-in: requests go in, answers and webhooks come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import RLock
from urllib.parse import parse_qsl

from billing.sandbox import api, delivery, events, pages, resources, webhook_mail
from billing.sandbox.api import Request
from billing.sandbox.call import Answer, Asking, Tools, Visit, new_id
from billing.sandbox.delivery import Send
from billing.sandbox.errors import StripeError, Violation
from billing.sandbox.faults import Faults
from billing.sandbox.idempotency import KeysInUse
from billing.sandbox.origins import is_foreign
from billing.sandbox.routing import PAGES, WORKS, find_page
from billing.sandbox.store import Store

API = "/v1/"


class Sandbox:
    """Stripe as far as the operations of ``resources`` go, kept in one SQLite file.

    Safe for several threads: one request at a time, one transaction each.
    """

    def __init__(
        self,
        *,
        path: str = ":memory:",
        clock: Callable[[], datetime],
        url: str = "http://127.0.0.1:12111",
        faults: Faults | None = None,
        send: Send = webhook_mail.send,
    ) -> None:
        resources.load()
        pages.load()
        self.faults = faults or Faults()
        self._store = Store(path)
        self._tools = Tools(self._store, clock, url, self.faults, events.tell)
        self._send = send
        self._turn = RLock()
        self._delivering = RLock()
        self._keys = KeysInUse()

    def handle(
        self, *, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to one HTTP request. ``target`` is the path with its query.

        A lost answer (a fault) must not be handed to the caller: the connection broke.
        """
        path, _, query = target.partition("?")
        request = Request(
            id=new_id("req"),
            method=method.upper(),
            path=path,
            query=query,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        try:
            return self._answer(request) if path.startswith(API) else self._show(request)
        except StripeError as error:
            return api.told(request, api.refusal(error))
        except Violation as cause:
            return api.told(request, api.refusal(api.violated(path, cause)))

    def deliver(self) -> int:
        """Attempt every delivery that is due; returns how many were attempted."""
        with self._delivering:
            with self.transaction() as tools:
                letters = delivery.due(tools)
            for letter in letters:
                outcome, arrived = self._attempt(letter)
                with self.transaction() as tools:
                    delivery.record(tools, letter, outcome, arrived=arrived)
            return len(letters)

    def step(self) -> bool:
        """Do the one next thing that time has made due; says whether there was one."""
        for work in WORKS:
            with self.transaction() as tools:
                if work(tools):
                    return True
        return False

    def run_due(self) -> int:
        """Do all that time has made due, with deliveries after every step; returns the steps."""
        steps = 0
        self.deliver()
        while self.step():
            steps += 1
            self.deliver()
        return steps

    @contextmanager
    def transaction(self, asking: Asking | None = None) -> Iterator[Tools]:
        """The tools, for one transaction that is kept if nothing is raised."""
        with self._turn:
            connection = self._store.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield replace(self._tools, asking=asking or Asking())
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        with self._delivering, self._turn:
            self._store.close()

    def _answer(self, request: Request) -> Answer:
        api.admit(request)
        refused = self._refused_by_chance()
        if refused is not None:
            return refused
        key = request.idempotency_key
        with self._keys.using(key), self.transaction(Asking(request.id, key)) as tools:
            answer = api.perform(tools, request)
        return replace(answer, lost=self.faults.strikes("timeout_after"))

    def _refused_by_chance(self) -> Answer | None:
        if self.faults.strikes("timeout_before"):
            return Answer(504, {}, b"", lost=True)
        if self.faults.strikes("too_many_requests"):
            raise StripeError(
                429,
                "invalid_request_error",
                "Request rate limit exceeded. You can learn more about rate limits in Stripe's"
                " documentation.",
                code="rate_limit",
            )
        if self.faults.strikes("server_error"):
            raise StripeError(500, "api_error", "An unknown error occurred (a fault knob is set).")
        return None

    def _show(self, request: Request) -> Answer:
        match = find_page(request.method, request.path)
        if match is None:
            raise StripeError(
                404,
                "invalid_request_error",
                f"Unrecognized request URL ({request.method}: {request.path}).",
            )
        if request.method == "POST" and is_foreign(request.headers):
            raise StripeError(403, "invalid_request_error", "A page of another site sent this.")
        form = request.body.decode("utf-8", errors="replace") if request.method == "POST" else ""
        with self.transaction(Asking(request.id)) as tools:
            visit = Visit(
                ids=match.ids,
                query=dict(parse_qsl(request.query, keep_blank_values=True)),
                form=dict(parse_qsl(form, keep_blank_values=True)),
                body=request.body,
                headers=request.headers,
                tools=tools,
            )
            return PAGES[request.method, match.path](visit)

    def _attempt(self, letter: delivery.Letter) -> tuple[str, bool]:
        try:
            status = self._send(letter.url, letter.headers, letter.body)
        except OSError as cause:
            return f"not reached: {cause}"[:200], False
        return str(status), 200 <= status < 300
