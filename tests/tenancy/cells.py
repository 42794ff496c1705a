"""One request in a world that is afterwards as it was before."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from portal.api.admission import buckets, recent_keys
from portal.api.organizations import organization_ids
from portal.api.v1.usage import unit_names

# What differs from one request to the next, whoever asks for whatever.
_PASSING: Final = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|"csrf-token" content="[^"]*"'
    rb'|"request_id": ?"[^"]*"|<code[^>]*>[0-9a-f-]{36}</code>'
)


@dataclass(frozen=True)
class Reply:
    """What was answered, and what a person would be told on the next page."""

    status: int
    location: str
    told: tuple[str, ...]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def without(self, *ids: str) -> "Reply":
        """The same with every one of these ids taken out: what remains must not tell them apart."""
        body, location = _PASSING.sub(b"", self.body), self.location
        for name in ids:
            body, location = body.replace(name.encode(), b"*"), location.replace(name, "*")
        headers = {
            name: value
            for name, value in self.headers.items()
            if name
            not in {"Content-Length", "Date", "ETag", "Location", "Set-Cookie", "X-Request-ID"}
            and not name.startswith("RateLimit")
        }
        return Reply(self.status, location, self.told, body, headers)

    def tells(self, word: str) -> bool:
        """Whether the word is anywhere in it."""
        everything = (self.location, *self.told, *self.headers.values())
        return word.encode() in self.body or any(word in text for text in everything)


def read_reply(response: Any) -> Reply:
    """Read an answer of the test client."""
    assert isinstance(response, HttpResponse | StreamingHttpResponse), response
    request: Any = getattr(response, "wsgi_request", None)
    told = (
        tuple(str(message) for message in get_messages(request))
        if hasattr(request, "_messages")
        else ()
    )
    return Reply(
        status=response.status_code,
        location=response.headers.get("Location", ""),
        told=told,
        body=response.getvalue(),
        headers=dict(response.headers.items()),
    )


@dataclass
class Undoing:
    """Whether what was done within is kept after all."""

    keep: bool = False


@contextmanager
def undone() -> Iterator[Undoing]:
    """Undo everything that is done within, unless told otherwise; let nothing be remembered."""
    for memory in (recent_keys, buckets, organization_ids, unit_names):
        memory.clear()
    undoing = Undoing()
    block: Any = transaction.atomic()
    # What calls itself the outermost transaction is one for all that the product can tell.
    block._from_testcase = True
    with block:
        yield undoing
        if not undoing.keep:
            transaction.set_rollback(True)


def fingerprint_of(organization_id: int) -> str:
    """A digest of every row that belongs to an organization."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(column.column == "organization_id" for column in model._meta.local_concrete_fields)
    )
    sums = " || ".join(
        f"(SELECT coalesce(md5(string_agg(row::text, ';' ORDER BY row::text)), '')"
        f' FROM "{table}" AS row WHERE organization_id = %(id)s)'
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5({sums})", {"id": organization_id})
        [digest] = cursor.fetchone()
    return str(digest)


def new_client() -> Client:
    """A browser or an app; what breaks on our side is an answer like any other."""
    return Client(raise_request_exception=False)
