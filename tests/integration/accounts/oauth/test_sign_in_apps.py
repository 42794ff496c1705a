"""Staff register the apps to which people sign in; every deed stands in the audit log."""

import pytest
from allauth.idp.oidc.models import Client
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, Organization, SignInApp, User
from accounts.oauth.people import find_sign_in_app
from accounts.oauth.redirects import clean_redirect_uris, origin_of
from accounts.oauth.sign_in_apps import (
    SignInAppRemoved,
    change_sign_in_app,
    remove_sign_in_app,
    renew_secret,
)
from config.kernel.errors import Invalid
from tests.factories.accounts import NOON, TESTER, make_organization, make_person
from tests.factories.oauth import RETURN_TO, make_app

pytestmark = pytest.mark.django_db

CHANGED = "https://app.example/back"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/signed-in",
        "https://app.example:8443/a?b=c",
        "http://127.0.0.1:9099/signed-in",
        "http://localhost/",
        "http://[::1]:3000/",
    ],
)
def test_addresses_that_apps_may_have(uri: str) -> None:
    for is_public in (True, False):
        assert clean_redirect_uris([f" {uri} ", uri, ""], is_public=is_public) == [uri]


def test_only_a_public_app_has_a_scheme_of_its_own() -> None:
    uri = "com.example.app:/signed-in"
    assert clean_redirect_uris([uri], is_public=True) == [uri]
    with pytest.raises(Invalid):
        clean_redirect_uris([uri], is_public=False)


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/",
        "https://*.app.example/",
        "https://app.example/#here",
        "https://me@app.example/",
        "https://",
        "https://app.example:99999/",
        "https://app.example:0/",
        "https://[::1",
        "https://app.example/\x00",
        "https://app.example/a b",
        "https://bücher.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//app.example/",
        "/signed-in",
        "app.example",
        "https://app.example/" + "x" * 500,
    ],
)
def test_addresses_that_nobody_may_have(uri: str) -> None:
    for is_public in (True, False):
        with pytest.raises(Invalid):
            clean_redirect_uris([uri], is_public=is_public)


def test_an_app_has_one_to_ten_addresses() -> None:
    many = [f"https://app.example/{number}" for number in range(11)]
    assert len(clean_redirect_uris(many[:10], is_public=False)) == 10
    for uris in ([], [" "], many):
        with pytest.raises(Invalid):
            clean_redirect_uris(uris, is_public=False)


def test_the_origin_of_an_address() -> None:
    assert origin_of("https://app.example:8443/a?b") == "https://app.example:8443"
    assert origin_of("com.example.app:/signed-in") == "com.example.app:"


def test_an_app_is_registered_as_a_client_with_a_secret() -> None:
    registered = make_app()
    client = Client.objects.get()
    assert client.pk == registered.app.public_id
    assert client.check_secret(registered.secret)
    assert client.get_grant_types() == ["authorization_code", "refresh_token"]
    assert client.get_redirect_uris() == [RETURN_TO]
    assert client.get_cors_origins() == []
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("sign_in_app.registered", registered.app.public_id)
    assert registered.secret not in str(entry.changes)
    assert registered.secret not in repr(registered)


def test_a_public_app_has_no_secret_and_its_page_may_ask_for_tokens() -> None:
    registered = make_app(is_public=True, redirect_uris=(RETURN_TO, "com.example.app:/x"))
    client = Client.objects.get()
    assert registered.secret == ""
    assert client.type == Client.Type.PUBLIC
    assert not client.check_secret("")
    assert client.get_cors_origins() == ["https://app.example"]
    with pytest.raises(Invalid):
        renew_secret(app=registered.app, actor=TESTER, reason="x", now=NOON)


def test_an_app_is_changed_and_keeps_its_secret() -> None:
    registered = make_app()
    change_sign_in_app(
        app=registered.app, name="Sheets", redirect_uris=[CHANGED], actor=TESTER, now=NOON
    )
    client = Client.objects.get()
    assert (client.name, client.get_redirect_uris()) == ("Sheets", [CHANGED])
    assert client.check_secret(registered.secret)
    entry = AuditEntry.objects.latest("pk")
    assert entry.changes == {
        "name": ["Notes", "Sheets"],
        "redirect_uris": [[RETURN_TO], [CHANGED]],
    }


def test_a_secret_is_renewed_at_once() -> None:
    before = make_app()
    after = renew_secret(app=before.app, actor=TESTER, reason="leaked", now=NOON)
    client = Client.objects.get()
    assert client.check_secret(after.secret)
    assert not client.check_secret(before.secret)


