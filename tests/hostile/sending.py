"""Send it, and see that nothing broke, nothing leaked and nothing was kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from django.urls import resolve

from tests.tenancy.cells import Reply, fingerprint_of, new_client, read_reply, undone
from tests.tenancy.inventory import short_name
from tests.tenancy.policies import POLICIES
from tests.tenancy.policy import Policy
from tests.tenancy.world import TwoCustomers

from .places import Place

ANSWERS: Final = frozenset(
    {200, 201, 202, 304, 400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422}
)


@dataclass(frozen=True)
class Probe:
    """A place, what is otherwise sent there, and the ids that it is about."""

    place: Place
    policy: Policy
    world: TwoCustomers
    as_platform: bool

    def list_findings(self, values: Sequence[str]) -> Iterator[str]:
        """Send each value; what is refused must leave everything as it was."""
        with undone():
            before = fingerprint_of(self.world.acme.organization.pk)
            for value in values:
                for finding in _judge(self._reply(value)):
                    yield f"{self.place} {value[:80]!r}: {finding}"
            if fingerprint_of(self.world.acme.organization.pk) != before:
                yield f"{self.place}: something was stored by a request that was refused"

    def _reply(self, value: str) -> Reply:
        """Undo what was accepted, and keep whatever a refusal left behind."""
        with undone() as undoing:
            reply = self._send(value)
            undoing.keep = reply.status >= 400
        return reply

    def _send(self, value: str) -> Reply:
        ids = {**self.world.acme.ids, **self.policy.others}
        good = self.policy.body(ids) if self.policy.body is not None else None
        query = dict(parse_qsl(self.policy.asked(ids)))
        if self.as_platform and self.policy.names_organization:
            target = query if good is None else good
            good = {**good, "organization": ids["organization"]} if good is not None else None
            if target is query:
                query["organization"] = ids["organization"]
        path = self.place.path
        if self.place.where == "path":
            ids[self.place.names[0]] = _plain(value)
        for name, own in ids.items():
            path = path.replace(f"{{{name}}}", quote(own.encode("utf-8", "surrogatepass"), safe=""))
        if self.place.where == "query":
            query[self.place.names[0]] = _plain(value)
        body = b"" if good is None else json.dumps(good).encode()
        if self.place.where == "body":
            body = self.place.written(good, value).encode("utf-8", "surrogatepass")
        encoded = urlencode(
            {name: text.encode("utf-8", "surrogatepass") for name, text in query.items()}
        )
        secret = self.world.platform_secret if self.as_platform else self.world.acme.secret
        response = new_client().generic(
            self.place.method,
            f"{path}?{encoded}" if encoded else path,
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        return read_reply(response)


def _plain(value: str) -> str:
    """The text that a piece of JSON stands for; the piece itself where it stands for none."""
    try:
        read: Any = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, str) else value


def _judge(reply: Reply) -> Iterator[str]:
    if reply.status not in ANSWERS:
        yield f"{reply.status}"
    if b"Traceback" in reply.body:
        yield "an answer with the inside of the product in it"
    if reply.status >= 400 and reply.status != 304 and not _explains(reply):
        yield f"{reply.status} without a word: {reply.body[:200]!r}"


def _explains(reply: Reply) -> bool:
    try:
        document = json.loads(reply.body)
    except ValueError:
        return False
    return bool(document.get("code") or document.get("errors") or document.get("errorDetails"))


def find_policy(place: Place, world: TwoCustomers) -> Policy:
    """The policy of the operation that a place belongs to."""
    path = place.path
    for name, own in {**world.acme.ids, "feature": "ai_credits", "key": "advanced_ai"}.items():
        path = path.replace(f"{{{name}}}", own)
    match = resolve(path)
    return POLICIES[short_name(match.view_name), place.method]
