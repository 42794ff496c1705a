"""The frame that every page stands in."""

from __future__ import annotations

from urllib.parse import urlsplit

from billing.sandbox.pages.html import Content, Markup, join, tag

BANNER = "Sandbox - this is not Stripe, no money moves"
STYLES = "/_sandbox/style.css"
_OPERATOR_PAGES = (("/time", "Time"), ("/events", "Events"), ("/faults", "Faults"))


def document(title: str, body: Markup, *, is_wide: bool) -> bytes:
    """A whole HTML document."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{title} - sandbox"),
        tag("link", rel="stylesheet", href=STYLES),
        tag("link", rel="icon", href="data:,"),
    )
    skip = tag("a", "Skip to content", href="#main", class_="skip")
    main = tag("main", body, id="main", class_="wide" if is_wide else None)
    html = tag("html", head, tag("body", skip, _banner(), main), lang="en")
    return f"<!doctype html>\n{html}\n".encode()


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def card(title: str, *contents: Content, note: str | None = None) -> Markup:
    """A titled section."""
    return tag(
        "section", tag("h2", title), tag("p", note, class_="note") if note else None, *contents
    )


def notice(text: str, kind: str = "info") -> Markup:
    """A sentence that must be seen; `kind` is info, good or bad."""
    return tag("p", text, class_=f"notice {kind}", role="alert" if kind == "bad" else "status")


def badge(text: str, kind: str = "quiet") -> Markup:
    """A short state; `kind` is quiet, good, warn or bad."""
    return tag("span", text, class_=f"badge {kind}")


def form(action: str, *contents: Content, class_: str | None = None) -> Markup:
    """A form that is posted."""
    return tag("form", *contents, method="post", action=action, class_=class_)


def button(
    text: str, *, name: str = "do", value: str = "", kind: str = "plain", of: str = ""
) -> Markup:
    """A button; `of` tells those who cannot see its row what it acts on."""
    hidden = tag("span", f" {of}", class_="unseen") if of else None
    return tag("button", text, hidden, type="submit", name=name, value=value, class_=kind)


def field(
    label: str, name: str, *, value: str = "", hint: str | None = None, **attributes: str | int
) -> Markup:
    """A labelled input."""
    hint_id = f"{name}-hint" if hint else None
    return tag(
        "label",
        tag("span", label),
        tag(
            "input",
            name=name,
            value=value,
            aria_describedby=hint_id,
            **{"type": "text", **attributes},
        ),
        tag("small", hint, id=hint_id) if hint else None,
    )


def choice(label: str, name: str, options: list[tuple[str, str]], *, chosen: str = "") -> Markup:
    """A labelled list of which one is chosen."""
    listed = [tag("option", text, value=value, selected=value == chosen) for value, text in options]
    return tag("label", tag("span", label), tag("select", listed, name=name))


def facts(rows: list[tuple[str, Content]], class_: str = "facts") -> Markup:
    """Names and values, side by side."""
    return tag(
        "dl", [join(tag("dt", name), tag("dd", value)) for name, value in rows], class_=class_
    )


def table(heads: list[str], rows: list[list[Content]], *, caption: str) -> Markup:
    """A table whose rows become cards on a narrow screen."""
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in heads]))
    body = [
        tag("tr", [tag("td", cell, data_of=name) for name, cell in zip(heads, row, strict=True)])
        for row in rows
    ]
    return tag("table", tag("caption", caption), head, tag("tbody", body))


def operator_links(here: str) -> Markup:
    """The links between the pages of whoever runs the sandbox."""
    links = [
        tag("li", tag("a", name, href=path, aria_current="page" if path == here else None))
        for path, name in _OPERATOR_PAGES
    ]
    return tag("nav", tag("ul", links), aria_label="Sandbox")


def _banner() -> Markup:
    return tag("header", tag("p", tag("strong", "Sandbox"), BANNER.removeprefix("Sandbox")))
