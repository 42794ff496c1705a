import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, User
from accounts.people.operations import (
    AddressTaken,
    add_person,
    change_activity,
    change_name,
    change_staff_access,
    person_target,
)
from config.kernel.errors import Forbidden, Invalid
from tests.factories.accounts import NOON, PASSWORD, TESTER


@pytest.mark.usefixtures("db")
def test_a_person_who_is_vouched_for_has_a_verified_address() -> None:
    user = add_person(
        email="Alice@Acme.example", password=PASSWORD, name="Alice", actor=TESTER, now=NOON
    )
    assert (user.email, user.name, user.is_staff) == ("alice@acme.example", "Alice", False)
    assert user.check_password(PASSWORD)
    address = EmailAddress.objects.get()
    assert (address.user, address.email) == (user, "alice@acme.example")
    assert address.verified
    assert address.primary
    assert AuditEntry.objects.get().action == "person.added"


def test_an_address_is_one_persons(alice: User) -> None:
    with pytest.raises(AddressTaken):
        add_person(email="ALICE@acme.example", password=PASSWORD, actor=TESTER, now=NOON)
    assert User.objects.get() == alice


def test_people_choose_their_name(alice: User) -> None:
    actor = Actor.for_user(alice)
    change_name(user=alice, name=" Alice Liddell ", actor=actor, now=NOON)
    assert User.objects.get().name == "Alice Liddell"
    assert alice.name == "Alice Liddell"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("person.renamed", person_target(alice))
    assert entry.changes == {"name": ["Alice", "Alice Liddell"]}

    change_name(user=alice, name="Alice Liddell", actor=actor, now=NOON)
    assert AuditEntry.objects.count() == 1


def test_a_name_is_not_obligatory_but_must_be_readable(alice: User) -> None:
    change_name(user=alice, name="", actor=TESTER, now=NOON)
    assert alice.get_full_name() == "alice@acme.example"
    with pytest.raises(Invalid):
        change_name(user=alice, name="Al\u202eice", actor=TESTER, now=NOON)


def test_staff_shut_a_person_out_and_let_them_in_again(alice: User) -> None:
    for is_active, action in ((False, "person.deactivated"), (True, "person.activated")):
        change_activity(user=alice, is_active=is_active, actor=TESTER, reason="abuse", now=NOON)
        assert User.objects.get().is_active is is_active
        assert AuditEntry.objects.get(action=action).reason == "abuse"
    change_activity(user=alice, is_active=True, actor=TESTER, now=NOON)
    assert AuditEntry.objects.count() == 2


def test_nobody_shuts_themselves_out(alice: User) -> None:
    with pytest.raises(Forbidden):
        change_activity(user=alice, is_active=False, actor=Actor.for_user(alice), now=NOON)
    assert User.objects.get().is_active


def test_staff_access_is_given_and_written_down(alice: User, bob: User) -> None:
    support = Group.objects.create(name="Support")
    change_staff_access(
        user=bob, is_staff=True, groups=[support], actor=Actor.for_user(alice), now=NOON
    )
    bob.refresh_from_db()
    assert bob.is_staff
    assert list(bob.groups.all()) == [support]
    entry = AuditEntry.objects.get()
    assert entry.action == "person.staff_access_changed"
    assert entry.changes == {"is_staff": [False, True], "groups": [[], ["Support"]]}

    change_staff_access(
        user=bob, is_staff=True, groups=[support], actor=Actor.for_user(alice), now=NOON
    )
    assert AuditEntry.objects.count() == 1


def test_nobody_changes_their_own_access(alice: User) -> None:
    with pytest.raises(Forbidden):
        change_staff_access(
            user=alice, is_staff=True, groups=[], actor=Actor.for_user(alice), now=NOON
        )
    assert not User.objects.get().is_staff
