"""The example app, as its visitors and as Tallybook see it."""

import re
import uuid
from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
from standardwebhooks.webhooks import Webhook

from tests.clients.conftest import WEBHOOK_SECRET, Running
from tests.factories.accounts import PASSWORD

TEXT = "Costs follow usage, and usage no longer follows seats. " * 30


def post(visitor: httpx.Client, path: str, **form: str) -> httpx.Response:
    """Send a form of the app's."""
    token = visitor.cookies["gist_csrf"]
    return visitor.post(path, data={**form, "csrfmiddlewaretoken": token})


def credits_left(page: httpx.Response) -> int:
    [left] = re.findall(r"(\d+) credits left", page.text)
    return int(left)


def test_a_summary_takes_what_was_read_and_a_failed_one_nothing(
    example: httpx.Client,
) -> None:
    before = credits_left(example.get("/"))

    done = post(example, "/summarize", id="a", text=TEXT)
    assert done.status_code == 200
    assert "20 credits" in done.text
    assert credits_left(done) == before - 20
    # A form that is sent again, and a text that ends earlier than it is long.
    assert credits_left(post(example, "/summarize", id="a", text=TEXT)) == before - 20
    shorter = TEXT[:300] + "\nEND" + TEXT
    assert credits_left(post(example, "/summarize", id="b", text=shorter)) == before - 30

    failed = post(example, "/summarize", id="c", text="Too short")
    assert failed.status_code == 422
    assert "Nothing was charged" in failed.text
    assert credits_left(failed) == before - 30


def test_the_button_says_what_it_takes_and_the_meter_what_is_left(
    example: httpx.Client, running: Running
) -> None:
    home = example.get("/").text

    assert (
        '<tallybook-cost action="SUMMARIZE_SHORT" id="cost" quantity="1"><span>'
        "10 credits • &lt;1 % of monthly allowance"
    ) in home
    assert f'src="{running.url}/embed/v1/tallybook.js"' in home
    [used] = re.findall(r'<meter aria-label="AI credits" max="5000" min="0" value="(\d+)">', home)
    assert int(used) == 5000 - credits_left(example.get("/"))

    token = example.get("/tallybook-token").json()["token"]
    shown = {"Authorization": f"Bearer {token}", "Origin": str(example.base_url).rstrip("/")}
    address = f"{running.url}/api/v1/embed/usage"
    usage = httpx.get(address, params={"feature": "ai_credits"}, headers=shown)
    assert usage.json()["used"] == used
    elsewhere = httpx.get(
        address, params={"feature": "ai_credits"}, headers=shown | {"Origin": "https://a.example"}
    )
    assert elsewhere.status_code == 403


def test_a_page_that_the_plan_lacks_opens_with_the_next_request_after_the_upgrade(
    example: httpx.Client, running: Running
) -> None:
    example.get("/")
    post(example, "/become", customer="starling")

    refused = example.get("/insights")
    assert refused.status_code == 403
    assert "Requires Professional plan" in refused.text
    assert f"{running.url}/plan/" in refused.text

    running.installation.call(
        "tests.clients.world:upgrade", external_id="starling", plan="professional"
    )
    assert example.get("/insights").status_code == 200


def test_who_signs_in_with_tallybook_works_for_their_own_organization(
    example: httpx.Client, running: Running
) -> None:
    with httpx.Client(base_url=running.url, timeout=30) as tallybook:
        asked = example.get("/sign-in")
        login = tallybook.get(asked.headers["Location"], follow_redirects=True)
        consent = submit(tallybook, login, login="alice@acme.example", password=PASSWORD)
        back = submit(tallybook, consent, action="grant", follow=False)
    home = example.get(back.headers["Location"], follow_redirects=True)

    assert "Alice, Strict" in home.text
    assert credits_left(home) == 100
    refused = post(example, "/summarize", id="d", text=TEXT * 10)
    assert refused.status_code == 402
    assert "This takes 140 credits, and 100 are left" in refused.text
    # The same answer again, and one that nobody asked for.
    assert example.get(back.headers["Location"]).status_code == 400
    assert example.get("/signed-in", params={"code": "c", "state": ""}).status_code == 400
    post(example, "/sign-out")
    assert "Alice" not in example.get("/").text


def submit(
    browser: httpx.Client, page: httpx.Response, *, follow: bool = True, **typed: str
) -> httpx.Response:
    """Fill in the form of a page and send it."""
    form = FormReader()
    form.feed(page.text)
    address = page.url.join(form.action or str(page.url))
    return browser.post(
        address,
        data={**form.hidden, **typed},
        headers={"Origin": str(page.url.copy_with(raw_path=b"/"))[:-1], "Referer": str(page.url)},
        follow_redirects=follow,
    )


class FormReader(HTMLParser):
    """The first form with a password or an action to choose: where it goes and what it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, list[str]] = {}
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("class") == "form":
            self._is_inside, self.action = True, given.get("action") or ""
        elif tag == "input" and self._is_inside and given.get("type") == "hidden":
            self.hidden.setdefault(str(given["name"]), []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False


def test_a_webhook_is_kept_once_and_only_if_it_is_ours(example: httpx.Client) -> None:
    identity = uuid.uuid4().hex
    at = datetime.now(UTC)
    body = (
        '{"type": "usage.limit_reached", "timestamp": "2026-11-22T18:24:28Z",'
        ' "data": {"organization": {"id": "org_1", "external_id": "northwind"}}}'
    )
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(WEBHOOK_SECRET).sign(identity, at, body),
    }
    for _ in range(2):
        assert example.post("/webhooks", content=body, headers=headers).status_code == 204
    forged = example.post("/webhooks", content=body + " ", headers=headers)

    assert forged.status_code == 400
    assert example.get("/").text.count("usage.limit_reached") == 1
