"""Portal links and visits of staff, as the domain keeps them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Membership, Organization, PortalLink, StaffVisit, User
from accounts.tasks import forget_old_portal_links
from accounts.visits.guests import find_guest, forget_old_links
from accounts.visits.links import make_portal_link, open_portal_link
from accounts.visits.staff import end_staff_visit, find_staff_visit, start_staff_visit
from config.kernel.errors import Forbidden, Invalid, NotFound
from config.schedule import BEAT_SCHEDULE
from tests.factories.accounts import NOON, TESTER, make_person

MINUTE = timedelta(minutes=1)


def make_link(membership: Membership, *, life: timedelta = 10 * MINUTE) -> tuple[PortalLink, str]:
    """A link and its secret."""
    made = make_portal_link(membership=membership, page="plan", life=life, actor=TESTER, now=NOON)
    return made.link, made.url.split("/")[-2]


def visit(organization: Organization, user: User) -> StaffVisit:
    """A visit that begins at noon."""
    return start_staff_visit(
        organization=organization,
        user=user,
        role="owner",
        reason=" Ticket 17 ",
        actor=Actor.for_user(user),
        now=NOON,
    )


@pytest.fixture
def stella(db: None) -> User:
    return make_person("Stella", is_staff=True, is_superuser=True)


@pytest.mark.parametrize(
    "life", [MINUTE - timedelta(microseconds=1), 10 * MINUTE + timedelta(microseconds=1)]
)
def test_a_link_lives_for_a_minute_to_ten(bobs_place: Membership, life: timedelta) -> None:
    with pytest.raises(Invalid, match="60 to 600 seconds"):
        make_link(bobs_place, life=life)


def test_no_link_is_made_for_somebody_who_left(bobs_place: Membership) -> None:
    left = Membership.objects.get(pk=bobs_place.pk)
    bobs_place.delete()
    with pytest.raises(NotFound):
        make_link(left)


def test_a_link_that_nobody_opened_lets_nobody_in(bobs_place: Membership) -> None:
    link, token = make_link(bobs_place)
    assert find_guest(link_id=link.public_id, now=NOON) is None
    open_portal_link(token=token, now=NOON)
    guest = find_guest(link_id=link.public_id, now=NOON)
    assert guest is not None
    assert (guest.membership, guest.ends_at, guest.return_url) == (
        bobs_place,
        NOON + 60 * MINUTE,
        "",
    )


def test_a_link_is_not_opened_before_it_was_made(bobs_place: Membership) -> None:
    _, token = make_link(bobs_place)
    with pytest.raises(Exception, match="used before or has expired"):
        open_portal_link(token=token, now=NOON - timedelta(microseconds=1))


def test_old_links_are_forgotten_and_their_opening_is_not(bobs_place: Membership) -> None:
    link, token = make_link(bobs_place)
    open_portal_link(token=token, now=NOON)
    forgotten_at = link.expires_at + timedelta(days=30)
    assert forget_old_links(now=forgotten_at) == 0
    assert forget_old_links(now=forgotten_at + timedelta(microseconds=1)) == 1
    assert AuditEntry.objects.get(action="portal_link.opened").target == link.public_id


def test_they_are_forgotten_by_the_clock(bobs_place: Membership) -> None:
    make_link(bobs_place)
    forget_old_portal_links()
    assert not PortalLink.objects.exists()
    assert "accounts.forget_old_portal_links" in {entry["task"] for entry in BEAT_SCHEDULE.values()}


def test_a_visit_takes_the_permission(acme: Organization, alice: User) -> None:
    with pytest.raises(Forbidden):
        visit(acme, alice)
    assert not StaffVisit.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_a_visit_takes_a_reason(acme: Organization, stella: User, reason: str) -> None:
    with pytest.raises(Invalid):
        start_staff_visit(
            organization=acme, user=stella, role="owner", reason=reason, actor=TESTER, now=NOON
        )


def test_a_visit_is_found_until_it_ends(acme: Organization, stella: User, alice: User) -> None:
    seen = visit(acme, stella)
    last = seen.ends_at - timedelta(microseconds=1)
    assert seen.reason == "Ticket 17"
    assert find_staff_visit(visit_id=seen.public_id, user=stella, now=last) == seen
    assert find_staff_visit(visit_id=seen.public_id, user=stella, now=seen.ends_at) is None
    assert find_staff_visit(visit_id=seen.public_id, user=alice, now=last) is None


def test_a_visit_ends_once_and_by_nobody_else(
    acme: Organization, stella: User, alice: User
) -> None:
    seen = visit(acme, stella)
    for user, minute in ((alice, 1), (stella, 2), (stella, 3)):
        end_staff_visit(
            visit_id=seen.public_id, user=user, actor=TESTER, now=NOON + minute * MINUTE
        )
    seen.refresh_from_db()
    assert seen.ended_at == NOON + 2 * MINUTE
    assert AuditEntry.objects.filter(action="staff_visit.ended").count() == 1


def test_who_looked_and_why_is_not_rewritten(acme: Organization, stella: User) -> None:
    visit(acme, stella)
    for change in ({"reason": "other"}, {"role": "member"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffVisit.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffVisit.objects.all()._raw_delete("default")
