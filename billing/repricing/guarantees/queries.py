"""Reads of guarantees: what customers, apps and staff are shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from accounts.models import Organization
from config.kernel.money import Money

from ...analytics.windows import REHEARSED
from ...models import Guarantee, GuaranteeClaim
from ...rating.guarantee import ComparedMonth, Rule, expected_credit
from ..offers.figures import read_figures


@dataclass(frozen=True, slots=True)
class GuaranteedMonth:
    """
    One month of a guarantee on both terms, and what came back for it.

    The month in which a guarantee broke off is not compared: `is_compared` is false, and what it
    gives back is for the months before it.
    """

    number: int
    starts_at: datetime
    ends_at: datetime
    before: Money
    now: Money
    credit: Money
    credit_id: str | None

    @property
    def is_compared(self) -> bool:
        """Whether the month was compared as a whole."""
        return bool(self.before.minor or self.now.minor or not self.credit.minor)


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """
    A guarantee, and the months that were compared so far, the oldest first.

    `expected` is an estimate of what it will still give back; nothing once it has ended. A
    customer that lives by a test clock is a rehearsal.
    """

    id: str
    organization: str
    is_rehearsal: bool
    organization_id: str
    campaign: str
    old_plan: str
    old_plan_code: str
    new_plan: str
    new_plan_code: str
    rule: str
    lasts: int
    currency: str
    starts_at: datetime
    month_ends_at: datetime
    ended_at: datetime | None
    end_reason: str
    end_words: str
    months: tuple[GuaranteedMonth, ...]
    expected: Money

    @property
    def credited(self) -> Money:
        """What was given back so far."""
        return sum((month.credit for month in self.months), Money(0, self.currency))

    @property
    def left(self) -> int:
        """How many months are still to be compared."""
        return 0 if self.ended_at is not None else self.lasts - len(self.months)

    @property
    def is_together(self) -> bool:
        """Whether all months are compared together, at the end."""
        return self.rule == Rule.CUMULATIVE

    @property
    def increase(self) -> int:
        """How many minor units more the months so far cost, all together; negative if less."""
        return sum(month.now.minor - month.before.minor for month in self.months)


@dataclass(frozen=True, slots=True)
class Promises:
    """
    What the guarantees of one campaign come to in one currency.

    `claimed` of the `customers` were given something back, ever; `open` guarantees still run.
    `expected` estimates what those will still give back: the liability.
    """

    campaign: str
    currency: str
    customers: int
    open: int
    claimed: int
    credited: Money
    expected: Money


def list_guarantees(*, organization: Organization) -> list[GuaranteeView]:
    """Return the guarantees of an organization, the newest first."""
    rows = _loaded().filter(organization=organization).order_by("-pk")
    return [describe_guarantee(row) for row in rows]


def list_all_guarantees() -> list[GuaranteeView]:
    """Return every guarantee, those that run first, the newest of them first. For staff."""
    rows = _loaded().order_by(F("ended_at").desc(nulls_first=True), "-pk")
    return [describe_guarantee(row) for row in rows]


def sum_promises(guarantees: Sequence[GuaranteeView]) -> list[Promises]:
    """
    Return what guarantees come to by campaign and currency, in the order of their names; those of
    rehearsals owe nobody anything.
    """
    groups: dict[tuple[str, str], list[GuaranteeView]] = {}
    for view in guarantees:
        if view.is_rehearsal:
            continue
        groups.setdefault((view.campaign, view.currency), []).append(view)
    return [
        Promises(
            campaign=campaign,
            currency=currency,
            customers=len({view.organization_id for view in views}),
            open=sum(view.ended_at is None for view in views),
            claimed=len({view.organization_id for view in views if view.credited.minor}),
            credited=sum((view.credited for view in views), Money(0, currency)),
            expected=sum((view.expected for view in views), Money(0, currency)),
        )
        for (campaign, currency), views in sorted(groups.items())
    ]


def describe_guarantee(guarantee: Guarantee) -> GuaranteeView:
    """Return a guarantee as a view. It was read as the queries here read it."""
    currency = guarantee.currency
    months = tuple(_month(claim, currency) for claim in guarantee.claims.all())
    return GuaranteeView(
        id=guarantee.public_id,
        organization=guarantee.organization.name,
        is_rehearsal=guarantee.organization.clock_ahead != REHEARSED,
        organization_id=guarantee.organization.public_id,
        campaign=guarantee.offer.campaign.name,
        old_plan=guarantee.old_version.plan.name,
        old_plan_code=guarantee.old_version.plan.code,
        new_plan=guarantee.new_version.plan.name,
        new_plan_code=guarantee.new_version.plan.code,
        rule=guarantee.rule,
        lasts=guarantee.months,
        currency=currency,
        starts_at=guarantee.starts_at,
        month_ends_at=guarantee.month_ends_at,
        ended_at=guarantee.ended_at,
        end_reason=guarantee.end_reason,
        end_words=str(guarantee.get_end_reason_display()),
        months=months,
        expected=_expected(guarantee, months),
    )


def _expected(guarantee: Guarantee, months: Sequence[GuaranteedMonth]) -> Money:
    """What a guarantee will still give back, by its months so far, else by those of its offer."""
    currency = guarantee.currency
    if guarantee.ended_at is not None:
        return Money(0, currency)
    shown = read_figures(guarantee.offer).months if guarantee.offer.figures else ()
    return expected_credit(
        rule=Rule(guarantee.rule),
        months=[ComparedMonth(month.before, month.now) for month in months],
        likely=[ComparedMonth(month.now, month.then) for month in shown],
        lasts=guarantee.months,
        currency=currency,
    )


def _month(claim: GuaranteeClaim, currency: str) -> GuaranteedMonth:
    return GuaranteedMonth(
        number=claim.month,
        starts_at=claim.starts_at,
        ends_at=claim.ends_at,
        before=Money(claim.old_minor, currency),
        now=Money(claim.new_minor, currency),
        credit=Money(claim.credit_minor, currency),
        credit_id=None if claim.money_credit is None else claim.money_credit.public_id,
    )


def _loaded() -> QuerySet[Guarantee]:
    claims = GuaranteeClaim.objects.order_by("month").select_related("money_credit")
    return Guarantee.objects.select_related(
        "organization", "offer__campaign", "old_version__plan", "new_version__plan"
    ).prefetch_related(Prefetch("claims", claims))
