"""Writes of campaigns: staff prepare them and simulate them. Opening is in `offers.operations`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.names import clean_name
from config.kernel.errors import DomainError, Invalid

from .. import tasks
from ..choices import (
    Audience,
    CampaignStatus,
    FeatureKind,
    GuaranteeRule,
    SimulationStatus,
)
from ..models import (
    CampaignConversion,
    Feature,
    Plan,
    PlanVersion,
    RepricingCampaign,
    Simulation,
)
from ..models.repricing import (
    LONGEST_GUARANTEE_MONTHS,
    LONGEST_HISTORY_MONTHS,
    SHORTEST_NOTICE_DAYS,
)
from ..wording import quantity_words
from .simulation import cohort_of

LONGEST_NOTICE_DAYS: Final = 730
LONGEST_REASON: Final = 1_000
LARGEST_FACTOR: Final = Decimal(1_000_000)
_UNFINISHED: Final = (SimulationStatus.WAITING, SimulationStatus.RUNNING)


class CampaignIsSettled(DomainError):
    """Customers were told of the campaign: its terms stay."""

    code = "campaign_is_settled"
    title = "The campaign is no draft any more"


class SimulationInTheMaking(DomainError):
    """One simulation of the campaign is not finished yet."""

    code = "simulation_in_the_making"
    title = "A simulation is in the making"


class EmptyCohort(DomainError):
    """Nobody is on the plans that the campaign is about."""

    code = "empty_cohort"
    title = "There is nobody to simulate"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class UsageConversion:
    """`factor` of one metered feature stand for one of another, on plans that lack that."""

    from_feature: Feature
    to_feature: Feature
    factor: Decimal


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """
    What staff say of a campaign. `why` is read by customers. `guarantee_months` 0: none.

    `answer_by` None: offers stay open until the campaign is closed.
    """

    name: str
    why: str
    from_plans: Sequence[Plan]
    to_plans: Sequence[Plan]
    conversions: Sequence[UsageConversion] = ()
    history_months: int = 12
    notice_days: int = SHORTEST_NOTICE_DAYS
    must_move: bool = False
    guarantee_months: int = 0
    guarantee_rule: str = GuaranteeRule.PER_MONTH
    answer_by: datetime | None = None

    def cleaned(self, *, now: datetime) -> "CampaignDetails":
        """The same as it is stored. Raises `Invalid`."""
        self._check_plans(now=now)
        self._check_conversions()
        self._check_numbers()
        if self.answer_by is not None and self.answer_by <= now:
            raise Invalid(_("Answers are due at a time that is still to come."))
        name = clean_name(self.name, what=_("The name"), longest=80)
        what = _("The reason")
        lines = [
            clean_name(line, what=what, longest=LONGEST_REASON, may_be_empty=True)
            for line in self.why.splitlines()
        ]
        why = "\n".join(lines).strip()
        if not 1 <= len(why) <= LONGEST_REASON:
            raise Invalid(_("The reason has 1 to 1,000 characters: customers read it."))
        return replace(self, name=name, why=why)

    def _check_plans(self, *, now: datetime) -> None:
        if not self.from_plans or not self.to_plans:
            raise Invalid(_("Name the plans to leave and the plans to offer."))
        both = {plan.pk for plan in self.from_plans} & {plan.pk for plan in self.to_plans}
        if both:
            raise Invalid(_("A plan cannot be left and offered in one campaign."))
        published = set(
            PlanVersion.objects.filter(
                plan__in=[plan.pk for plan in self.to_plans], published_at__lte=now
            ).values_list("plan_id", flat=True)
        )
        for plan in self.to_plans:
            if plan.pk not in published:
                raise Invalid(_("%(plan)s is not published yet.") % {"plan": plan.name})
            if plan.group.audience != Audience.ORGANIZATIONS:
                raise Invalid(_("%(plan)s is not for organizations.") % {"plan": plan.name})

    def _check_conversions(self) -> None:
        sources = [conversion.from_feature.pk for conversion in self.conversions]
        if len(set(sources)) < len(sources):
            raise Invalid(_("The usage of a feature is converted once."))
        for conversion in self.conversions:
            pair = (conversion.from_feature, conversion.to_feature)
            if pair[0] == pair[1] or any(each.kind != FeatureKind.METERED for each in pair):
                raise Invalid(_("Usage is converted from one metered feature to another."))
            if not 0 < conversion.factor < LARGEST_FACTOR:
                raise Invalid(
                    _("The factor is more than 0 and less than %(most)s.")
                    % {"most": quantity_words(LARGEST_FACTOR)}
                )

    def _check_numbers(self) -> None:
        _check_range(
            self.history_months, 1, LONGEST_HISTORY_MONTHS, _("%(least)s to %(most)s months.")
        )
        _check_range(
            self.notice_days,
            SHORTEST_NOTICE_DAYS,
            LONGEST_NOTICE_DAYS,
            _("Customers are told %(least)s to %(most)s days before."),
        )
        _check_range(
            self.guarantee_months,
            0,
            LONGEST_GUARANTEE_MONTHS,
            _("The guarantee holds for %(least)s to %(most)s months."),
        )
        if self.guarantee_rule not in GuaranteeRule.values:
            raise Invalid(_("There is no such rule of the guarantee."))


_PLAIN: Final = (
    "name",
    "why",
    "history_months",
    "notice_days",
    "must_move",
    "guarantee_months",
    "guarantee_rule",
    "answer_by",
)
_LISTS: Final = ("from_plans", "to_plans", "conversions")
# What a simulation follows from.
_SIMULATED: Final = frozenset({*_LISTS, "history_months"})


@transaction.atomic
def create_campaign(*, details: CampaignDetails, actor: Actor, now: datetime) -> RepricingCampaign:
    """Store a campaign that nobody is told of yet. Raises `Invalid`."""
    cleaned = details.cleaned(now=now)
    campaign = RepricingCampaign.objects.create(**{name: getattr(cleaned, name) for name in _PLAIN})
    _set_lists(campaign, cleaned)
    changes = {name: [None, value] for name, value in _in_words(campaign).items()}
    _note(campaign, "repricing_campaign.created", changes, actor=actor, now=now)
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign: RepricingCampaign, details: CampaignDetails, actor: Actor, now: datetime
) -> RepricingCampaign:
    """
    Change a draft. What was simulated before is thrown away if it would come to something else.

    Writes nothing if nothing is different. Raises `Invalid`, `CampaignIsSettled` and
    `SimulationInTheMaking`.
    """
    stored = _lock_draft(campaign)
    cleaned = details.cleaned(now=now)
    before = _in_words(stored)
    for name in _PLAIN:
        setattr(stored, name, getattr(cleaned, name))
    stored.save(update_fields=_PLAIN)
    _set_lists(stored, cleaned)
    changes = differences(before, _in_words(stored))
    if _SIMULATED & changes.keys():
        stored.simulations.all().delete()
    if changes:
        _note(stored, "repricing_campaign.updated", changes, actor=actor, now=now)
    return stored


@transaction.atomic
def discard_campaign(*, campaign: RepricingCampaign, actor: Actor, now: datetime) -> None:
    """Throw a draft away, with its simulations. Raises what `change_campaign` raises."""
    stored = _lock_draft(campaign)
    changes = {name: [value, None] for name, value in _in_words(stored).items()}
    _note(stored, "repricing_campaign.discarded", changes, actor=actor, now=now)
    stored.delete()


@transaction.atomic
def start_simulation(*, campaign: RepricingCampaign, actor: Actor, now: datetime) -> Simulation:
    """
    Have a worker replay the campaign's cohort as of now. Only drafts are simulated.

    Raises `CampaignIsSettled`, `SimulationInTheMaking` and `EmptyCohort`.
    """
    stored = _lock_draft(campaign)
    count = cohort_of(stored).count()
    if not count:
        raise EmptyCohort(_("Nobody who pays is on these plans."))
    simulation = Simulation.objects.create(campaign=stored, as_of=now, total_count=count)
    changes = {"simulation": simulation.public_id, "customers": count}
    _note(stored, "repricing_campaign.simulated", changes, actor=actor, now=now)
    simulation_id = simulation.pk
    # Robust: a broker that is away must not undo it; the sweep finds it.
    transaction.on_commit(
        lambda: tasks.make_simulation.delay(simulation_id=simulation_id), robust=True
    )
    return simulation


def _check_range(value: int, least: int, most: int, words: str) -> None:
    if not least <= value <= most:
        raise Invalid(words % {"least": quantity_words(least), "most": quantity_words(most)})


def _lock_draft(campaign: RepricingCampaign) -> RepricingCampaign:
    stored = RepricingCampaign.objects.select_for_update().get(pk=campaign.pk)
    if stored.status != CampaignStatus.DRAFT:
        raise CampaignIsSettled(_("Customers were told of this campaign: its terms stay."))
    if stored.simulations.filter(status__in=_UNFINISHED).exists():
        raise SimulationInTheMaking(_("A simulation of this campaign is in the making."))
    return stored


def _set_lists(campaign: RepricingCampaign, details: CampaignDetails) -> None:
    campaign.from_plans.set(details.from_plans)
    campaign.to_plans.set(details.to_plans)
    campaign.conversions.all().delete()
    CampaignConversion.objects.bulk_create(
        CampaignConversion(
            campaign=campaign,
            from_feature=conversion.from_feature,
            to_feature=conversion.to_feature,
            factor=conversion.factor,
        )
        for conversion in details.conversions
    )


def _in_words(campaign: RepricingCampaign) -> dict[str, Any]:
    """What is said of a campaign, as plain JSON values."""
    conversions = campaign.conversions.select_related("from_feature", "to_feature")
    return {
        "name": campaign.name,
        "why": campaign.why,
        "from_plans": _codes(campaign.from_plans),
        "to_plans": _codes(campaign.to_plans),
        "conversions": sorted(
            f"{row.factor.normalize():f} {row.to_feature.code} for 1 {row.from_feature.code}"
            for row in conversions
        ),
        "history_months": campaign.history_months,
        "notice_days": campaign.notice_days,
        "must_move": campaign.must_move,
        "guarantee_months": campaign.guarantee_months,
        "guarantee_rule": str(campaign.guarantee_rule),
        "answer_by": None if campaign.answer_by is None else campaign.answer_by.isoformat(),
    }


def _codes(plans: Any) -> list[str]:
    return sorted(plans.values_list("code", flat=True))


def _note(
    campaign: RepricingCampaign,
    action: str,
    changes: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(actor=actor, action=action, target=campaign.public_id, changes=changes, now=now)
