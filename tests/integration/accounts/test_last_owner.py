"""An organization keeps an owner, whatever happens at once. First the race, then the guard."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.memberships.operations import LastOwner, change_role
from accounts.models import Membership, Organization
from config.kernel.errors import DomainError
from tests.factories.accounts import NOON, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owners() -> tuple[Membership, Membership]:
    """Alice and Bob both own Acme."""
    acme = make_organization("Acme", owner=make_person("Alice"))
    make_member(acme, make_person("Bob"), "owner")
    alice, bob = Membership.objects.order_by("pk")
    return alice, bob


@pytest.fixture
def without_guard() -> Iterator[None]:
    """The database as it would be without the trigger."""
    switch = "ALTER TABLE accounts_membership {} TRIGGER membership_keeps_an_owner"
    with connection.cursor() as cursor:
        cursor.execute(switch.format("DISABLE"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(switch.format("ENABLE"))


def at_once(*deeds: Callable[[], None]) -> list[Exception | None]:
    """Run each deed in a thread and on a connection of its own; return what each one raised."""
    outcomes: list[Exception | None] = [None] * len(deeds)

    def run(index: int) -> None:
        try:
            deeds[index]()
        except (DomainError, IntegrityError) as refusal:
            outcomes[index] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def checked_and_deleted(place: Membership, both_checked: threading.Barrier) -> Callable[[], None]:
    """A deed that looks for another owner, finds one, and deletes its own place."""

    def deed() -> None:
        with transaction.atomic():
            others = Membership.objects.filter(role="owner").exclude(pk=place.pk)
            assert others.count() == 1
            Membership.objects.filter(pk=place.pk).delete()
            both_checked.wait(timeout=10)

    return deed


def owner_count() -> int:
    return Membership.objects.filter(role="owner").count()


@pytest.mark.usefixtures("without_guard")
def test_without_the_guard_two_owners_leave_at_once(owners: tuple[Membership, Membership]) -> None:
    barrier = threading.Barrier(2)
    outcomes = at_once(*(checked_and_deleted(place, barrier) for place in owners))
    assert outcomes == [None, None]
    assert owner_count() == 0


def test_with_the_guard_one_of_the_two_stays(owners: tuple[Membership, Membership]) -> None:
    barrier = threading.Barrier(2)
    outcomes = at_once(*(checked_and_deleted(place, barrier) for place in owners))
    assert [type(outcome) for outcome in outcomes if outcome] == [IntegrityError]
    assert "would be left without an owner" in str(next(filter(None, outcomes)))
    assert owner_count() == 1


def test_of_two_owners_who_step_down_at_once_one_is_told(
    owners: tuple[Membership, Membership],
) -> None:
    acme = Organization.objects.get()

    def step_down(place: Membership) -> Callable[[], None]:
        def deed() -> None:
            change_role(
                organization=acme,
                membership_id=place.public_id,
                role="member",
                changed_by=place,
                now=NOON,
            )

        return deed

    outcomes = at_once(*(step_down(place) for place in owners))
    assert [type(outcome) for outcome in outcomes if outcome] == [LastOwner]
    assert owner_count() == 1


def test_the_database_refuses_to_demote_the_last_owner(
    owners: tuple[Membership, Membership],
) -> None:
    alice, bob = owners
    Membership.objects.filter(pk=bob.pk).update(role="member")
    with pytest.raises(IntegrityError, match="would be left without an owner"):
        Membership.objects.filter(pk=alice.pk).update(role="admin")
    assert owner_count() == 1


def test_ownership_may_be_handed_over_in_one_transaction(
    owners: tuple[Membership, Membership],
) -> None:
    alice, bob = owners
    Membership.objects.filter(pk=bob.pk).update(role="member")
    with transaction.atomic():
        Membership.objects.filter(pk=alice.pk).update(role="member")
        Membership.objects.filter(pk=bob.pk).update(role="owner")
    assert Membership.objects.get(role="owner") == bob
