"""Two customers and a company behind them, seen through the API."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from accounts.api_keys.operations import revoke_api_key
from accounts.choices import Role
from accounts.models import ApiKey, Organization, User, WebhookEndpoint
from billing.models import Agreement
from portal.api.admission import buckets, recent_keys
from portal.api.organizations import organization_ids
from portal.api.v1.usage import unit_names
from tests.factories.accounts import (
    TESTER,
    make_api_key,
    make_member,
    make_organization,
    make_person,
)
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    CATALOG,
    REVISE_CATALOG,
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.support.replaying import replayed

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """A response, read."""

    status: int
    body: Any
    headers: Any
    raw: bytes


class Api:
    """Sends requests as an app would."""

    def __init__(self, key: str | None = None) -> None:
        self._client = Client(raise_request_exception=False)
        self._key = key

    def get(self, path: str, **headers: str) -> Answer:
        """GET below `/api/v1/`."""
        return self.send("GET", path, None, **headers)

    def post(self, path: str, document: Any, **headers: str) -> Answer:
        """POST a document as JSON below `/api/v1/`."""
        return self.send("POST", path, json.dumps(document), **headers)

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes | None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Answer:
        """Send exactly this."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._key is not None:
            names.setdefault("Authorization", f"Bearer {self._key}")
        response = self._client.generic(
            method, f"/api/v1/{path}", body or "", content_type=content_type, headers=names
        )
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(
            status=response.status_code,
            body=json.loads(response.content) if is_json and response.content else None,
            headers=response.headers,
            raw=response.content,
        )


@dataclass(frozen=True)
class World:
    """
    Acme is Alice's, and Bob works there; Charlie's Crane is somebody else's.

    Both are on Professional: 5,000 credits a month.
    """

    catalog: ArticleCatalog
    acme: Organization
    crane: Organization
    agreement: Agreement
    crane_agreement: Agreement
    acme_key: str
    crane_key: str
    platform_key: str

    @property
    def as_acme(self) -> Api:
        """An app of Acme's."""
        return Api(self.acme_key)

    @property
    def as_crane(self) -> Api:
        """An app of Crane's."""
        return Api(self.crane_key)

    @property
    def as_platform(self) -> Api:
        """The company's own app."""
        return Api(self.platform_key)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Each test is a process that has just started."""
    for memory in (recent_keys, buckets, organization_ids, unit_names):
        memory.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@replayed(
    unless_any=(*CATALOG, WebhookEndpoint, User, Organization, ApiKey), and_then=REVISE_CATALOG
)
def make_world() -> World:
    """Make it, in the database."""
    catalog = make_article_catalog()
    acme = make_organization("Acme", owner=make_person("Alice"), external_id="customer-1")
    make_member(acme, make_person("Bob"), Role.MEMBER)
    charlie = make_person("Charlie", email="charlie@crane.example")
    crane = make_organization("Crane", owner=charlie, external_id="customer-2")
    return World(
        catalog=catalog,
        acme=acme,
        crane=crane,
        agreement=make_agreement(acme),
        crane_agreement=make_agreement(crane),
        acme_key=make_api_key(acme, now=NOW).secret,
        crane_key=make_api_key(crane, now=NOW).secret,
        platform_key=make_api_key(None, now=NOW).secret,
    )


@pytest.fixture
def world(db: None, clock: time_machine.Traveller) -> World:
    return make_world()


def make_customer(world: World, allowance: int | None = 100, **terms: Any) -> Api:
    """
    Dune, on a plan of its own with so many credits a month, none of which it can exceed.

    Further terms are those of `tests.factories.catalog.metered`.
    """
    make_version(
        make_plan(world.catalog.legacy, "tailored"),
        metered(world.catalog.credits, allowance, **terms),
        prices=(fixed("10"),),
    )
    dune = make_organization("Dune", external_id="customer-3")
    make_agreement(dune, "tailored")
    return Api(make_api_key(dune, now=NOW).secret)


def revoked_key(organization: Organization | None) -> str:
    """A key that was good once."""
    issued = make_api_key(organization, now=NOW)
    revoke_api_key(api_key=issued.api_key, actor=TESTER, now=NOW)
    return issued.secret


@pytest.fixture
def crowd(transactional_db: None, clock: time_machine.Traveller) -> World:
    """The world, seen by other connections too."""
    return make_world()


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """Make the calls in threads of their own."""

    def run(call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
