"""The audit log of the organization."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from accounts.audit.queries import AuditFilter, By
from accounts.memberships.queries import list_members
from accounts.models import Organization

from ..audit_words import action_choices
from .access import Visit, organization_page
from .presenters.audit import audit_csv, present_audit


class DayField(forms.DateField):
    """A day in a calendar that nobody leaves; none if nothing was chosen."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 1, 1))],
        )


class AuditQuery(forms.Form):
    """Which entries the address asks for; anything unreadable counts as not asked."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(organization.time_zone)
        self._offer("who", [("", _("Everybody")), *_kinds(), (_("Members"), _people(organization))])
        self._offer("action", [("", _("Everything")), *action_choices()])

    def matching(self) -> AuditFilter:
        """What the address asks for. The last day counts as a whole."""
        self.is_valid()
        asked = self.cleaned_data
        who, until = asked.get("who") or "", asked.get("until")
        is_kind = who in set(By)
        return AuditFilter(
            by=By(who) if is_kind else None,
            membership_id="" if is_kind else who,
            action=asked.get("action") or "",
            since=self._start_of(asked.get("since")),
            until=self._start_of(until + timedelta(days=1) if until else None),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but everything is asked for."""
        return self.matching() != AuditFilter()

    def _start_of(self, day: Any) -> datetime | None:
        return None if day is None else datetime.combine(day, time.min, self._zone)

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _kinds() -> list[tuple[str, Any]]:
    return [
        (By.PERSON, _("People")),
        (By.STAFF, _("Our staff")),
        (By.KEY, _("API keys")),
        (By.SYSTEM, _("Nobody: automatic")),
    ]


def _people(organization: Organization) -> list[tuple[str, str]]:
    return [
        (member.membership_id, member.name) for member in list_members(organization=organization)
    ]


@require_safe
@organization_page(Permission.MANAGE_ORGANIZATION, in_real_time=True)
def audit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who did what and when, with a filter in the address."""
    query = AuditQuery(request.GET, organization=visit.organization)
    matching = query.matching()
    before = query.cleaned_data.get("before")
    page = present_audit(visit.organization, matching, before=before)
    asked = request.GET.copy()
    asked.pop("before", None)
    shown = {"page": page, "query": query, "asked": asked.urlencode(), "is_newest": before is None}
    return render(request, "portal/settings_audit.html", shown)


@require_safe
@organization_page(Permission.MANAGE_ORGANIZATION, in_real_time=True)
def audit_entries(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Exactly what the filter in the address shows, on all its pages, as CSV."""
    organization = visit.organization
    matching = AuditQuery(request.GET, organization=organization).matching()
    lines = audit_csv(organization, matching, zone=ZoneInfo(organization.time_zone))
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit-log.csv"'},
    )
