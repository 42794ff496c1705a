"""Which agreements have come to something: a period that is not open yet, a change, or an end."""

from datetime import datetime
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression
from django.db.models.sql.compiler import SQLCompiler

from config.kernel.sql import ask, by_position

from ..choices import LIVE_STATUSES, AgreementStatus, FeatureKind, ScheduledChangeStatus

# What was to happen to a live agreement by now, and has not been seen to.
COMES_TO_A_TURN: Final = """(
    coalesce(agreement.cancel_at <= %(now)s, FALSE)
    OR (agreement.status = %(trialing)s AND agreement.trial_ends_at <= %(now)s)
    OR EXISTS (
        SELECT FROM billing_scheduledchange AS change
        WHERE change.organization_id = agreement.organization_id
          AND change.agreement_id = agreement.id
          AND change.status = %(waiting)s AND change.effective_at <= %(now)s
    )
)"""

# Whether a live agreement comes to such a turn, its billing period is over, or one of its meters
# has no open usage period. A yearly agreement has monthly usage periods, so its own does not tell.
_COMES_DUE: Final = """(
    agreement.started_at <= %(now)s
    AND (
        agreement.current_period_end <= %(now)s
        OR {turn}
        OR EXISTS (
            SELECT FROM billing_planfeature AS granted
            JOIN billing_feature AS feature
                ON feature.id = granted.feature_id AND feature.kind = %(metered)s
            JOIN metering_meter AS meter ON meter.code = feature.meter_id
            WHERE granted.plan_version_id = agreement.plan_version_id
              AND NOT EXISTS (
                SELECT FROM metering_usageperiod AS period
                WHERE period.organization_id = agreement.organization_id
                  AND period.meter_id = meter.id AND period.source = agreement.public_id
                  AND period.starts_at <= %(now)s AND period.ends_at > %(now)s
              )
        )
    )
)"""
IS_DUE: Final = _COMES_DUE.format(turn=COMES_TO_A_TURN)

# The live agreements of open organizations of which that is true.
_ALL_DUE: Final = """
SELECT agreement.organization_id
FROM billing_agreement AS agreement
JOIN accounts_organization AS organization
    ON organization.id = agreement.organization_id AND organization.closed_at IS NULL
WHERE agreement.status = ANY(%(live)s) AND {due}
"""
_DUE: Final = _ALL_DUE.format(due=IS_DUE)
_DUE_OF_ONE: Final = _DUE + "  AND agreement.organization_id = %(organization)s"
_DUE_OF_ALL: Final = _DUE + "ORDER BY agreement.id"


def has_due_agreement(*, organization_id: int, now: datetime) -> bool:
    """Whether the organization's live agreement has come to something. One query."""
    due = ask(_DUE_OF_ONE, {"organization": organization_id, **due_at(now)})
    return due.first() is not None


class HasDueAgreement(Expression):
    """The same for a statement of the query builder that reads something besides."""

    output_field = BooleanField()

    def __init__(self, *, organization_id: int, now: datetime) -> None:
        super().__init__()
        self.asked = {"organization": organization_id, **due_at(now)}

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """The statement that `has_due_agreement` sends, as a condition."""
        return by_position(f"EXISTS ({_DUE_OF_ONE})", self.asked)


def list_organizations_due(*, now: datetime) -> list[int]:
    """Return the keys of the organizations whose live agreement has come to something."""
    return [organization_id for (organization_id,) in ask(_DUE_OF_ALL, due_at(now)).all()]


def due_at(now: datetime) -> dict[str, Any]:
    """What `IS_DUE` asks of."""
    return {"metered": FeatureKind.METERED, **turns_at(now)}


def turns_at(now: datetime) -> dict[str, Any]:
    """What `COMES_TO_A_TURN` asks of, with the statuses that are live."""
    return {
        "live": list(LIVE_STATUSES),
        "trialing": AgreementStatus.TRIALING,
        "waiting": ScheduledChangeStatus.WAITING,
        "now": now,
    }
