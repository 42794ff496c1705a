"""The page on which a person chooses their mails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from accounts.choices import MailAlert
from accounts.mails.preferences import Preference

_SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One sort of mails from one organization."""

    value: str
    name: str
    note: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class OrganizationAlerts:
    """What one organization sends."""

    key: str
    name: str
    rows: tuple[AlertRow, ...]


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """Everything that can be chosen."""

    organizations: tuple[OrganizationAlerts, ...]


def present_notifications(preferences: Sequence[Preference]) -> NotificationsPage:
    """Put what a person gets into words."""
    return NotificationsPage(tuple(_alerts_of(preference) for preference in preferences))


def read_choice(values: Iterable[str]) -> set[tuple[str, str]]:
    """What was ticked; whatever else was sent is ignored."""
    pairs = (value.partition(_SEPARATOR) for value in values)
    return {(code, alert) for code, _separator, alert in pairs}


def _alerts_of(preference: Preference) -> OrganizationAlerts:
    return OrganizationAlerts(
        key=preference.organization_code,
        name=preference.organization_name,
        rows=tuple(
            AlertRow(
                value=f"{preference.organization_code}{_SEPARATOR}{alert}",
                name=str(alert.label),
                note=_note(alert),
                is_wanted=alert in preference.wanted,
            )
            for alert in MailAlert
        ),
    )


def _note(alert: MailAlert) -> str:
    notes = {
        MailAlert.LEVELS: _(
            "At 50, 80 and 100 percent of an allowance, and at every level that somebody has set."
        ),
        MailAlert.LIMITS: _("When more is refused or charged as overage from then on."),
        MailAlert.EXPIRY: _("A week before, if credits other than an allowance are left."),
    }
    return notes[alert]
