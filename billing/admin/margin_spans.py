"""Which span of time a page of margins is about: staff pick one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..analytics.windows import Days, Windows, months_before, of_days, of_last_months

PARAMETER = "span"
LAST_MONTHS = "last"
_OFFERED_MONTHS = 12
_LONGER = {"3m": 3, "12m": 12}


@dataclass(frozen=True, slots=True)
class SpanChoice:
    """A span that can be picked."""

    key: str
    label: str
    is_picked: bool


@dataclass(frozen=True, slots=True)
class PickedSpan:
    """The span of a page, in words, what there is to know about it, and the other choices."""

    key: str
    label: str
    note: str
    windows: Windows
    choices: tuple[SpanChoice, ...]


def pick_span(request: HttpRequest, *, now: datetime) -> PickedSpan:
    """
    Return the span that a request asks for: unless it says something else, the last complete month
    of each customer. Raises `Http404` for one that there is not.
    """
    key = request.GET.get(PARAMETER, LAST_MONTHS)
    labels = _labels(now)
    if key not in labels:
        raise Http404
    choices = tuple(SpanChoice(other, label, other == key) for other, label in labels.items())
    return PickedSpan(key, labels[key], _note(key, now), _windows(key, now), choices)


def this_month(now: datetime) -> date:
    """The day that months are counted back from."""
    return now.date()


def month_words(days: Days) -> str:
    """October 2026."""
    return date_format(days.first_date, "F Y")


def _labels(now: datetime) -> dict[str, str]:
    months = months_before(this_month(now), count=_OFFERED_MONTHS)[::-1]
    current, *complete = months
    so_far = _("%(month)s so far") % {"month": month_words(current)}
    return {
        LAST_MONTHS: _("Last complete month of each customer"),
        _key(current): so_far,
        **{_key(days): month_words(days) for days in complete},
        "3m": _("Last 3 complete months"),
        "12m": _("Last 12 complete months"),
    }


def _key(days: Days) -> str:
    return f"{days.first_date:%Y-%m}"


def _windows(key: str, now: datetime) -> Windows:
    if key == LAST_MONTHS:
        return of_last_months(now=now)
    if key in _LONGER:
        before = this_month(now).replace(day=1) - timedelta(days=1)
        months = months_before(before, count=_LONGER[key])
        return of_days(Days(months[0].first_date, months[-1].end_date), now=now)
    months = months_before(this_month(now), count=_OFFERED_MONTHS)
    return of_days(next(days for days in months if _key(days) == key), now=now)


def _note(key: str, now: datetime) -> str:
    if key == LAST_MONTHS:
        return _(
            "Of each customer with an agreement the month of usage that ended last, from renewal "
            "to renewal: what one month brings and costs, whenever it began."
        )
    return _("Days of the calendar, in each customer's own time zone.")
