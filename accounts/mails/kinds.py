"""Which kinds of mails there are: each app declares its own when it starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..choices import MailAlert
from ..models import MailNotice
from .letters import Letter, Occasion
from .recipients import Recipient

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Departure:
    """A mail that has left: of which notice, to whom, saying what, and when."""

    notice: MailNotice
    address: str
    text: str
    at: datetime


def _as_told(notice: MailNotice, _now: datetime) -> Facts:
    facts: Facts = notice.data
    return facts


def _nothing_more(_departure: Departure) -> None:
    """Nothing has to be remembered but the mail itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    A kind of mail.

    `recipients` says whom a notice is for, each time that is asked; `load` completes what the
    notice knows, and returns None once there is nothing to tell any more; `write` makes a letter of
    it without looking anything up, so that staff can see it made of `sample`. What has an `alert`
    is left out for those who want none. `sent` is called after each mail that left.
    """

    code: str
    name: "StrOrPromise"
    recipients: Callable[[MailNotice], Iterable[Recipient]]
    write: Callable[[Occasion], Letter]
    sample: Facts
    alert: MailAlert | None = None
    load: Callable[[MailNotice, datetime], Facts | None] = field(default=_as_told)
    sent: Callable[[Departure], None] = field(default=_nothing_more)


# Of an event of a type that is mailed, at a moment: the kind of mail, or None if it is worth none.
Choice = Callable[[Facts, datetime], str | None]

_kinds: Final[dict[str, Kind]] = {}
_mailed: Final[dict[str, Choice]] = {}


def declare(kinds: Iterable[Kind], *, mailed: Mapping[str, Choice] | None = None) -> None:
    """Name kinds of mails, and the types of events that are told of by them; in `ready()`."""
    _kinds.update({kind.code: kind for kind in kinds})
    _mailed.update({str(type_): choice for type_, choice in (mailed or {}).items()})


def list_kinds() -> list[Kind]:
    """Return every kind, in the order in which they were declared."""
    return list(_kinds.values())


def find_kind(code: str) -> Kind | None:
    """Return the kind with this code; None for one that there is no longer."""
    return _kinds.get(code)


def kind_of_event(type_: str, data: Facts, *, now: datetime) -> str | None:
    """Return the kind of mail that tells of an event; None if none does."""
    choice = _mailed.get(type_)
    return None if choice is None else choice(data, now)
