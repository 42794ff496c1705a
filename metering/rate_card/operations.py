"""Writes of the rate card."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid
from config.kernel.quantities import ZERO

from ..choices import Aggregation, MeterSource
from ..models import Action, ActionRate, CostComponent, LanguageModel, Meter
from ..price_book.costs import TokensUsed
from ..price_book.queries import read_price_book


class RateExists(DomainError):
    """The action already has a rate from that very instant."""

    code = "rate_exists"
    title = "There is a rate from that instant already"


@dataclass(frozen=True, slots=True)
class NewRate:
    """
    What one action takes, costs and is worth, from an instant on.

    `cost_components` names each part of the cost of one action, `customer_value` says what it
    is worth to a customer; both in the reporting currency. `model_calls` names the parts that
    are calls to a model: their tokens cost what the price book says of that instant.
    """

    effective_at: datetime
    credits: Decimal
    cost_components: Mapping[str, Decimal]
    customer_value: Decimal | None = None
    value_note: str = ""
    model_calls: Mapping[str, TokensUsed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counting:
    """
    How the reports of a period make its value, and who reports. It never changes.

    `unique_property` names the property (or “member”) whose different values are counted.
    """

    aggregation: Aggregation = Aggregation.SUM
    unique_property: str = ""
    source: MeterSource = MeterSource.REPORTS


SUM_OF_REPORTS: Final = Counting()


@transaction.atomic
def create_meter(
    *,
    code: str,
    name: str,
    unit: str,
    unit_plural: str,
    actor: Actor,
    now: datetime,
    counting: Counting = SUM_OF_REPORTS,
) -> Meter:
    """
    Define what can be counted, and how.

    Raises `Invalid` unless exactly a meter of unique values names a property, and for members
    that are not counted as a level.
    """
    _check_counting(counting)
    meter = Meter.objects.create(
        code=code,
        name=name,
        unit=unit,
        unit_plural=unit_plural,
        aggregation=counting.aggregation,
        unique_property=counting.unique_property,
        source=counting.source,
    )
    record(
        actor=actor,
        action="meter.created",
        target=code,
        changes={"aggregation": [None, str(counting.aggregation)]},
        now=now,
    )
    return meter


def _check_counting(counting: Counting) -> None:
    if (counting.aggregation == Aggregation.UNIQUE) is not bool(counting.unique_property):
        raise Invalid(
            _("A meter of unique values, and no other, names the property to tell apart.")
        )
    if counting.source == MeterSource.MEMBERSHIPS and counting.aggregation not in (
        Aggregation.LATEST,
        Aggregation.MAX,
    ):
        raise Invalid(_("Members are counted as the latest or as the highest number of them."))


@transaction.atomic
def create_action(
    *,
    code: str,
    name: str,
    name_plural: str,
    meter: Meter,
    description: str = "",
    actor: Actor,
    now: datetime,
) -> Action:
    """Define a billable thing that apps do; it can be reported once it has a rate."""
    action = Action.objects.create(
        code=code, name=name, name_plural=name_plural, meter=meter, description=description
    )
    record(actor=actor, action="action.created", target=code, now=now)
    return action


@transaction.atomic
def update_meter(
    *, meter: Meter, name: str, unit: str, unit_plural: str, actor: Actor, now: datetime
) -> Meter:
    """Change what people read about a meter. Its code stays: apps hold on to it."""
    stored = Meter.objects.select_for_update().get(pk=meter.pk)
    changes = _change(stored, {"name": name, "unit": unit, "unit_plural": unit_plural})
    record(actor=actor, action="meter.updated", target=stored.code, changes=changes, now=now)
    return stored


@transaction.atomic
def update_action(
    *,
    action: Action,
    name: str,
    name_plural: str,
    description: str,
    actor: Actor,
    now: datetime,
) -> Action:
    """Change what people read about an action. Its code and its meter stay."""
    stored = Action.objects.select_for_update().get(pk=action.pk)
    changes = _change(
        stored, {"name": name, "name_plural": name_plural, "description": description}
    )
    record(actor=actor, action="action.updated", target=stored.code, changes=changes, now=now)
    return stored


def _change(row: Meter | Action, values: dict[str, str]) -> dict[str, list[str]]:
    """Store the values and say which of them are new, as audit entries want it."""
    changes = differences({name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return changes


def check_rate_starts_later(*, action: Action, effective_at: datetime, now: datetime) -> None:
    """
    Refuse a rate that would reach back: past usage keeps its price. Raises `Invalid`.

    The first rate of an action may lie in the past, so that history can be loaded.
    """
    if effective_at < now and ActionRate.objects.filter(action=action).exists():
        raise Invalid(_("A new rate starts now or later: past usage keeps its price."))


def set_rate(*, action: Action, rate: NewRate, actor: Actor, now: datetime) -> ActionRate:
    """
    Set what an action takes, costs and is worth from an instant on.

    Raises `Invalid` for a rate that would reach back, or with a call to a model that has no price
    then, and `RateExists` for a second one from the same instant.
    """
    check_rate_starts_later(action=action, effective_at=rate.effective_at, now=now)
    components = list(_components(rate))
    try:
        with transaction.atomic():
            stored = ActionRate.objects.create(
                action=action,
                effective_at=rate.effective_at,
                credits=rate.credits,
                customer_value=rate.customer_value,
                value_note=rate.value_note,
            )
            for component in components:
                component.rate = stored
            CostComponent.objects.bulk_create(components)
            record(
                actor=actor,
                action="action_rate.set",
                target=action.code,
                changes={
                    "effective_at": rate.effective_at.isoformat(),
                    "credits": str(rate.credits),
                    "cost": str(sum((part.unit_cost for part in components), ZERO)),
                },
                now=now,
            )
    except IntegrityError as error:
        if "action_rate_one_per_instant" in str(error):
            raise RateExists(
                _("%(code)s has a rate from %(date)s.")
                % {"code": action.code, "date": rate.effective_at}
            ) from error
        raise
    return stored


@transaction.atomic
def withdraw_rate(*, rate: ActionRate, actor: Actor, now: datetime) -> None:
    """Take a rate back that is not in force yet. The database refuses any other."""
    facts = {"effective_at": rate.effective_at.isoformat(), "credits": str(rate.credits)}
    rate.delete()
    record(
        actor=actor, action="action_rate.withdrawn", target=rate.action.code, changes=facts, now=now
    )


def _components(rate: NewRate) -> Iterator[CostComponent]:
    """The parts of the cost of a rate, still without it."""
    for name, unit_cost in rate.cost_components.items():
        yield CostComponent(name=name, unit_cost=unit_cost)
    codes = {tokens.model for tokens in rate.model_calls.values()}
    models = {model.code: model for model in LanguageModel.objects.filter(code__in=codes)}
    book = read_price_book(models=codes)
    for name, tokens in rate.model_calls.items():
        cost = book.cost_of(tokens, at=rate.effective_at)
        if cost is None:
            raise Invalid(
                _("The price book has no price of %(model)s at that time.")
                % {"model": tokens.model}
            )
        yield CostComponent(
            name=name,
            unit_cost=cost,
            model=models[tokens.model],
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cached_tokens=tokens.cached,
        )
