"""Members: seen by all, changed by those who manage them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.memberships.operations import invite
from accounts.memberships.tokens import token_of
from accounts.models import Invitation, Membership, Organization, User
from billing.models import Agreement
from tests.factories.accounts import make_member, make_organization, make_person

from .conftest import NOW, SignIn
from .reading import part_of, text_of


def test_lists_people_roles_and_seats(alice: User, agreement: Agreement, sign_in: SignIn) -> None:
    page = sign_in(alice).get("/members/")
    assert "Members 2 of 20 seats in use" in text_of(page)
    assert "Alice you alice@acme.example Owner" in part_of(page, "people-title")


def test_a_member_sees_everybody_and_is_told_who_may_change_something(
    bob: User, agreement: Agreement, sign_in: SignIn
) -> None:
    page = sign_in(bob).get("/members/")
    assert "Your role does not let you invite people or change roles. Ask Alice." in text_of(page)
    assert b'action="/members/invite/"' not in page.content


def test_somebody_is_invited_by_mail(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    answer = client.post("/members/invite/", {"email": "Dana@acme.example", "role": "billing"})
    assert answer["location"] == "/members/"
    invitation = Invitation.objects.get(organization=acme)
    assert (invitation.email, invitation.role) == ("dana@acme.example", Role.BILLING)
    assert "dana@acme.example Billing Alice 27 Sep 2026, 12:00 UTC Take back" in (
        part_of(client.get("/members/"), "invited-title")
    )


@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        ("bob@acme.example", "bob@acme.example already belongs to the organization."),
        ("nobody", "Enter a valid email address."),
    ],
)
def test_a_refusal_is_said_on_the_form(
    alice: User, agreement: Agreement, sign_in: SignIn, email: str, refusal: str
) -> None:
    page = sign_in(alice).post("/members/invite/", {"email": email, "role": "member"})
    assert page.status_code == 200
    assert refusal in text_of(page)


def test_an_admin_is_not_offered_the_role_of_an_owner(
    acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    dana = make_person("Dana")
    make_member(acme, dana, Role.ADMIN)
    client = sign_in(dana)
    assert 'value="owner"' not in client.get("/members/").content.decode()
    page = client.post("/members/invite/", {"email": "e@acme.example", "role": "owner"})
    assert "Select a valid choice." in text_of(page)
    assert not Invitation.objects.exists()


def test_a_role_is_changed(
    alice: User, agreement: Agreement, bobs_place: Membership, sign_in: SignIn
) -> None:
    sign_in(alice).post(f"/members/{bobs_place.public_id}/role/", {"role": "developer"})
    bobs_place.refresh_from_db()
    assert bobs_place.role == Role.DEVELOPER


@pytest.mark.parametrize("path", ["role/", "remove/"])
def test_a_member_of_another_organization_is_not_found(
    alice: User, charlie: User, agreement: Agreement, sign_in: SignIn, path: str
) -> None:
    elsewhere = make_organization("Elsewhere", owner=charlie)
    place = Membership.objects.get(organization=elsewhere)
    answer = sign_in(alice).post(f"/members/{place.public_id}/{path}", {"role": "member"})
    assert answer.status_code == 404
    place.refresh_from_db()
    assert place.role == Role.OWNER


@pytest.mark.parametrize("path", ["/members/invite/", "/members/{place}/role/"])
def test_without_the_permission_nothing_changes_and_the_page_says_who_has_it(
    bob: User, agreement: Agreement, alices_place: Membership, sign_in: SignIn, path: str
) -> None:
    answer = sign_in(bob).post(
        path.format(place=alices_place.public_id), {"email": "x@acme.example", "role": "member"}
    )
    assert answer.status_code == 403
    assert text_of(answer).endswith("Your role does not let you do this. Ask Alice.")
    assert not Invitation.objects.exists()


def test_removing_asks_first(
    alice: User, agreement: Agreement, bobs_place: Membership, sign_in: SignIn
) -> None:
    client, address = sign_in(alice), f"/members/{bobs_place.public_id}/remove/"
    assert "Remove Bob from Acme?" in text_of(client.get(address))
    assert Membership.objects.filter(pk=bobs_place.pk).exists()
    client.post(address)
    assert not Membership.objects.filter(pk=bobs_place.pk).exists()


def test_everybody_may_leave_but_the_last_owner(
    alice: User,
    bob: User,
    agreement: Agreement,
    alices_place: Membership,
    bobs_place: Membership,
    sign_in: SignIn,
) -> None:
    assert sign_in(bob).post(f"/members/{bobs_place.public_id}/remove/")["location"] == "/"
    assert not Membership.objects.filter(pk=bobs_place.pk).exists()
    client = sign_in(alice)
    client.post(f"/members/{alices_place.public_id}/remove/")
    assert "Make somebody else owner first." in text_of(client.get("/members/"))
    assert Membership.objects.filter(pk=alices_place.pk).exists()


def test_bob_cannot_remove_alice(
    bob: User, agreement: Agreement, alices_place: Membership, sign_in: SignIn
) -> None:
    sign_in(bob).post(f"/members/{alices_place.public_id}/remove/")
    assert Membership.objects.filter(pk=alices_place.pk).exists()


def test_an_invitation_is_taken_back(
    alice: User, acme: Organization, alices_place: Membership, agreement: Agreement, sign_in: SignIn
) -> None:
    invitation = _invite(acme, "dana@acme.example", by=alices_place)
    sign_in(alice).post(f"/members/invitations/{invitation.public_id}/revoke/")
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW


def test_an_invited_person_joins(
    acme: Organization,
    alices_place: Membership,
    agreement: Agreement,
    charlie: User,
    sign_in: SignIn,
) -> None:
    invitation = _invite(acme, charlie.email, by=alices_place)
    address = f"/invitations/{token_of(invitation_id=invitation.public_id)}/"
    client = sign_in(charlie)
    assert text_of(client.get(address)).startswith("Join Acme Alice invites you as Member.")
    assert client.post(f"{address}accept/")["location"] == "/overview/"
    assert Membership.objects.get(organization=acme, user=charlie).role == Role.MEMBER
    assert client.get("/overview/").status_code == 200


def test_the_link_alone_is_not_enough(
    acme: Organization, alices_place: Membership, charlie: User, sign_in: SignIn
) -> None:
    invitation = _invite(acme, "dana@acme.example", by=alices_place)
    address = f"/invitations/{token_of(invitation_id=invitation.public_id)}/"
    client = sign_in(charlie)
    assert client.post(f"{address}accept/")["location"] == address
    assert "This invitation is for dana@acme.example." in text_of(client.get(address))
    assert not Membership.objects.filter(user=charlie).exists()


def test_a_visitor_is_shown_the_way_in_and_back(
    client: Client, acme: Organization, alices_place: Membership
) -> None:
    invitation = _invite(acme, "dana@acme.example", by=alices_place)
    token = token_of(invitation_id=invitation.public_id)
    page = client.get(f"/invitations/{token}/").content.decode()
    assert f'href="/account/signup/?next=/invitations/{token}/"' in page


def test_a_dead_link_says_so(client: Client, db: None) -> None:
    page = client.get("/invitations/nonsense/")
    assert page.status_code == 410
    assert "This invitation can no longer be used" in text_of(page)


def _invite(organization: Organization, email: str, *, by: Membership) -> Invitation:
    return invite(
        organization=organization,
        email=email,
        role="member",
        invited_by=by,
        now=datetime(2026, 9, 20, 12, tzinfo=UTC),
    )
