"""What a browser's session remembers of links and visits: ids of rows that are read each time."""

from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from ..models import PortalLink, StaffVisit

_LINK: Final = "portal_link"
_VISIT: Final = "staff_visit"


def let_in(session: SessionBase, link: PortalLink) -> None:
    """
    Give the browser a session of a new name that knows this link and nothing else.

    Whoever was signed in with the browser is not any more.
    """
    session.flush()
    session[_LINK] = link.public_id


def link_of(session: SessionBase) -> str | None:
    """Return the id of the link by which the browser came."""
    return _text(session, _LINK)


def begin_visit(session: SessionBase, visit: StaffVisit) -> None:
    """Look at a customer from the next page on."""
    session[_VISIT] = visit.public_id


def visit_of(session: SessionBase) -> str | None:
    """Return the id of the visit that the browser is on, or was on."""
    return _text(session, _VISIT)


def forget_visit(session: SessionBase) -> None:
    """Look at one's own organizations again."""
    session.pop(_VISIT, None)


def _text(session: SessionBase, name: str) -> str | None:
    value = session.get(name)
    return value if isinstance(value, str) else None
