"""What a page answers, and who may post to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from billing.sandbox import routing
from billing.sandbox.call import Answer, Tools, Visit
from billing.sandbox.errors import StripeError
from billing.sandbox.origins import is_own
from billing.sandbox.pages.html import Markup, join, tag
from billing.sandbox.pages.layout import document, notice, origin

FORMS_LEAD_HERE_ONLY: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """An HTML page. `leads_to` are addresses elsewhere that its forms may end at."""

    title: str
    body: Markup
    status: int = 200
    leads_to: tuple[str, ...] = FORMS_LEAD_HERE_ONLY
    is_wide: bool = False


@dataclass(frozen=True)
class Redirect:
    """Go there with a GET."""

    url: str


@dataclass(frozen=True)
class File:
    """Something that is not HTML."""

    content_type: str
    body: bytes
    name: str | None = None


Reply: TypeAlias = Page | Redirect | File
View: TypeAlias = Callable[[Visit], Reply]


def page(method: str, path: str) -> Callable[[View], View]:
    """
    The function answers this address. A post from another site is turned away.

    What Stripe would refuse becomes a page that says so, and nothing is changed by it.
    """

    def register(view: View) -> View:
        def visited(visit: Visit) -> Answer:
            if method == "POST" and not is_own(visit.headers):
                return answer(_refusal(403, "This form was not sent from a page of the sandbox."))
            try:
                with attempt(visit.tools):
                    return answer(view(visit))
            except StripeError as error:
                return answer(_refusal(error.status, str(error)))

        routing.page(method, path)(visited)
        return view

    return register


@contextmanager
def attempt(tools: Tools) -> Iterator[None]:
    """Undo what was changed inside if Stripe would refuse it, but for a failed payment's traces."""
    connection = tools.store.connection
    connection.execute("SAVEPOINT attempt")
    try:
        yield
    except StripeError as error:
        if not error.effect_kept:
            connection.execute("ROLLBACK TO attempt")
        connection.execute("RELEASE attempt")
        raise
    connection.execute("RELEASE attempt")


def answer(reply: Reply) -> Answer:
    """The reply as it goes over the wire."""
    if isinstance(reply, Redirect):
        return Answer(303, {"Location": reply.url, "Cache-Control": "no-store"}, b"")
    if isinstance(reply, File):
        return Answer(200, _file_headers(reply), reply.body)
    return Answer(
        reply.status, _page_headers(reply), document(reply.title, reply.body, is_wide=reply.is_wide)
    )


def said(visit: Visit, name: str) -> str:
    """What was typed into a field, without the space around it; empty if nothing was."""
    return visit.form.get(name, "").strip()


def _refusal(status: int, why: str) -> Page:
    return Page("Not possible", join(tag("h1", "Not possible"), notice(why, "bad")), status)


def _page_headers(page: Page) -> dict[str, str]:
    """No script, no frame around it, and forms only to where they are known to lead."""
    targets = " ".join(["'self'", *sorted({origin(url) for url in page.leads_to})])
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {targets}"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _file_headers(file: File) -> dict[str, str]:
    headers = {"Content-Type": file.content_type, "X-Content-Type-Options": "nosniff"}
    if file.name is not None:
        headers["Content-Disposition"] = f'inline; filename="{file.name}"'
    return headers
