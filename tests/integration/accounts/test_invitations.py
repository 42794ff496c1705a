from datetime import timedelta

import pytest

from accounts.access.permissions import can_hand_out
from accounts.choices import Role
from accounts.memberships import queries
from accounts.memberships.invitations import (
    MOST_OPEN_INVITATIONS,
    AlreadyMember,
    FirstMemberIsOwner,
    InvitationAlreadyOpen,
    InvitationExpired,
    InvitationForAnotherAddress,
    TooManyInvitations,
)
from accounts.memberships.operations import (
    accept_invitation,
    invite,
    invite_for_customer,
    remove_member,
    revoke_invitation,
    revoke_invitation_for_customer,
)
from accounts.memberships.tokens import token_of
from accounts.models import AuditEntry, Invitation, Membership, Organization, User
from accounts.organizations.operations import close_organization
from config.kernel.errors import Forbidden, Invalid, NotFound
from tests.factories.accounts import NOON, TESTER, make_member, make_organization, make_person

WEEK = timedelta(days=7)


def invite_charlie(acme: Organization, by: Membership, role: str = "member") -> Invitation:
    return invite(
        organization=acme, email="charlie@globex.example", role=role, invited_by=by, now=NOON
    )


def secret_of(invitation: Invitation) -> str:
    return token_of(invitation_id=invitation.public_id)


def test_an_invitation_is_open_for_seven_days(acme: Organization, alices_place: Membership) -> None:
    invitation = invite(
        organization=acme,
        email=" Charlie@Globex.example ",
        role="developer",
        invited_by=alices_place,
        now=NOON,
    )

    assert list(queries.list_open_invitations(organization=acme, now=NOON)) == [
        queries.OpenInvitation(
            invitation_id=invitation.public_id,
            email="charlie@globex.example",
            role=Role.DEVELOPER,
            invited_by="Alice",
            expires_at=NOON + WEEK,
            mailed_at=None,
        )
    ]
    token = secret_of(invitation)
    just_before = NOON + WEEK - timedelta(microseconds=1)
    assert queries.find_invitation(token=token, now=just_before) == queries.InvitationOffer(
        organization_name="Acme",
        organization_code=acme.public_id,
        email="charlie@globex.example",
        role=Role.DEVELOPER,
        invited_by="Alice",
        expires_at=NOON + WEEK,
    )
    assert queries.find_invitation(token=token, now=NOON + WEEK) is None
    assert queries.list_open_invitations(organization=acme, now=NOON + WEEK) == []
    entry = AuditEntry.objects.get()
    assert entry.action == "invitation.sent"
    assert entry.actor == "alice@acme.example"
    assert entry.changes == {"email": "charlie@globex.example", "role": "developer"}


def test_only_the_hash_of_the_secret_is_stored(
    acme: Organization, alices_place: Membership
) -> None:
    invitation = invite_charlie(acme, alices_place)
    stored = Invitation.objects.values().get(pk=invitation.pk)
    assert secret_of(invitation) not in repr(stored)


