"""Two clicks at once on one link: what goes wrong without the lock, and nothing with it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.memberships.operations import remove_member
from accounts.models import AuditEntry, Membership, Organization, PortalLink
from accounts.visits.links import MadeLink, make_portal_link, open_portal_link
from config.kernel.errors import DomainError, NotFound
from tests.factories.accounts import TESTER, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6
PATIENCE = 20
TABLE, GUARD = "accounts_portallink", "portal_link_opened_once"


@pytest.fixture
def token() -> str:
    """Of a link for Bob."""
    acme = make_organization("Acme", owner=make_person("Alice"))
    bobs_place = make_member(acme, make_person("Bob"))
    made = make_portal_link(
        membership=bobs_place, page="overview", actor=TESTER, now=timezone.now()
    )
    return made.url.split("/")[-2]


def at_once(*deeds: Callable[[], object]) -> list[Any]:
    """Do things in threads together; return what each returned or raised."""
    start = Barrier(len(deeds), timeout=PATIENCE)

    def run(deed: Callable[[], object]) -> Any:
        start.wait()
        try:
            return deed()
        except (DomainError, IntegrityError) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def names_of(answers: list[Any]) -> list[str]:
    """What kind of answers they are."""
    return sorted(type(answer).__name__ for answer in answers)


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two have read the link before either of them writes."""
    both_have_read = Barrier(2, timeout=PATIENCE)
    save = PortalLink.save

    def save_late(link: PortalLink, *args: Any, **kwargs: Any) -> None:
        if link.pk is not None:
            both_have_read.wait()
        save(link, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(PortalLink, "save", save_late)


@contextmanager
def without_the_guard() -> Iterator[None]:
    """The database lets a link be opened again."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {GUARD}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER {GUARD}")


def test_without_lock_and_guard_two_get_in(token: str, without_the_lock: None) -> None:
    def click() -> PortalLink:
        return open_portal_link(token=token, now=timezone.now())

    with without_the_guard():
        answers = at_once(click, click)
    assert names_of(answers) == ["PortalLink", "PortalLink"]


def test_the_database_lets_one_in_even_then(token: str, without_the_lock: None) -> None:
    def click() -> PortalLink:
        return open_portal_link(token=token, now=timezone.now())

    assert names_of(at_once(click, click)) == ["IntegrityError", "PortalLink"]


def test_of_many_clicks_one_gets_in(token: str) -> None:
    def click() -> int:
        return Client().post(f"/portal-links/{token}/enter/").status_code

    answers = at_once(*[click] * AT_ONCE)
    assert sorted(answers) == [302] + [410] * (AT_ONCE - 1)
    assert AuditEntry.objects.filter(action="portal_link.opened").count() == 1


def test_a_member_who_is_removed_at_that_moment_is_let_in_nowhere(token: str) -> None:
    acme = Organization.objects.get()
    alices, bobs = Membership.objects.order_by("pk")
    browser = Client()

    def remove() -> None:
        remove_member(
            organization=acme,
            membership_id=bobs.public_id,
            removed_by=alices,
            now=timezone.now(),
        )

    def click() -> int:
        return browser.post(f"/portal-links/{token}/enter/").status_code

    def ask_again() -> object:
        return make_portal_link(membership=bobs, page="overview", actor=TESTER, now=timezone.now())

    removed, clicked, asked = at_once(remove, click, ask_again)
    assert (removed, clicked in {302, 410}) == (None, True)
    assert isinstance(asked, MadeLink | NotFound)
    assert browser.get("/overview/").status_code in {302, 403}
    assert not PortalLink.objects.exists()
