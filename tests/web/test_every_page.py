"""What holds on every page: no query in a template, nothing inline or remote, little to load."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client

from accounts.models import User
from tests.factories.catalog import ArticleCatalog

from .conftest import ON_THE_15TH, ReportAction, SignIn

OF_CUSTOMERS = (
    "/overview/",
    "/usage/",
    "/credits/",
    "/limits/",
    "/plan/",
    "/plan/?interval=year",
    "/plan/change/?plan=starter",
    "/plan/cancel/",
    "/invoices/",
    "/members/",
    "/developers/",
    "/developers/keys/",
    "/developers/webhooks/",
    "/developers/explorer/",
    "/settings/",
    "/settings/contacts/",
    "/settings/properties/",
    "/settings/audit/",
    "/settings/export/",
    "/settings/personal/",
    "/settings/notifications/",
    "/organizations/",
    "/start/",
)
OF_PEOPLE = ("/account/email/", "/account/password/change/", "/account/2fa/", "/account/sessions/")
OF_VISITORS = ("/pricing/", "/account/login/", "/account/signup/", "/account/password/reset/")
LIGHT = 100_000


@pytest.fixture
def signed_in(alice: User, use: ReportAction, sign_in: SignIn) -> Client:
    use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
    return sign_in(alice)


@pytest.mark.parametrize("path", OF_CUSTOMERS)
def test_templates_run_no_query(signed_in: Client, no_query_in_templates: None, path: str) -> None:
    assert signed_in.get(path).status_code == 200


def test_templates_of_visitors_run_no_query(
    client: Client, catalog: ArticleCatalog, no_query_in_templates: None
) -> None:
    assert client.get("/pricing/").status_code == 200


@pytest.mark.parametrize("path", OF_CUSTOMERS)
def test_no_browser_keeps_what_a_customer_saw(signed_in: Client, path: str) -> None:
    assert "no-store" in signed_in.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", OF_CUSTOMERS + OF_PEOPLE + OF_VISITORS)
def test_nothing_is_inline_and_nothing_remote(signed_in: Client, client: Client, path: str) -> None:
    html = (client if path in OF_VISITORS else signed_in).get(path).content.decode()
    assert "<style" not in html
    assert not re.search(r"\s(style|on[a-z]+)=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", html)
    assert re.findall(r'\s(?:src|action)="(?:https?:)?//[^"]*', html) == []
    assert re.findall(r'<link[^>]*href="(?:https?:)?//[^"]*', html) == []


@pytest.mark.parametrize("path", OF_CUSTOMERS + OF_VISITORS)
def test_a_page_is_light(signed_in: Client, client: Client, path: str) -> None:
    html = (client if path in OF_VISITORS else signed_in).get(path).content
    files = re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"#]+\.(?:css|js))"', html.decode())
    found = [finders.find(name) for name in files]
    assert files
    weight = len(html) + sum(Path(str(file)).stat().st_size for file in found)
    assert weight < LIGHT, f"{path}: {weight} bytes"


def test_every_template_compiles() -> None:
    folder = settings.PROJECT_FOLDER / "templates"
    for file in sorted(folder.rglob("*.*")):
        get_template(str(file.relative_to(folder)))


@pytest.mark.parametrize("path", ["/nowhere/", "/members/mbr_%00/remove/", "/invitations/%00/"])
def test_what_does_not_exist_has_a_page_of_its_own(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()


def test_a_form_without_its_token_is_explained(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post("/account/login/", {"login": "a", "password": "b"})
    assert page.status_code == 403
    assert "This form has expired" in page.content.decode()


def test_a_failure_has_a_page_that_needs_no_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_anything: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("portal.web.pricing.present_pricing", fail)
    client.raise_request_exception = False
    page = client.get("/pricing/")
    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()
