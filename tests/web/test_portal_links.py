"""One-time links: what they open, for whom, for how long, and what stays shut."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.audit.actor import Actor
from accounts.choices import Role
from accounts.models import AuditEntry, Membership, Organization, PortalLink, User
from accounts.visits.links import make_portal_link
from billing.models import Agreement
from config.logs import without_secrets
from portal.portal_pages import PAGES
from tests.factories.accounts import make_member, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.oauth import RETURN_TO, make_app
from tests.support.statements import at_most

from .conftest import NOW, Clock, SignIn
from .reading import text_of

KEY = Actor("API key key_1")
APP = "https://app.example"
BACK = f"{APP}/settings?tab=billing"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_apps(settings: Settings) -> None:
    settings.PORTAL_RETURN_URLS = [APP]


@pytest.fixture
def path(bobs_place: Membership, agreement: Agreement) -> str:
    """Of a link for Bob, who came from the app."""
    return path_of(bobs_place, return_url=BACK)


def path_of(membership: Membership, *, page: str = "usage", return_url: str = "") -> str:
    """The path of a new link."""
    made = make_portal_link(
        membership=membership, page=page, return_url=return_url, actor=KEY, now=NOW
    )
    return made.url.removeprefix("http://127.0.0.1:8000")


def enter(path: str, client: Client | None = None) -> Client:
    """A browser that went in by a link."""
    browser = client or Client()
    assert browser.post(f"{path}enter/").status_code == 302
    return browser


def test_the_link_says_whose_portal_it_opens_and_for_whom(path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 200
    assert "Go to the portal of Acme" in text_of(page)
    assert "You are Bob bob@acme.example" in text_of(page)
    assert "Valid until 20 Sep 2026, 12:10 UTC" in text_of(page)
    assert "signed out" not in text_of(page)


def test_it_leads_to_the_page_that_it_was_made_for(path: str) -> None:
    answer = Client().post(f"{path}enter/")
    assert (answer.status_code, answer["location"]) == (302, "/usage/")


def test_looking_at_it_spends_nothing(path: str) -> None:
    scanner = Client()
    for ask in (scanner.get, scanner.head, scanner.options, scanner.get):
        ask(path)
    assert not Session.objects.exists()
    assert scanner.get("/usage/").status_code == 302
    assert enter(path).get("/usage/").status_code == 200


def test_it_opens_once(path: str) -> None:
    enter(path)
    replayed = Client()
    assert replayed.post(f"{path}enter/").status_code == 410
    assert replayed.get(path).status_code == 410
    assert replayed.get("/usage/")["location"] == "/account/login/?next=/usage/"
    assert AuditEntry.objects.filter(action="portal_link.opened").count() == 1


def test_whoever_goes_back_to_it_is_inside_already(path: str) -> None:
    browser = enter(path)
    assert browser.get(path)["location"] == "/overview/"
    assert browser.post(f"{path}enter/")["location"] == "/overview/"


def test_it_expires_after_ten_minutes(path: str, clock: Clock) -> None:
    clock.move_to(NOW + timedelta(minutes=10))
    assert Client().get(path).status_code == 410
    assert Client().post(f"{path}enter/").status_code == 410
    clock.move_to(NOW + timedelta(minutes=10) - timedelta(microseconds=1))
    enter(path)


@pytest.mark.parametrize("token", ["x", "a" * 43, "A" * 5000])
def test_a_link_that_nobody_made_says_no_more_than_a_spent_one(path: str, token: str) -> None:
    enter(path)
    guessed = Client().get(f"/portal-links/{token}/")
    spent = Client().get(path)
    assert (guessed.status_code, text_of(guessed)) == (410, text_of(spent))
    assert Client().post(f"/portal-links/{token}/enter/").status_code == 410


def test_only_its_hash_is_kept(path: str) -> None:
    token = path.split("/")[-2]
    [row] = PortalLink.objects.values()
    assert len(token) == 43
    assert token not in str(row)


def test_no_page_that_follows_is_told_the_address(path: str) -> None:
    page = Client().get(path)
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    token = path.split("/")[-2].encode()
    # Nothing is loaded with it, and no link leads on with it.
    assert re.findall(rb'(?:href|src)="[^"]*' + token, page.content) == []
    assert Client().post(f"{path}enter/")["Referrer-Policy"] == "strict-origin"


def test_it_is_entered_by_a_form_of_our_own_only(path: str) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.get(path)
    assert forged.post(f"{path}enter/").status_code == 403
    assert PortalLink.objects.get().opened_at is None
    page = Client().get(path)
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_the_session_gets_a_new_name_and_knows_the_link_alone(path: str) -> None:
    browser = Client()
    planted: Any = browser.session
    planted["organization"] = "org_planted"
    planted.save()
    browser.cookies["tallybook_session"] = str(planted.session_key)
    enter(path, browser)
    assert browser.session.session_key != planted.session_key
    assert dict(browser.session) == {"portal_link": PortalLink.objects.get().public_id}
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_somebody_elses_link_signs_out_whoever_continues_and_says_so_first(
    path: str, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    page = browser.get(path)
    assert "You are signed in here as alice@acme.example. If you continue" in text_of(page)
    enter(path, browser)
    assert "_auth_user_id" not in browser.session
    assert b"bob@acme.example" in browser.get("/usage/").content


def test_whoever_is_signed_in_as_the_very_person_stays_so(
    bob: User, bobs_place: Membership, agreement: Agreement, sign_in: SignIn
) -> None:
    other = make_organization("Beta", owner=bob)
    browser = sign_in(bob)
    enter(path_of(bobs_place), browser)
    page = browser.get("/usage/")
    assert "_auth_user_id" in browser.session
    assert b"Acme" in page.content
    assert other.name.encode() in page.content


def test_a_guest_sees_one_organization(path: str, bob: User, bobs_place: Membership) -> None:
    beta = make_organization("Beta", owner=bob)
    make_agreement(beta)
    browser = enter(path)
    page = browser.get("/usage/")
    assert b"Beta" not in page.content
    for place in ("/organizations/switch/", "/settings/personal/", "/start/", "/admin/"):
        assert place.encode() not in page.content
    switched = browser.post("/organizations/switch/", {"organization": beta.code})
    assert "/account/login/" in switched["location"]
    assert b"Beta" not in browser.get("/usage/").content


OWN_ACCOUNT = [
    ("portal:personal_settings", "POST", {"name": "Mallory"}),
    ("portal:organizations", "GET", {}),
    ("portal:start", "POST", {"name": "New"}),
    ("account_email", "POST", {"email": "mallory@evil.example", "action_add": ""}),
    ("account_change_password", "POST", {"password1": "x" * 16, "password2": "x" * 16}),
    ("account_reauthenticate", "GET", {}),
    ("mfa_index", "GET", {}),
    ("mfa_activate_totp", "GET", {}),
    ("mfa_generate_recovery_codes", "POST", {}),
    ("mfa_add_webauthn", "GET", {}),
    ("usersessions_list", "GET", {}),
    ("admin:index", "GET", {}),
    ("admin:accounts_organization_changelist", "GET", {}),
]


@pytest.mark.parametrize(("name", "method", "form"), OWN_ACCOUNT)
def test_what_is_the_persons_own_stays_shut(
    path: str, bob: User, name: str, method: str, form: dict[str, str]
) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    browser = enter(path)
    before = User.objects.filter(pk=bob.pk).values().get()
    answer = browser.post(reverse(name), form) if method == "POST" else browser.get(reverse(name))
    assert answer.status_code == 302
    assert "/login/" in answer["location"]
    assert User.objects.filter(pk=bob.pk).values().get() == before


def test_a_guest_signs_in_to_no_app(path: str) -> None:
    cache.clear()
    app = make_app()
    browser = enter(path)
    asked = {
        "client_id": app.app.public_id,
        "redirect_uri": RETURN_TO,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    answer = browser.get("/oauth2/auth", asked)
    assert (answer.status_code, answer["location"].split("?")[0]) == (302, "/account/login/")
    silent = browser.get("/oauth2/auth", asked | {"prompt": "none"})
    assert "error=login_required" in silent["location"]


def test_a_guest_has_the_role_of_the_member(path: str, alices_place: Membership) -> None:
    bobs = enter(path)
    assert bobs.get("/plan/").status_code == 403
    assert bobs.post("/plan/cancel/").status_code == 403
    alices = enter(path_of(alices_place))
    assert alices.get("/plan/").status_code == 200


def test_what_a_guest_does_is_done_by_the_member(
    alices_place: Membership, agreement: Agreement, alice: User
) -> None:
    browser = enter(path_of(alices_place))
    browser.post("/limits/levels/", {"what": "percent:ai_credits", "level": "70"})
    opened = AuditEntry.objects.get(action="portal_link.opened")
    assert (opened.user, opened.changes) == (
        alice,
        {"made_by": "API key key_1", "until": "2026-09-20T13:00:00+00:00"},
    )
    later = AuditEntry.objects.filter(pk__gt=opened.pk)
    assert {(entry.action, entry.user) for entry in later} == {("usage_threshold.set", alice)}


def test_the_session_lasts_an_hour(path: str, clock: Clock) -> None:
    browser = enter(path)
    clock.move_to(NOW + HOUR - timedelta(microseconds=1))
    assert browser.get("/usage/").status_code == 200
    clock.move_to(NOW + HOUR)
    over = browser.get("/usage/")
    assert over.status_code == 403
    assert "Your time here is over" in text_of(over)
    assert browser.get("/usage/")["location"] == "/account/login/?next=/usage/"


def test_whoever_is_removed_is_out_at_once_and_for_good(
    path: str, acme: Organization, bob: User
) -> None:
    browser = enter(path)
    Membership.objects.get(organization=acme, user=bob).delete()
    make_member(acme, bob, Role.MEMBER)
    assert browser.get("/usage/").status_code == 403


def test_whoever_was_removed_does_not_get_in(path: str, acme: Organization, bob: User) -> None:
    Membership.objects.get(organization=acme, user=bob).delete()
    assert Client().post(f"{path}enter/").status_code == 410


def test_a_changed_role_counts_at_once(
    alices_place: Membership, bobs_place: Membership, agreement: Agreement
) -> None:
    bobs_place.role = Role.OWNER
    bobs_place.save()
    browser = enter(path_of(alices_place))
    alices_place.role = Role.MEMBER
    alices_place.save()
    assert browser.get("/plan/").status_code == 403


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["closed", "locked out"])
def test_a_closed_organization_and_a_locked_out_person_are_out(
    path: str, acme: Organization, bob: User, when: str, what: str
) -> None:
    browser = enter(path) if when == "after" else Client()
    if what == "closed":
        Organization.objects.filter(pk=acme.pk).update(closed_at=NOW)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)
    if when == "before":
        assert browser.get(path).status_code == 410
        assert browser.post(f"{path}enter/").status_code == 410
    else:
        assert browser.get("/usage/").status_code == 403


def test_leaving_ends_it_and_shows_the_way_back(path: str) -> None:
    browser = enter(path)
    page = browser.post("/visits/leave/")
    assert f'href="{BACK}" rel="noreferrer"'.encode() in page.content
    assert "Back to app.example" in text_of(page)
    assert "/login/" in browser.get("/usage/")["location"]
    assert browser.post("/visits/leave/")["location"] == "/"


def test_every_page_shows_the_way_back(path: str) -> None:
    page = enter(path).get("/usage/")
    assert page.content.count(f'href="{BACK}" rel="noreferrer"'.encode()) == 2


def test_an_origin_that_is_not_named_any_more_is_not_led_to(path: str, settings: Settings) -> None:
    settings.PORTAL_RETURN_URLS = ["https://other.example"]
    assert b"app.example" not in enter(path).get("/usage/").content


def test_a_guest_may_choose_a_plan_on_the_pricing_page(
    alices_place: Membership, agreement: Agreement
) -> None:
    browser = enter(path_of(alices_place, page="pricing"))
    page = browser.get("/pricing/").content
    assert b"/account/login/" not in page
    chosen = browser.get("/signup/?plan_interest=starter")
    assert chosen["location"].startswith("/plan/change/?plan=starter")


def test_signing_in_beats_the_link(path: str, alice: User) -> None:
    browser = enter(path)
    browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/usage/")
    assert b"alice@acme.example" in page.content
    assert b"app.example" not in page.content


def test_a_guest_costs_no_more_queries_than_whoever_signed_in(
    path: str, bob: User, sign_in: SignIn
) -> None:
    browser = enter(path)
    browser.get("/limits/")
    with at_most(12):
        browser.get("/limits/")


@pytest.mark.parametrize("page", sorted(set(PAGES.values())))
def test_every_page_that_a_link_can_lead_to_is_there(page: str) -> None:
    assert reverse(f"portal:{page}").startswith("/")


def test_the_secret_is_kept_out_of_the_logs(path: str) -> None:
    line = without_secrets(None, "info", {"request": f"GET {path}enter/"})
    assert re.fullmatch(r"GET /portal-links/\*\*\*/enter/", line["request"])
