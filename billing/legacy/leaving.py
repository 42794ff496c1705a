"""Nobody leaves a legacy plan by accident: there is no way back to what is not sold any more."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.errors import DomainError

from ..choices import Visibility
from ..models import Agreement, PlanVersion


class LeavesLegacyPlan(DomainError):
    """
    The plan that would be left is not sold any more, and nobody has said that this is known.

    Whoever asks again says so with `leaves_legacy_plan`.
    """

    code = "leaves_legacy_plan"
    title = "There is no way back to this plan"


def is_on_legacy_plan(agreement: Agreement) -> bool:
    """Whether nobody new gets the plan of an agreement, which is loaded with plan and group."""
    return agreement.plan_version.plan.group.visibility == Visibility.LEGACY


def is_leaving(agreement: Agreement, *, to: PlanVersion | None) -> bool:
    """Whether a move to a plan version, or to none, leaves a legacy plan behind."""
    stays = to is not None and to.plan_id == agreement.plan_version.plan_id
    return is_on_legacy_plan(agreement) and not stays


def require_consent(
    agreement: Agreement,
    *,
    to: PlanVersion | None,
    is_given: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """
    See to it that whoever leaves a legacy plan knows that there is no way back, and keep who said
    so. Where nothing of the kind is left, nothing happens.

    Raises `LeavesLegacyPlan` without consent.
    """
    if not is_leaving(agreement, to=to):
        return
    plan = agreement.plan_version.plan
    if not is_given:
        raise LeavesLegacyPlan(
            _(
                "%(plan)s is not sold any more: once you have left it, there is no way back. "
                "Confirm that you know."
            )
            % {"plan": plan.name},
            plan=plan.code,
        )
    record(
        actor=actor,
        action="agreement.legacy_plan_given_up",
        target=agreement.public_id,
        organization=agreement.organization,
        changes={"plan": [plan.code, None if to is None else to.plan.code]},
        now=now,
    )
