"""Staff look at a customer's portal: with a reason, for half an hour, and without touching."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import InternalError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import ApiKey, AuditEntry, Membership, Organization, StaffVisit, User
from billing.models import Agreement
from portal import looking
from tests.factories.accounts import make_organization, make_person
from tests.factories.oauth import RETURN_TO, make_app

from .conftest import NOW, Clock, SignIn
from .reading import text_of

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def stella(db: None) -> User:
    """Of the staff, and allowed to look."""
    stella = make_person("Stella", email="stella@tallybook.example", is_staff=True)
    stella.user_permissions.add(Permission.objects.get(codename="add_staffvisit"))
    return stella


@pytest.fixture
def visitor(stella: User, acme: Organization, agreement: Agreement, sign_in: SignIn) -> Client:
    """A browser in which Stella looks at Acme."""
    browser = sign_in(stella)
    answer = visit(browser, acme)
    assert answer["location"] == "/overview/"
    return browser


def door(organization: Organization) -> str:
    """Where a visit begins."""
    return reverse("admin:accounts_organization_view_as_customer", args=[organization.pk])


def visit(browser: Client, organization: Organization, role: str = "owner") -> Any:
    """Begin a visit."""
    return browser.post(door(organization), {"role": role, "reason": "Ticket 17"})


def test_the_portal_is_seen_as_an_owner_sees_it(visitor: Client) -> None:
    page = visitor.get("/plan/")
    assert page.status_code == 200
    content = page.content.decode()
    assert "Stella looks at Acme." in content
    assert "As Owner sees it; nothing can be changed." in content
    assert "20 Sep 2026, 12:30 UTC" in content
    assert 'action="/visits/end/"' in content


def test_other_roles_see_less(
    stella: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    browser = sign_in(stella)
    visit(browser, acme, "member")
    assert browser.get("/usage/").status_code == 200
    refused = browser.get("/plan/")
    assert refused.status_code == 403
    assert "Alice" in text_of(refused)


def test_who_looked_when_and_why_is_the_customers_to_read(
    visitor: Client, stella: User, acme: Organization, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=5))
    assert visitor.post("/visits/end/")["location"] == "/admin/"
    seen = StaffVisit.objects.get()
    entries = AuditEntry.objects.filter(organization=acme, action__startswith="staff_visit")
    assert [
        (entry.action, entry.user, entry.actor, entry.reason, entry.target, entry.changes)
        for entry in entries.order_by("pk")
    ] == [
        (
            "staff_visit.started",
            stella,
            stella.email,
            "Ticket 17",
            seen.public_id,
            {"role": "owner", "until": "2026-09-20T12:30:00+00:00"},
        ),
        ("staff_visit.ended", stella, stella.email, "", seen.public_id, {}),
    ]
    assert (seen.started_at, seen.ended_at) == (NOW, NOW + timedelta(minutes=5))


def test_the_end_leads_back_to_the_staffs_own_pages(visitor: Client) -> None:
    visitor.post("/visits/end/")
    assert visitor.get("/overview/")["location"] == "/start/"
    assert visitor.get("/admin/").status_code == 200
    assert visitor.post("/visits/end/").status_code == 302
    assert AuditEntry.objects.filter(action="staff_visit.ended").count() == 1


@pytest.mark.parametrize(
    "form", [{"role": "owner", "reason": "  "}, {"role": "king", "reason": "x"}]
)
def test_a_reason_and_a_role_are_needed(
    stella: User, acme: Organization, sign_in: SignIn, form: dict[str, str]
) -> None:
    assert sign_in(stella).post(door(acme), form).status_code == 200
    assert not StaffVisit.objects.exists()


def test_without_the_permission_there_is_no_way_in(
    stella: User, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    stella.user_permissions.set([Permission.objects.get(codename="view_organization")])
    browser = sign_in(stella)
    change = reverse("admin:accounts_organization_change", args=[acme.pk])
    assert b"View as customer" not in browser.get(change).content
    assert browser.get(door(acme)).status_code == 403
    assert visit(browser, acme).status_code == 403
    assert visit(sign_in(alice), acme).status_code == 302
    assert not StaffVisit.objects.exists()


def test_the_button_is_on_the_organizations_page(
    stella: User, acme: Organization, sign_in: SignIn
) -> None:
    stella.user_permissions.add(Permission.objects.get(codename="view_organization"))
    page = sign_in(stella).get(reverse("admin:accounts_organization_change", args=[acme.pk]))
    assert f'href="{door(acme)}"'.encode() in page.content


def test_a_closed_organization_is_not_visited(
    stella: User, acme: Organization, sign_in: SignIn
) -> None:
    Organization.objects.filter(pk=acme.pk).update(closed_at=NOW)
    assert visit(sign_in(stella), acme).status_code == 404


WRITES = [
    ("/settings/", {"name": "Mallory", "time_zone": "UTC"}),
    ("/limits/levels/", {"what": "percent:ai_credits", "level": "70"}),
    ("/members/invite/", {"email": "mallory@evil.example", "role": "owner"}),
    ("/developers/explorer/", {}),
    ("/developers/keys/issue/", {"name": "Key", "expires": "30", "scopes": ["usage:write"]}),
    ("/plan/cancel/", {}),
    ("/payment/change/", {}),
    ("/organizations/switch/", {"organization": "org_1"}),
    ("/settings/personal/", {"name": "Mallory"}),
    ("/account/email/", {"email": "mallory@evil.example", "action_add": ""}),
    ("/account/password/change/", {}),
    ("/account/2fa/totp/activate/", {"code": "000000"}),
    ("/oauth2/auth", {"action": "grant"}),
    ("/start/", {"name": "New"}),
]


@pytest.mark.parametrize(("address", "form"), WRITES)
def test_nothing_is_changed(visitor: Client, address: str, form: dict[str, str]) -> None:
    before = AuditEntry.objects.count()
    refused = visitor.post(address, form)
    assert refused.status_code == 403
    assert "Not during a visit" in text_of(refused)
    assert AuditEntry.objects.count() == before
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "MERGE"])
def test_methods_that_nobody_thought_of_change_nothing_either(visitor: Client, method: str) -> None:
    assert visitor.generic(method, "/settings/").status_code == 403


def test_staff_sign_in_to_no_app_meanwhile(visitor: Client) -> None:
    asked = {
        "client_id": make_app().app.public_id,
        "redirect_uri": RETURN_TO,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    assert visitor.get("/oauth2/auth", asked).status_code == 403


def test_their_own_pages_stay_open(visitor: Client, stella: User, acme: Organization) -> None:
    stella.user_permissions.add(Permission.objects.get(codename="change_organization"))
    change = reverse("admin:accounts_organization_change", args=[acme.pk])
    saved = visitor.post(change, {"name": "Acme Ltd", "time_zone": "UTC", "billing_email": ""})
    assert saved.status_code in {200, 302}
    assert visitor.get("/account/email/").status_code == 200


def test_signing_out_ends_it(visitor: Client) -> None:
    assert visitor.post("/account/logout/").status_code == 302
    assert "/account/login/" in visitor.get("/overview/")["location"]


def test_it_is_over_after_half_an_hour(visitor: Client, clock: Clock) -> None:
    clock.move_to(NOW + HALF_AN_HOUR - timedelta(microseconds=1))
    assert visitor.get("/usage/").status_code == 200
    clock.move_to(NOW + HALF_AN_HOUR)
    over = visitor.get("/usage/")
    assert (over.status_code, "The visit is over" in text_of(over)) == (403, True)
    assert visitor.get("/usage/")["location"] == "/start/"


def test_what_was_meant_for_the_customer_never_reaches_the_staffs_own_organization(
    stella: User, acme: Organization, agreement: Agreement, sign_in: SignIn, clock: Clock
) -> None:
    own = make_organization("Own", owner=stella)
    browser = sign_in(stella)
    visit(browser, acme)
    clock.move_to(NOW + HALF_AN_HOUR)
    late = browser.post("/settings/", {"name": "Mallory", "time_zone": "UTC"})
    assert (late.status_code, "was not done" in text_of(late)) == (403, True)
    own.refresh_from_db()
    assert own.name == "Own"


def lose_the_permission(stella: User, acme: Organization) -> None:
    stella.user_permissions.clear()


def leave_the_staff(stella: User, acme: Organization) -> None:
    User.objects.filter(pk=stella.pk).update(is_staff=False)


def close_the_organization(stella: User, acme: Organization) -> None:
    Organization.objects.filter(pk=acme.pk).update(closed_at=NOW)


@pytest.mark.parametrize("happen", [lose_the_permission, leave_the_staff, close_the_organization])
def test_it_is_over_at_once_when(
    visitor: Client,
    stella: User,
    acme: Organization,
    happen: Callable[[User, Organization], None],
) -> None:
    assert visitor.get("/usage/").status_code == 200
    happen(stella, acme)
    assert visitor.get("/usage/").status_code == 403
    assert b"Acme" not in visitor.get("/usage/", follow=True).content


def test_a_visit_is_of_the_one_who_began_it(
    visitor: Client, acme: Organization, sign_in: SignIn
) -> None:
    other = make_person("Otto", is_staff=True, is_superuser=True)
    browser = sign_in(other)
    session = browser.session
    session["staff_visit"] = StaffVisit.objects.get().public_id
    session.save()
    assert browser.get("/usage/").status_code == 403
    browser.post("/visits/end/")
    assert StaffVisit.objects.get().ended_at is None


def test_nobody_becomes_a_member_by_looking(visitor: Client, stella: User) -> None:
    visitor.get("/members/")
    assert not Membership.objects.filter(user=stella).exists()
    assert b"stella@" not in visitor.get("/members/").content.split(b"<main")[1]


def test_the_shell_leads_nowhere_else(visitor: Client, alice: User, sign_in: SignIn) -> None:
    seen, own = visitor.get("/usage/"), sign_in(alice).get("/usage/").content
    assert seen.status_code == 200
    for place in (b'"/organizations/"', b'"/settings/personal/"'):
        assert place in own
        assert place not in seen.content
    for place in (b"/organizations/switch/", b'"/start/"'):
        assert place not in seen.content


@pytest.fixture
def request_of_stella(visitor: Client, stella: User, rf: RequestFactory) -> Any:
    """A request for a page during her visit."""
    request: Any = rf.get("/usage/")
    request.user, request.session = stella, visitor.session
    request.COOKIES["tallybook_session"] = "present"
    request.resolver_match = None
    request._messages = []
    return request


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("a,b", content_type="text/csv"),
        HttpResponse("{}", content_type="application/json"),
        HttpResponse("%PDF", headers={"Content-Disposition": "attachment"}),
        StreamingHttpResponse(iter(["a"])),
        HttpResponse(status=302, headers={"Location": "https://pay.example/"}),
        HttpResponse(status=302, headers={"Location": "//pay.example/"}),
    ],
)
def test_files_and_ways_out_of_the_house_are_not_handed_over(
    request_of_stella: Any, response: HttpResponse
) -> None:
    assert looking.look_only(request_of_stella, lambda: response).status_code == 403


def test_pages_and_ways_to_other_pages_are(request_of_stella: Any) -> None:
    page = HttpResponse("seen")
    way = HttpResponse(status=302, headers={"Location": "/plan/"})
    assert looking.look_only(request_of_stella, lambda: page) is page
    assert looking.look_only(request_of_stella, lambda: way) is way


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_what_a_page_would_write(
    request_of_stella: Any, acme: Organization
) -> None:
    def rename() -> HttpResponse:
        Organization.objects.filter(pk=acme.pk).update(name="Mallory")
        return HttpResponse("renamed")

    assert looking.look_only(request_of_stella, rename).status_code == 403
    acme.refresh_from_db()
    assert acme.name == "Acme"
    # The connection is as it was.
    Organization.objects.filter(pk=acme.pk).update(name="Acme Ltd")


@pytest.mark.django_db(transaction=True)
def test_other_failures_stay_failures(request_of_stella: Any) -> None:
    def fail() -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'internal_error'; END $$")
        return HttpResponse("done")

    with pytest.raises(InternalError):
        looking.look_only(request_of_stella, fail)
    Organization.objects.update(name="Acme Ltd")


def test_who_is_not_on_a_visit_waits_for_nothing(
    alice: User, agreement: Agreement, sign_in: SignIn
) -> None:
    assert (
        sign_in(alice).post("/members/invite/", {"email": "x@acme.example", "role": "member"})[
            "location"
        ]
        == "/members/"
    )
