import pytest

from accounts.access.permissions import Permission, can_hand_out
from accounts.choices import Role
from accounts.memberships import queries
from accounts.memberships.operations import LastOwner, change_role, remove_member
from accounts.models import AuditEntry, Membership, Organization, User
from config.kernel.errors import Forbidden, Invalid, NotFound
from tests.factories.accounts import NOON, make_member, make_person


def change(acme: Organization, place: Membership, role: str, by: Membership) -> Membership:
    return change_role(
        organization=acme, membership_id=place.public_id, role=role, changed_by=by, now=NOON
    )


def remove(organization: Organization, place: Membership, by: Membership) -> None:
    remove_member(organization=organization, membership_id=place.public_id, removed_by=by, now=NOON)


def test_members_are_listed_by_how_long_they_have_been_there(
    acme: Organization, alices_place: Membership, bobs_place: Membership, alice: User, bob: User
) -> None:
    assert queries.list_members(organization=acme) == [
        queries.Member(
            membership_id=alices_place.public_id,
            user_id=alice.pk,
            name="Alice",
            email="alice@acme.example",
            role=Role.OWNER,
            joined_at=alices_place.created_at,
        ),
        queries.Member(
            membership_id=bobs_place.public_id,
            user_id=bob.pk,
            name="Bob",
            email="bob@acme.example",
            role=Role.MEMBER,
            joined_at=bobs_place.created_at,
        ),
    ]
    assert queries.count_members(organization=acme) == 2


@pytest.mark.usefixtures("globex")
def test_a_stranger_has_no_place(acme: Organization, bob: User, charlie: User) -> None:
    assert queries.find_membership(organization=acme, user=charlie) is None
    with pytest.raises(NotFound):
        queries.get_membership(organization_code=acme.public_id, user=charlie)
    with pytest.raises(NotFound):
        queries.get_membership(organization_code="org_none", user=bob)
    assert queries.get_membership(organization_code=acme.public_id, user=bob).role == "member"


def test_people_are_told_whom_to_ask(acme: Organization, bobs_place: Membership) -> None:
    make_member(acme, make_person("Dora"), "developer")
    names = queries.list_names_with(organization=acme, permission=Permission.MANAGE_DEVELOPERS)
    assert names == ["Alice", "Dora"]


def test_a_role_is_changed_and_written_down(
    acme: Organization, alices_place: Membership, bobs_place: Membership
) -> None:
    changed = change(acme, bobs_place, "billing", alices_place)
    bobs_place.refresh_from_db()
    assert (changed.role, bobs_place.role) == ("billing", "billing")
    entry = AuditEntry.objects.get()
    assert entry.action == "membership.role_changed"
    assert entry.target == bobs_place.public_id
    assert entry.organization == acme
    assert entry.changes == {"role": ["member", "billing"]}
    assert entry.actor == "alice@acme.example"


def test_the_same_role_again_changes_nothing(
    acme: Organization, alices_place: Membership, bobs_place: Membership
) -> None:
    assert change(acme, bobs_place, "member", alices_place) == bobs_place
    assert AuditEntry.objects.count() == 0


def test_an_unknown_role_is_refused(
    acme: Organization, alices_place: Membership, bobs_place: Membership
) -> None:
    with pytest.raises(Invalid):
        change(acme, bobs_place, "janitor", alices_place)


@pytest.mark.parametrize("target_role", list(Role))
@pytest.mark.parametrize("held", list(Role))
def test_nobody_changes_or_removes_somebody_above_them(
    acme: Organization, bobs_place: Membership, held: Role, target_role: Role
) -> None:
    bobs_place.role = held
    bobs_place.save()
    target = make_member(acme, make_person("Dora"), target_role)
    if can_hand_out(target_role, held=held):
        change(acme, target, "member", bobs_place)
        remove(acme, target, bobs_place)
        assert not Membership.objects.filter(pk=target.pk).exists()
        return
    for deed in (
        lambda: change(acme, target, "member", bobs_place),
        lambda: remove(acme, target, bobs_place),
    ):
        with pytest.raises(Forbidden):
            deed()
    target.refresh_from_db()
    assert target.role == target_role
    assert AuditEntry.objects.count() == 0


def test_an_admin_makes_nobody_owner_not_even_themselves(
    acme: Organization, bobs_place: Membership
) -> None:
    bobs_place.role = "admin"
    bobs_place.save()
    with pytest.raises(Forbidden):
        change(acme, bobs_place, "owner", bobs_place)
    bobs_place.refresh_from_db()
    assert bobs_place.role == "admin"


def test_everybody_may_leave(acme: Organization, bobs_place: Membership, bob: User) -> None:
    remove(acme, bobs_place, bobs_place)
    assert queries.find_membership(organization=acme, user=bob) is None
    entry = AuditEntry.objects.get()
    assert entry.action == "membership.removed"
    assert entry.actor == "bob@acme.example"
    assert entry.changes == {"person": "bob@acme.example", "role": "member"}


def test_a_stranger_changes_and_removes_nobody(
    acme: Organization,
    globex: Organization,
    bobs_place: Membership,
    charlies_place: Membership,
) -> None:
    for organization, refusal in ((acme, Forbidden), (globex, NotFound)):
        with pytest.raises(refusal):
            change(organization, bobs_place, "admin", charlies_place)
        with pytest.raises(refusal):
            remove(organization, bobs_place, charlies_place)
    bobs_place.refresh_from_db()
    assert bobs_place.role == "member"


def test_who_was_removed_meanwhile_decides_nothing(
    acme: Organization, alices_place: Membership, bobs_place: Membership
) -> None:
    dora = make_member(acme, make_person("Dora"), "admin")
    Membership.objects.filter(pk=dora.pk).delete()
    dora.pk = 0  # as a request that began earlier still has it
    with pytest.raises(Forbidden):
        change(acme, bobs_place, "admin", dora)


def test_the_last_owner_neither_leaves_nor_steps_down(
    acme: Organization, alices_place: Membership
) -> None:
    with pytest.raises(LastOwner):
        change(acme, alices_place, "member", alices_place)
    with pytest.raises(LastOwner):
        remove(acme, alices_place, alices_place)
    alices_place.refresh_from_db()
    assert alices_place.role == "owner"
    assert AuditEntry.objects.count() == 0


def test_an_owner_leaves_when_another_stays(
    acme: Organization, alices_place: Membership, bobs_place: Membership
) -> None:
    change(acme, bobs_place, "owner", alices_place)
    remove(acme, alices_place, alices_place)
    assert [member.name for member in queries.list_members(organization=acme)] == ["Bob"]
