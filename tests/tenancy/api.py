"""Which apps may call which operation: every cell of the matrix."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from accounts.choices import Scope

from .cells import Reply, fingerprint_of, new_client, read_reply, undone
from .inventory import Operation
from .policy import Policy
from .world import CANARY, TwoCustomers

NOWHERE: Final = {"organization": "org_" + "0" * 26, "external": "of-nobody"}


@dataclass(frozen=True)
class App:
    """A program, and what it shows."""

    name: str
    secret: str | None
    is_platform: bool = False


@dataclass(frozen=True)
class Apps:
    """Every kind of caller. `lacking` and `having` make one by the scope of the operation."""

    refused: tuple[App, ...]
    own: tuple[App, ...]
    platform: App
    lacking: Callable[[Scope], App]
    having: Callable[[Scope], App]


@dataclass(frozen=True)
class Matrix:
    """All cells of one operation."""

    operation: Operation
    policy: Policy
    world: TwoCustomers
    apps: Apps

    def list_findings(self) -> Iterator[str]:
        """Ask as everybody, about what is Acme's, what is Crane's, and what is nobody's."""
        if self.policy.scope is None:
            yield from self._expect(self.apps.platform, self._own, self.policy.success)
            yield from self._expect(App("nobody", None), self._own, self.policy.success)
            return
        for app in self.apps.refused:
            yield from self._same_for_all(app, status=401)
        yield from self._same_for_all(self.apps.lacking(self.policy.scope), status=403)
        yield from self._of_acme()
        yield from self._of_the_platform()

    def _of_acme(self) -> Iterator[str]:
        assert self.policy.scope is not None
        for app in (*self.apps.own, self.apps.having(self.policy.scope)):
            if self.policy.is_for_platform_only:
                yield from self._same_for_all(app, status=None)
                continue
            yield from self._expect(app, self._own, self.policy.success)
            if self.policy.names_organization:
                own = self.world.acme.ids["organization"]
                yield from self._expect(app, self._own, self.policy.success, naming=own)
                yield from self._alike(app, self._own, self._foreign_name, self._missing_name)
            if self._has_ids:
                yield from self._alike(app, self._own_name, self._foreign, self._missing)

    def _of_the_platform(self) -> Iterator[str]:
        app = self.apps.platform
        if not self.policy.names_organization:
            status = self.policy.of_the_platform or self.policy.success
            yield from self._expect(app, self._own, status)
            return
        for customer in (self.world.acme, self.world.crane):
            name = customer.ids["organization"]
            yield from self._expect(app, customer.ids, self.policy.success, naming=name)
        yield from self._expect(app, self._own, self.policy.unnamed)
        if self._has_ids:
            naming = self.world.acme.ids["organization"]
            foreign = self._ask(app, self._foreign, naming=naming)
            missing = self._ask(app, self._missing, naming=naming)
            if self._bare(foreign) != self._bare(missing):
                yield f"{self.operation} by {app.name}: Crane's looks other than missing"

    # --- what is asked about --------------------------------------------------------------------

    @property
    def _own(self) -> Mapping[str, str]:
        return self.world.acme.ids

    @property
    def _foreign(self) -> Mapping[str, str]:
        return self.world.crane.ids

    @property
    def _missing(self) -> Mapping[str, str]:
        return self.world.missing

    @property
    def _own_name(self) -> None:
        return None

    @property
    def _foreign_name(self) -> str:
        return self.world.crane.ids["organization"]

    @property
    def _missing_name(self) -> str:
        return NOWHERE["organization"]

    @property
    def _has_ids(self) -> bool:
        """Whether the request speaks of something that belongs to an organization."""
        return self._spoken(self._own) != self._spoken(self._missing)

    def _spoken(self, ids: Mapping[str, str]) -> tuple[str, Any]:
        body = self.policy.body(ids) if self.policy.body is not None else None
        query = self.policy.asked(ids)
        address = self._address(ids)
        return f"{address}?{query}" if query else address, body

    # --- what has to hold -----------------------------------------------------------------------

    def _expect(
        self, app: App, ids: Mapping[str, str], status: int, *, naming: str | None = None
    ) -> Iterator[str]:
        reply = self._ask(app, ids, naming=naming)
        if reply.status != status:
            yield f"{self.operation} by {app.name}: {reply.status} {reply.body[:200]!r}"

    def _same_for_all(self, app: App, *, status: int | None) -> Iterator[str]:
        """Whoever may not learns nothing of what there is."""
        replies = [
            self._bare(self._ask(app, ids)) for ids in (self._own, self._foreign, self._missing)
        ]
        if any(reply != replies[0] for reply in replies):
            yield f"{self.operation} by {app.name}: own, foreign and missing differ"
        if replies[0].status != status if status else replies[0].status not in {403, 404}:
            yield f"{self.operation} by {app.name}: {replies[0].status} {replies[0].body[:200]!r}"

    def _alike(self, app: App, given: Any, foreign: Any, missing: Any) -> Iterator[str]:
        """What is Crane's is not found, like what does not exist."""
        if given is None:
            replies = [self._ask(app, foreign), self._ask(app, missing)]
        else:
            replies = [self._ask(app, given, naming=foreign), self._ask(app, given, naming=missing)]
        bare = [self._bare(reply) for reply in replies]
        if bare[0] != bare[1]:
            yield f"{self.operation} by {app.name}: {bare[0].body!r} or {bare[1].body!r}"
        expected = self.policy.success if self.policy.goes_no_further else self.policy.not_theirs
        if bare[0].status != expected:
            yield f"{self.operation} by {app.name}: {bare[0].status} for what is Crane's"

    # --- asking ---------------------------------------------------------------------------------

    def _address(self, ids: Mapping[str, str]) -> str:
        in_address = {
            name: value for name, value in ids.items() if f":{name}>" in self.operation.route
        }
        return reverse(self.operation.name, kwargs={**in_address, **self.policy.others})

    def _ask(self, app: App, ids: Mapping[str, str], *, naming: str | None = None) -> Reply:
        address, body = self._spoken(ids)
        if naming is not None and body is not None:
            body = {**body, "organization": naming}
        elif naming is not None:
            address += f"{'&' if '?' in address else '?'}organization={naming}"
        headers = {} if app.secret is None else {"Authorization": f"Bearer {app.secret}"}
        with undone():
            response = new_client().generic(
                self.operation.method,
                address,
                "" if body is None else json.dumps(body),
                content_type="application/json",
                headers=headers,
            )
            reply = read_reply(response)
            after = fingerprint_of(self.world.crane.organization.pk)
        if not app.is_platform:
            assert after == self.world.crane.fingerprint, (
                f"{self.operation}: {app.name} changed Crane"
            )
            told_itself = any(CANARY in str(part) for part in (address, body))
            assert told_itself or not reply.tells(CANARY), f"{self.operation} told {app.name}"
        return reply

    def _bare(self, reply: Reply) -> Reply:
        worlds = (self._own, self._foreign, self._missing)
        ids = [value for ids in worlds for value in ids.values()]
        return reply.without(*ids, *NOWHERE.values())
