"""The fault knobs: what goes wrong on purpose, and how often."""

from __future__ import annotations

from billing.sandbox.call import Visit
from billing.sandbox.errors import invalid
from billing.sandbox.faults import UnknownFault
from billing.sandbox.pages.answers import Page, Redirect, page, said
from billing.sandbox.pages.html import Markup, join, tag
from billing.sandbox.pages.layout import button, card, field, form, operator_links

_DELIVERIES = {
    "duplicate": "Delivered twice",
    "reorder": "Swapped with the one before",
    "delay": "Held back",
    "drop": "Never delivered",
}
_CALLS = {
    "too_many_requests": "Refused with 429",
    "server_error": "Refused with 500",
    "timeout_before": "No answer, nothing done",
    "timeout_after": "No answer, although it was done",
}


@page("GET", "/faults")
def knobs(visit: Visit) -> Page:
    """Every knob with its present setting."""
    now = visit.tools.faults.as_told()
    held = field(
        "Held back for how many seconds",
        "delay_seconds",
        value=str(now["delay_seconds"]),
        inputmode="numeric",
    )
    turned = form(
        "/faults",
        tag(
            "div",
            _knobs("Deliveries", _DELIVERIES, now, held),
            _knobs("Calls", _CALLS, now),
            class_="columns",
        ),
        tag(
            "div",
            button("Set the knobs", value="set", kind="main"),
            button("All off", value="off"),
            class_="actions",
        ),
    )
    body = join(
        operator_links("/faults"),
        tag("h1", "Faults"),
        tag("p", "How often, in percent, something goes wrong on purpose.", class_="note"),
        turned,
    )
    return Page("Faults", body, is_wide=True)


@page("POST", "/faults")
def turn(visit: Visit) -> Redirect:
    """Set every knob, or all of them to nothing."""
    faults = visit.tools.faults
    names = [*_DELIVERIES, *_CALLS]
    if said(visit, "do") == "off":
        faults.turn(**dict.fromkeys(names, 0))
        return Redirect("/faults")
    wanted = {name: said(visit, name) for name in [*names, "delay_seconds"]}
    for name, value in wanted.items():
        if not (value.isascii() and value.isdecimal() and len(value) <= len("86400")):
            raise invalid(f"{name} must be a whole number, not {value!r}.", param=name)
    try:
        faults.turn(**{name: int(value) for name, value in wanted.items()})
    except UnknownFault as error:
        raise invalid(f"Out of range: {error}", param="faults") from error
    return Redirect("/faults")


def _knobs(title: str, labels: dict[str, str], now: dict[str, int], *more: Markup) -> Markup:
    fields = [
        field(f"{label} (%)", name, value=str(now[name]), inputmode="numeric")
        for name, label in labels.items()
    ]
    return card(title, tag("div", fields, more, class_="stack"))