def test_the_invited_person_takes_the_place(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    invitation = invite_charlie(acme, alices_place, "developer")
    later = NOON + timedelta(days=1)

    place = accept_invitation(token=secret_of(invitation), user=charlie, now=later)

    assert Membership.objects.get(organization=acme, user=charlie) == place
    assert place.role == "developer"
    invitation.refresh_from_db()
    assert invitation.accepted_at == later
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert (entry.actor, entry.user, entry.occurred_at) == (charlie.email, charlie, later)
    assert queries.find_invitation(token=secret_of(invitation), now=later) is None


def test_accepting_twice_gives_the_same_place(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    token = secret_of(invite_charlie(acme, alices_place))
    first = accept_invitation(token=token, user=charlie, now=NOON)
    assert accept_invitation(token=token, user=charlie, now=NOON + WEEK) == first
    assert AuditEntry.objects.filter(action="invitation.accepted").count() == 1


def test_an_accepted_invitation_does_not_bring_a_removed_person_back(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    token = secret_of(invite_charlie(acme, alices_place))
    place = accept_invitation(token=token, user=charlie, now=NOON)
    remove_member(
        organization=acme, membership_id=place.public_id, removed_by=alices_place, now=NOON
    )
    with pytest.raises(NotFound):
        accept_invitation(token=token, user=charlie, now=NOON)
    assert queries.find_membership(organization=acme, user=charlie) is None


def test_a_forwarded_link_is_worth_nothing(
    acme: Organization, alices_place: Membership, globex: Organization
) -> None:
    invitation = invite_charlie(acme, alices_place)
    dora = make_person("Dora", email="dora@globex.example")
    with pytest.raises(InvitationForAnotherAddress, match=r"charlie@globex\.example"):
        accept_invitation(token=secret_of(invitation), user=dora, now=NOON)
    assert queries.count_members(organization=acme) == 2


def test_an_address_that_was_not_verified_is_worth_nothing(
    acme: Organization, alices_place: Membership
) -> None:
    invitation = invite_charlie(acme, alices_place)
    impostor = make_person("Charlie", email="charlie@globex.example", is_verified=False)
    with pytest.raises(InvitationForAnotherAddress):
        accept_invitation(token=secret_of(invitation), user=impostor, now=NOON)
    assert queries.count_members(organization=acme) == 2


@pytest.mark.usefixtures("acme")
def test_an_unknown_link_is_not_found(charlie: User) -> None:
    with pytest.raises(NotFound):
        accept_invitation(token="made up", user=charlie, now=NOON)
    assert queries.find_invitation(token="made up", now=NOON) is None


def test_an_expired_invitation_is_refused(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    token = secret_of(invite_charlie(acme, alices_place))
    with pytest.raises(InvitationExpired):
        accept_invitation(token=token, user=charlie, now=NOON + WEEK)
    assert queries.find_membership(organization=acme, user=charlie) is None


def test_who_belongs_already_cannot_accept(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    token = secret_of(invite_charlie(acme, alices_place, "admin"))
    make_member(acme, charlie)
    with pytest.raises(AlreadyMember):
        accept_invitation(token=token, user=charlie, now=NOON)
    assert Membership.objects.get(organization=acme, user=charlie).role == "member"


def test_an_invitation_to_a_closed_organization_is_not_found(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    token = secret_of(invite_charlie(acme, alices_place))
    close_organization(organization=acme, actor=TESTER, now=NOON)
    with pytest.raises(NotFound):
        accept_invitation(token=token, user=charlie, now=NOON)
    assert queries.find_invitation(token=token, now=NOON) is None
    with pytest.raises(Forbidden):
        invite(
            organization=acme,
            email="d@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("held", list(Role))
def test_nobody_invites_to_a_role_above_their_own(
    acme: Organization, bobs_place: Membership, held: Role, role: Role
) -> None:
    bobs_place.role = held
    bobs_place.save()
    if can_hand_out(role, held=held):
        assert invite_charlie(acme, bobs_place, role).role == role
        return
    with pytest.raises(Forbidden):
        invite_charlie(acme, bobs_place, role)
    assert Invitation.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_a_role_held_no_more_is_worth_nothing(acme: Organization, bobs_place: Membership) -> None:
    Membership.objects.filter(pk=bobs_place.pk).update(role="member")
    bobs_place.role = "owner"  # as a request that began earlier still has it
    with pytest.raises(Forbidden):
        invite_charlie(acme, bobs_place)


def test_an_owner_elsewhere_invites_nobody_here(
    acme: Organization, charlies_place: Membership
) -> None:
    with pytest.raises(Forbidden):
        invite_charlie(acme, charlies_place)
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "role"), [("nobody", "member"), ("", "member"), ("d@globex.example", "janitor")]
)
def test_an_unusable_address_or_role_is_refused(
    acme: Organization, alices_place: Membership, email: str, role: str
) -> None:
    with pytest.raises(Invalid):
        invite(organization=acme, email=email, role=role, invited_by=alices_place, now=NOON)


@pytest.mark.usefixtures("bobs_place")
def test_a_member_is_not_invited_again(acme: Organization, alices_place: Membership) -> None:
    with pytest.raises(AlreadyMember):
        invite(
            organization=acme,
            email="BOB@acme.example",
            role="admin",
            invited_by=alices_place,
            now=NOON,
        )


def test_an_address_has_one_open_invitation(acme: Organization, alices_place: Membership) -> None:
    first = invite_charlie(acme, alices_place)
    with pytest.raises(InvitationAlreadyOpen):
        invite(
            organization=acme,
            email="CHARLIE@globex.example",
            role="admin",
            invited_by=alices_place,
            now=NOON + timedelta(days=6),
        )
    assert Invitation.objects.get() == first


def test_an_expired_invitation_is_replaced(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    first = invite_charlie(acme, alices_place)
    second = invite(
        organization=acme,
        email="charlie@globex.example",
        role="admin",
        invited_by=alices_place,
        now=NOON + WEEK,
    )
    first.refresh_from_db()
    assert first.revoked_at == NOON + WEEK
    with pytest.raises(NotFound):
        accept_invitation(token=secret_of(first), user=charlie, now=NOON + WEEK)
    place = accept_invitation(token=secret_of(second), user=charlie, now=NOON + WEEK)
    assert place.role == "admin"


def test_two_organizations_may_invite_one_address(
    acme: Organization, alices_place: Membership, alice: User
) -> None:
    other = make_organization("Initech", owner=alice)
    invite_charlie(acme, alices_place)
    invite_charlie(other, Membership.objects.get(organization=other))
    assert Invitation.objects.filter(email="charlie@globex.example").count() == 2


def test_the_number_of_open_invitations_is_limited(
    acme: Organization, alices_place: Membership
) -> None:
    for number in range(MOST_OPEN_INVITATIONS):
        invite(
            organization=acme,
            email=f"person{number}@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )
    with pytest.raises(TooManyInvitations):
        invite_charlie(acme, alices_place)
    assert Invitation.objects.count() == MOST_OPEN_INVITATIONS


def test_an_invitation_can_be_taken_back(
    acme: Organization, alices_place: Membership, charlie: User
) -> None:
    invitation = invite_charlie(acme, alices_place)
    revoke_invitation(
        organization=acme, invitation_id=invitation.public_id, revoked_by=alices_place, now=NOON
    )
    with pytest.raises(NotFound):
        accept_invitation(token=secret_of(invitation), user=charlie, now=NOON)
    with pytest.raises(NotFound):
        revoke_invitation(
            organization=acme,
            invitation_id=invitation.public_id,
            revoked_by=alices_place,
            now=NOON,
        )
    entry = AuditEntry.objects.get(action="invitation.revoked")
    assert (entry.target, entry.actor) == (invitation.public_id, "alice@acme.example")


def test_strangers_and_members_take_no_invitation_back(
    acme: Organization,
    globex: Organization,
    alices_place: Membership,
    bobs_place: Membership,
    charlies_place: Membership,
) -> None:
    invitation = invite_charlie(acme, alices_place)
    for organization, place, refusal in (
        (acme, bobs_place, Forbidden),
        (acme, charlies_place, Forbidden),
        (globex, charlies_place, NotFound),
    ):
        with pytest.raises(refusal):
            revoke_invitation(
                organization=organization,
                invitation_id=invitation.public_id,
                revoked_by=place,
                now=NOON,
            )
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_staff_invite_the_first_owner(globex: Organization, charlie: User) -> None:
    staff = make_person("Sam", email="sam@tallybook.example", is_staff=True)
    empty = make_organization("Empty")
    with pytest.raises(FirstMemberIsOwner):
        invite_for_customer(
            organization=empty,
            email=charlie.email,
            role="member",
            invited_by=staff,
            actor=TESTER,
            now=NOON,
        )

    invitation = invite_for_customer(
        organization=empty,
        email=charlie.email,
        role="owner",
        invited_by=staff,
        actor=TESTER,
        reason="new customer",
        now=NOON,
    )

    assert AuditEntry.objects.get().reason == "new customer"
    place = accept_invitation(token=secret_of(invitation), user=charlie, now=NOON)
    assert (place.organization, place.role) == (empty, "owner")


def test_staff_take_an_invitation_back(acme: Organization, alices_place: Membership) -> None:
    invitation = invite_charlie(acme, alices_place)
    revoke_invitation_for_customer(
        invitation=invitation, actor=TESTER, reason="wrong address", now=NOON
    )
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOON
    assert AuditEntry.objects.get(action="invitation.revoked").reason == "wrong address"
    with pytest.raises(NotFound):
        revoke_invitation_for_customer(invitation=invitation, actor=TESTER, now=NOON)
