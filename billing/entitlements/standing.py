"""
What the entitlements of an organization depend on besides the catalog, in one statement.

Apps ask on every request of theirs, so this is all that a flag costs: an indexed look at the
agreement, at what was overridden, and at the mark of the catalog.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec

from config.kernel.sql import Asked, ask

from ..agreements.due import IS_DUE, due_at
from ..agreements.terms import terms_when
from ..catalog.terms import VersionTerms
from ..choices import LIVE_STATUSES, AgreementStatus

# One live agreement at most.
_STANDING_OF_ONE: Final = """
SELECT organization.closed_at IS NULL, agreement.plan_version_id, agreement.status,
       coalesce(agreement.currency, organization.currency), agreement.seats,
       agreement.trial_ends_at,
       organization.closed_at IS NULL AND coalesce({due}, FALSE),
       EXISTS (SELECT FROM billing_spendcap AS cap WHERE cap.organization_id = organization.id)
       OR EXISTS (SELECT FROM metering_hold AS hold
                  WHERE hold.organization_id = organization.id AND hold.outcome IS NULL),
       (SELECT value FROM billing_catalogrevision),
       (SELECT json_agg(json_build_array(feature_id, member <> '', value)
                        ORDER BY feature_id, member)::text
        FROM billing_flagoverride
        WHERE organization_id = organization.id AND member IN ('', %(member)s))
FROM accounts_organization AS organization
LEFT JOIN billing_agreement AS agreement
    ON agreement.organization_id = organization.id AND agreement.status IN ({live})
WHERE organization.id = %(organization)s
"""
_LIVE: Final = ", ".join(f"'{status.value}'" for status in LIVE_STATUSES)
_STANDING: Final = _STANDING_OF_ONE.format(due=IS_DUE, live=_LIVE)
_MEMBERS: Final = (
    "SELECT count(*) FROM accounts_membership WHERE organization_id = %(organization)s"
)


class Override(msgspec.Struct, frozen=True, array_like=True):
    """A value that a flag has whatever the plan says: here, or for the person that was asked of."""

    feature_id: int
    is_of_member: bool
    value: Any


_read_overrides: Final = msgspec.json.Decoder(list[Override]).decode


@dataclass(frozen=True)
class Standing:
    """
    Where an organization stands at a moment. Without an agreement there is no plan version.

    `is_due` says that its agreement has come to something that nobody has seen to yet: what is
    said here is true once `billing.agreements.operations.bring_current` has. `has_bounds` says that
    it has a spend cap or open holds; most have none, and need not be asked for them.
    """

    organization_id: int
    is_open: bool
    plan_version_id: int | None
    status: str | None
    currency: str
    seats: int | None
    trial_ends_at: datetime | None
    is_due: bool
    has_bounds: bool
    catalog_revision: UUID | None
    written_overrides: str | None

    @cached_property
    def terms(self) -> VersionTerms | None:
        """The terms in force, read once by each process; None without an agreement."""
        if self.plan_version_id is None or self.status is None:
            return None
        return terms_when(status=self.status, plan_version_id=self.plan_version_id)

    @property
    def is_past_due(self) -> bool:
        """Whether a payment is overdue."""
        return self.status == AgreementStatus.PAST_DUE

    @property
    def is_on_trial(self) -> bool:
        """Whether the plan is being tried."""
        return self.status == AgreementStatus.TRIALING

    @cached_property
    def overrides(self) -> dict[int, Override]:
        """What holds of the overrides, by feature: a person's own before the organization's."""
        if self.written_overrides is None:
            return {}
        return {found.feature_id: found for found in _read_overrides(self.written_overrides)}


def read_standing(*, organization_id: int, now: datetime, member: str | None = None) -> Standing:
    """
    Return where an organization stands and, with `member`, what one of its people has besides.

    One statement. The organization must exist.
    """
    row = ask_for_standing(organization_id=organization_id, now=now, member=member).first()
    assert row is not None, organization_id
    return Standing(organization_id, *row)


def ask_for_standing(*, organization_id: int, now: datetime, member: str | None) -> Asked:
    """Ask for it."""
    return ask(_STANDING, {"organization": organization_id, "member": member or "", **due_at(now)})


def count_people(*, organization_id: int) -> int:
    """Return how many people belong to an organization."""
    row = ask(_MEMBERS, {"organization": organization_id}).first()
    assert row is not None
    count: int = row[0]
    return count