def test_a_removed_app_is_gone_for_ever() -> None:
    app = make_app().app
    remove_sign_in_app(app=app, actor=TESTER, reason="old", now=NOON)
    assert not Client.objects.exists()
    assert find_sign_in_app(client_id=app.public_id) is None
    with pytest.raises(SignInAppRemoved):
        remove_sign_in_app(app=app, actor=TESTER, reason="old", now=NOON)
    with pytest.raises(SignInAppRemoved):
        change_sign_in_app(app=app, name="x", redirect_uris=[CHANGED], actor=TESTER, now=NOON)
    with pytest.raises(SignInAppRemoved):
        renew_secret(app=app, actor=TESTER, reason="x", now=NOON)


def test_nobody_signs_in_to_an_app_of_a_closed_organization() -> None:
    acme = make_organization()
    app = make_app(organization=acme).app
    assert find_sign_in_app(client_id=app.public_id) == app
    Organization.objects.update(closed_at=NOON)
    assert find_sign_in_app(client_id=app.public_id) is None


# --- staff ----------------------------------------------------------------------------------------


@pytest.fixture
def staff(client: Browser) -> Browser:
    client.force_login(
        make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    )
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:accounts_signinapp_{name}", args=args)


def test_staff_register_an_app_and_read_its_secret_once(staff: Browser) -> None:
    assert staff.get(page("add")).status_code == 200
    response = staff.post(page("add"), {"name": "Notes", "redirect_uris": f"{RETURN_TO}\n"})
    app = SignInApp.objects.get()
    secret = response.context["secret"]
    assert f'<code id="client_id">{app.public_id}</code>' in response.content.decode()
    assert f'<code id="secret">{secret}</code>' in response.content.decode()
    assert Client.objects.get().check_secret(secret)
    assert secret not in staff.get(page("change", app.pk)).content.decode()
    assert AuditEntry.objects.get().actor == "sam@tallybook.example"


def test_a_refused_address_is_said_on_the_page(staff: Browser) -> None:
    response = staff.post(page("add"), {"name": "Notes", "redirect_uris": "http://x.example/"})
    assert response.status_code == 200
    assert "http://x.example/ must be an https address" in response.content.decode()
    assert not SignInApp.objects.exists()


def test_staff_change_renew_and_remove(staff: Browser) -> None:
    app = make_app().app
    changed = {"name": "Sheets", "redirect_uris": CHANGED}
    assert staff.post(page("edit", app.pk), changed).status_code == 302
    renewed = staff.post(page("renew_secret", app.pk), {"reason": "leaked"})
    assert Client.objects.get().check_secret(renewed.context["secret"])
    assert staff.post(page("remove", app.pk), {"reason": "old"}).status_code == 302
    assert not Client.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason")) == [
        ("sign_in_app.registered", ""),
        ("sign_in_app.changed", ""),
        ("sign_in_app.secret_renewed", "leaked"),
        ("sign_in_app.removed", "old"),
    ]


@pytest.mark.parametrize(
    ("is_public", "deeds"),
    [(False, ["edit", "renew_secret", "remove"]), (True, ["edit", "remove"])],
)
def test_a_deed_is_asked_about_on_a_page_of_its_own(
    staff: Browser, *, is_public: bool, deeds: list[str]
) -> None:
    app = make_app(is_public=is_public).app
    ways = staff.get(page("change", app.pk)).context["ways"]
    assert [way.address for way in ways] == [page(deed, app.pk) for deed in deeds]
    for way in ways:
        assert staff.get(way.address).context["row"] == app


def test_staff_without_permission_do_nothing(client: Browser) -> None:
    app = make_app().app
    person = make_person("Sue", email="sue@tallybook.example", is_staff=True)
    client.force_login(person)
    addresses = [page("add"), page("changelist"), *(page(n, app.pk) for n in ("edit", "remove"))]
    for address in addresses:
        assert client.get(address).status_code == 403
    User.objects.filter(pk=person.pk).update(is_staff=False)
    assert client.get(page("changelist")).status_code == 302


def test_the_rows_of_the_engine_are_nobodys_to_edit(staff: Browser) -> None:
    assert staff.get("/admin/allauth_idp_oidc/client/").status_code == 404
    assert staff.get("/admin/allauth_idp_oidc/token/").status_code == 404
