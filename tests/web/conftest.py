"""Alice owns Acme, Bob is a member of it, Charlie is a stranger. It is 20 September 2026."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template.base import Template
from django.test import Client

from accounts.choices import Role
from accounts.models import Membership, Organization, User
from billing.models import Agreement
from billing.usage.operations import report_usage
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog, make_article_catalog
from tests.factories.metering import report

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
ON_THE_15TH = datetime(2026, 9, 15, 9, tzinfo=UTC)

SignIn = Callable[[User], Client]
ReportAction = Callable[..., None]


Clock = time_machine.Traveller


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The clock stands still, so that every figure on a page is known."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def catalog(db: None) -> ArticleCatalog:
    """The article's plans and rate card."""
    return make_article_catalog()


@pytest.fixture
def alice(db: None) -> User:
    return make_person("Alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_person("Bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_person("Charlie", email="charlie@stranger.example")


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    organization = make_organization("Acme", owner=alice, external_id="acme-1")
    make_member(organization, bob, Role.MEMBER)
    return organization


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme is on Professional since 10 September, 08:00 UTC."""
    return make_agreement(acme, "professional")


@pytest.fixture
def alices_place(acme: Organization, alice: User) -> Membership:
    return Membership.objects.get(organization=acme, user=alice)


@pytest.fixture
def bobs_place(acme: Organization, bob: User) -> Membership:
    return Membership.objects.get(organization=acme, user=bob)


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which the person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def use(acme: Organization, agreement: Agreement) -> ReportAction:
    """Report usage of Acme."""

    def use(event_id: str, quantity: int | str, *, at: datetime, **fields: Any) -> None:
        [receipt] = report_usage(
            organization_id=acme.pk,
            reports=[report(event_id, str(Decimal(quantity)), at=at, **fields)],
            api_key_id=None,
            received_at=at,
        )
        assert receipt.outcome == "accepted", receipt

    return use


@pytest.fixture
def no_query_in_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that a template runs is an error: pages get plain values."""
    render = Template._render  # type: ignore[attr-defined]

    def refuse(execute: Any, sql: str, *rest: Any) -> None:
        raise AssertionError(f"A template ran a query: {sql}")

    def render_without_queries(self: Template, context: Any) -> Any:
        with connection.execute_wrapper(refuse):
            return render(self, context)

    monkeypatch.setattr(Template, "_render", render_without_queries)
