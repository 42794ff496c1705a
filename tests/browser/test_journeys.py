"""What people come to do, clicked through."""

import re
from collections.abc import Callable

from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect

from accounts.choices import Role
from accounts.models import Membership, Organization
from tests.factories.accounts import PASSWORD

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]


def test_a_visitor_becomes_a_customer(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser(timezone_id="Europe/Lisbon").new_page()
    heard = complaints(page)
    page.goto("/")
    page.get_by_role("link", name=re.compile("Yearly")).click()
    page.get_by_role("link", name="Start with Professional").click()

    page.get_by_label("Your name").fill("Peter Gibbons")
    page.get_by_label("Organization").fill("Initech")
    page.get_by_label("Email").fill("peter@initech.example")
    page.get_by_label("Password").fill("a long enough pass phrase")
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    code = re.search(r"^\s*([0-9A-Z]{3,}-?[0-9A-Z]{3,})\s*$", str(mail.outbox[-1].body), re.M)
    assert code is not None, mail.outbox[-1].body
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_role("radio", name=re.compile("Professional"))).to_be_checked()
    expect(page.get_by_role("radio", name="Yearly")).to_be_checked()
    expect(page.get_by_label("Organization name")).to_have_value("Initech")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")
    page.get_by_role("button", name="Create organization").click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("Billing is not connected.")).to_be_visible()
    balance = page.get_by_role("region", name="AI credits: used and left")
    expect(balance).to_contain_text("5,000 credits left")
    expect(page.get_by_role("region", name="Next invoice")).to_contain_text("$2,990.00 USD")
    assert Organization.objects.get(name="Initech").time_zone == "Europe/Lisbon"
    assert heard == []


def test_an_owner_invites_and_the_invited_person_joins(
    world: World, open_browser: OpenBrowser
) -> None:
    page = open_browser().new_page()
    page.goto(f"/invitations/{world.invitation}/")
    page.get_by_role("link", name="Sign in to accept").click()
    page.get_by_label("Email").fill(world.charlie.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Accept invitation").click()
    expect(page.get_by_text("Welcome to Acme.")).to_be_visible()
    expect(page.get_by_text("Your role does not let you see invoices")).to_be_visible()

    owner = open_browser().new_page()
    sign_in(owner, world.alice)
    owner.get_by_role("link", name="Members").click()
    owner.get_by_label("Role of Charlie").select_option("developer")
    expect(owner.get_by_text("The role is changed.")).to_be_visible()
    assert Membership.objects.get(user=world.charlie).role == Role.DEVELOPER
    owner.get_by_role("link", name="Remove Charlie").click()
    owner.get_by_role("button", name="Remove").click()
    expect(owner.get_by_text("Charlie is no longer a member.")).to_be_visible()


def test_everything_works_without_javascript(world: World, open_browser: OpenBrowser) -> None:
    page = open_browser(width=390, java_script_enabled=False).new_page()
    page.goto("/pricing/")
    page.get_by_role("link", name=re.compile("Yearly")).click()
    expect(page.get_by_role("article").get_by_text("$2,990", exact=True)).to_be_visible()
    page.get_by_label("How many credits a month?").fill("7200")
    page.get_by_role("button", name="Calculate").click()
    expect(page.get_by_text("$563.00")).to_be_visible()

    sign_in(page, world.alice)
    _open_menu(page)
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Role of Bob").select_option("admin")
    page.get_by_role("button", name="Save").click()
    assert Membership.objects.get(user=world.bob).role == Role.ADMIN
    _open_menu(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign up")).to_be_visible()


def test_an_id_is_copied(world: World, open_browser: OpenBrowser) -> None:
    context = open_browser()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in(page, world.alice)
    page.goto("/settings/")
    page.get_by_role("button", name="Copy the organization id").click()
    assert page.evaluate("navigator.clipboard.readText()") == world.acme.code


def _open_menu(page: Page) -> None:
    page.get_by_text("Menu", exact=True).click()
