"""Follow every link of the site, and take a picture of each page once."""

import json
import re
import shutil
import urllib.request
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, urldefrag, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

# Width, height and theme.
Size = tuple[int, int, Literal["light", "dark"]]
SIZES: Final[tuple[Size, ...]] = ((1280, 800, "light"), (390, 844, "dark"))
AT_A_DESK: Final = SIZES[:1]
# What leaves the page, or is none; and where staff change their password: a page of Django, whose
# form has no field for a name, of which Chromium prints a hint.
NOT_FOLLOWED: Final = re.compile(
    r"/(static|media|stripe|oauth2|api/v1|api/schema|jsi18n|admin/jsi18n|admin/r)/|/logout/"
    r"|\.csv|\.zip|/download/|/admin/password_change/"
)
_ID: Final = re.compile(r"/([a-z]+_[0-9a-z]{20,}|\d+)(?=/)")
# Part of the address that names a thing, and not another sort of page.
_THINGS: Final = frozenset(
    {
        *("before", "after", "plan", "pack", "period", "year"),
        *("action", "member", "key", "sort", "status", "currency"),
    }
)
# No page is far from the start: whoever gets here walks in circles.
MOST: Final = 400


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a page."""

    address: str
    what: str

    def __str__(self) -> str:
        return f"{self.address}: {self.what}"


@dataclass
class Walk:
    """A walk through the site by one person."""

    name: str
    base: str
    starts: tuple[str, ...]
    folder: Path
    sizes: tuple[Size, ...] = SIZES
    within: str = "/"
    is_alone: bool = False
    findings: list[Finding] = field(default_factory=list)

    def take(self, page: Page) -> None:
        """Look at each sort of page once, beginning where the walk starts."""
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.extend(self._remote(request.url)))
        waiting, seen = deque(self.starts), {sort_of(start) for start in self.starts}
        while waiting:
            if len(seen) > MOST:
                self.findings.append(Finding(waiting[0], "is one page too many"))
                return
            address = waiting.popleft()
            heard.clear()
            if not self._look(page, address):
                continue
            self.findings += [Finding(address, words) for words in heard]
            if self.is_alone:
                continue
            for link in self._links(page):
                if sort_of(link) not in seen:
                    seen.add(sort_of(link))
                    waiting.append(link)

    def _look(self, page: Page, address: str) -> bool:
        width, height, theme = self.sizes[0]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        answer = page.goto(self.base + address)
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            return False
        if answer.status != 200:
            self.findings.append(Finding(address, f"status {answer.status}"))
        for width, height, theme in self.sizes:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.findings.append(Finding(address, f"wider than {width} px"))
            file = self.folder / self.name / f"{_file_name(address)}.{width}-{theme}.png"
            page.screenshot(path=file, full_page=True)
        return True

    def _links(self, page: Page) -> Iterator[str]:
        every = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"
        for href in page.evaluate(every):
            address = urldefrag(href).url
            if not address.startswith(f"{self.base}{self.within}"):
                continue
            path = address.removeprefix(self.base)
            if self.within != "/":
                path = path.partition("?")[0]
            if not NOT_FOLLOWED.search(path):
                yield path

    def _remote(self, url: str) -> list[str]:
        is_ours = url.startswith((self.base, "data:", "blob:"))
        return [] if is_ours else [f"asks for {url}"]


def sort_of(address: str) -> str:
    """The sort of page: its address without the ids of what it shows."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query)} - _THINGS)
    return _ID.sub("/1", parts.path) + "?" + "&".join(names)


def _file_name(address: str) -> str:
    name = sort_of(address).strip("/?").replace("/?", ".").replace("?", ".")
    return re.sub(r"[^a-z0-9_.=-]+", "-", name.lower()).strip("-") or "home"


def take_pictures(demo: Mapping[str, str], *, folder: Path, only: str) -> list[Finding]:
    """Walk as a visitor, as a customer, through customers in other states, and as staff."""
    base, findings = demo["TALLYBOOK_URL"], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-quic"]
        )
        for walk, person in _walks(base, folder):
            if only and walk.name.split("/")[0] != only:
                continue
            shutil.rmtree(folder / walk.name, ignore_errors=True)
            with _page_of(browser) as page:
                if person:
                    _sign_in(page, base, demo[f"{person}_EMAIL"], demo[f"{person}_PASSWORD"])
                if walk.name.startswith("states/"):
                    _enter(page, demo, walk.name.removeprefix("states/"))
                walk.take(page)
            findings += walk.findings
        browser.close()
    return findings


# Customers in other states, and who looks: on trial, overdue, at an old price, by the year.
STATES: Final = {
    "kestrel": "ola@kestrel.example",
    "fernhill": "ruth@fernhill.example",
    "juniper": "maeve@juniper.example",
    "eastgate": "jonas@eastgate.example",
}


def _walks(base: str, folder: Path) -> Iterator[tuple[Walk, str]]:
    yield Walk("visitor", base, ("/pricing/", "/account/login/"), folder), ""
    yield Walk("customer", base, ("/overview/",), folder), "OWNER"
    pages = ("/overview/", "/usage/", "/credits/", "/plan/", "/invoices/", "/limits/")
    for state in STATES:
        yield Walk(f"states/{state}", base, pages, folder, is_alone=True), ""
    yield Walk("staff", base, ("/admin/",), folder, sizes=AT_A_DESK, within="/admin/"), "STAFF"


@contextmanager
def _page_of(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _sign_in(page: Page, base: str, email: str, password: str) -> None:
    page.goto(f"{base}/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def _enter(page: Page, demo: Mapping[str, str], customer: str) -> None:
    """Look at a customer as one of its people, by a link that the company's app asks for."""
    wanted = {"organization": customer, "member": STATES[customer], "subnav": "overview"}
    request = urllib.request.Request(
        f"{demo['TALLYBOOK_URL']}/api/v1/portal-links",
        json.dumps(wanted).encode(),
        {
            "Authorization": f"Bearer {demo['PLATFORM_API_KEY']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        page.goto(json.load(answer)["url"])
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/overview/")
