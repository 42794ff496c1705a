"""What staff see first: what the business earns, what does not work, and what is still to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from config.kernel.money import Money

from ..analytics import dashboard as figures
from ..analytics.books import last_check
from ..analytics.setup import Step, list_steps
from ..analytics.snapshots import get_movements, last_day, list_days
from ..wording import money_words, quantity_words
from .waterfall import Waterfall, waterfall_of

SPAN: Final = timedelta(days=30)
# The proof of the books is made once a day.
PROOF_IS_OLD: Final = timedelta(hours=36)
REVENUE: Final = "billing.view_revenuesnapshot"

# What each step of the set-up says, and where it is done.
_STEPS: Final[dict[Step, tuple[Any, str]]] = {
    Step.COSTS: (
        gettext_lazy("Say what each action takes and costs you"),
        "metering_action_changelist",
    ),
    Step.PLANS: (gettext_lazy("Publish a plan"), "billing_plan_changelist"),
    Step.PRICING: (gettext_lazy("Put a pricing table live"), "billing_pricingtable_changelist"),
    Step.STRIPE: (gettext_lazy("Connect Stripe"), ""),
    Step.PUBLISHED: (
        gettext_lazy("Have every plan known at Stripe"),
        "billing_plan_changelist",
    ),
    Step.TOLD: (
        gettext_lazy("Receive a first event from Stripe"),
        "billing_stripeevent_changelist",
    ),
    Step.MAILS: (gettext_lazy("Send mails through a mail server"), ""),
    Step.KEY: (gettext_lazy("Make an API key for your product"), "accounts_apikey_changelist"),
    Step.WEBHOOKS: (
        gettext_lazy("Have your product told by a webhook"),
        "accounts_webhookendpoint_changelist",
    ),
    Step.USAGE: (gettext_lazy("Report a first usage event"), "metering_usageevent_changelist"),
    Step.CUSTOMER: (gettext_lazy("Win a first customer"), "billing_agreement_changelist"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure; `tone` is empty, `watch` or `urgent`."""

    label: str
    value: str
    note: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step of the set-up, and where it is done."""

    label: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The blocks that a member of staff may see; `waterfall` is None where there is none."""

    tiles: tuple[Tile, ...]
    health: tuple[Tile, ...]
    waterfall: Waterfall | None
    steps: tuple[SetupStep, ...]

    @property
    def steps_done(self) -> int:
        """How many steps of the set-up are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def is_set_up(self) -> bool:
        """Whether nothing of the set-up is left to do."""
        return self.steps_done == len(self.steps)


def present_dashboard(*, user: User, now: datetime) -> Dashboard:
    """Read what a member of staff may see."""
    currency = settings.REPORTING_CURRENCY
    return Dashboard(
        tiles=tuple(_business(user, currency=currency, now=now)),
        health=tuple(_health(user, currency=currency, now=now)),
        waterfall=_waterfall(user, currency=currency),
        steps=tuple(_steps(now=now)) if user.is_superuser else (),
    )


def _business(user: User, *, currency: str, now: datetime) -> Iterator[Tile]:
    if user.has_perm(REVENUE):
        yield _recurring(currency)
    if user.has_perm("billing.view_settlement"):
        overage = figures.get_overage(currency=currency, now=now)
        yield Tile(
            _("Overage, 30 days"),
            money_words(overage.total),
            _elsewhere(overage.others),
            _page("billing_settlement_changelist"),
        )
    if user.has_perm("metering.view_creditgrant"):
        for held in figures.list_outstanding(now=now):
            yield Tile(
                _("Outstanding %(units)s") % {"units": held.unit},
                quantity_words(_whole(held.held)),
                _("of them bought: %(bought)s") % {"bought": quantity_words(_whole(held.bought))},
                _page("metering_creditgrant_changelist"),
            )


def _recurring(currency: str) -> Tile:
    label, url = _("Recurring a month"), _page("report_revenue")
    day = last_day()
    if day is None:
        return Tile(label, "\N{EN DASH}", _("Written down after the first whole day."), url)
    [today] = list_days(since=day, until=day, currency=currency)
    customers = ngettext("%(count)s customer", "%(count)s customers", today.customers)
    note = customers % {"count": quantity_words(today.customers)}
    return Tile(label, money_words(today.total), note, url)


def _waterfall(user: User, *, currency: str) -> Waterfall | None:
    day = last_day()
    if day is None or not user.has_perm(REVENUE):
        return None
    return waterfall_of(
        get_movements(since=day - SPAN, until=day, currency=currency), currency=currency
    )


def _health(user: User, *, currency: str, now: datetime) -> Iterator[Tile]:
    if user.has_perm("billing.view_invoice"):
        yield _payments(currency)
    if user.has_perm("accounts.view_webhookendpoint"):
        yield _webhooks(now)
    if user.has_perm("billing.view_ledgercheck"):
        yield _ledger(now)
        yield _worker(now)
    yield from _waiting(user, now=now)


def _payments(currency: str) -> Tile:
    failed = figures.get_failed_payments(currency=currency)
    notes = [_("%(amount)s open") % {"amount": money_words(failed.missing)}]
    notes += [_elsewhere(failed.others)] if failed.others else []
    notes.append(_("agreements past due: %(count)s") % {"count": failed.past_due})
    return Tile(
        _("Failed payments"),
        quantity_words(failed.invoices),
        ", ".join(notes),
        _page("billing_invoice_changelist"),
        "urgent" if failed.invoices or failed.past_due else "",
    )


def _webhooks(now: datetime) -> Tile:
    failing = figures.get_failing_webhooks(now=now)
    return Tile(
        _("Webhooks given up, 24 hours"),
        quantity_words(failing.given_up),
        _("endpoints switched off: %(count)s") % {"count": failing.switched_off},
        _page("accounts_webhookendpoint_changelist"),
        "watch" if failing.given_up or failing.switched_off else "",
    )


def _ledger(now: datetime) -> Tile:
    check = last_check()
    if check is None:
        return Tile(_("Ledger"), _("not proven yet"), _("It is proven once a day."), "", "watch")
    note = _("%(ago)s ago, %(count)s promises") % {
        "ago": duration_words(now - check.checked_at),
        "count": check.promise_count,
    }
    if check.broken:
        return Tile(_("Ledger"), _("broken"), ", ".join(check.broken), "", "urgent")
    tone = "watch" if now - check.checked_at > PROOF_IS_OLD else ""
    return Tile(_("Ledger"), _("all promises hold"), note, "", tone)


def _worker(now: datetime) -> Tile:
    lag = figures.get_lag(now=now)
    if lag <= figures.PATIENCE:
        return Tile(_("Background work"), _("up to date"), _("Nothing waits for long."))
    return Tile(
        _("Background work"),
        _("%(long)s behind") % {"long": duration_words(lag)},
        _("Is the worker running?"),
        "",
        "urgent",
    )


def _waiting(user: User, *, now: datetime) -> Iterator[Tile]:
    waiting = figures.get_waiting(now=now)
    for permission, label, count, page in (
        (
            "billing.view_manualcredit",
            _("Credits to approve"),
            waiting.credits,
            "billing_manualcredit_changelist",
        ),
        (
            "billing.view_outcomedispute",
            _("Disputes to decide"),
            waiting.disputes,
            "billing_outcomedispute_changelist",
        ),
        (
            "billing.view_pricereview",
            _("Price reviews due"),
            waiting.reviews,
            "report_price_design_reviews",
        ),
        (
            "billing.view_repricingcampaign",
            _("Offers that reach nobody"),
            waiting.offers,
            "billing_repricingcampaign_changelist",
        ),
    ):
        if user.has_perm(permission):
            tone = "watch" if count else ""
            yield Tile(label, quantity_words(count), "", _page(page), tone)


def _steps(*, now: datetime) -> Iterator[SetupStep]:
    for state in list_steps(now=now):
        label, page = _STEPS[state.step]
        yield SetupStep(str(label), _page(page) if page else "", state.is_done)


def _elsewhere(others: tuple[Money, ...]) -> str:
    """What there is in other currencies, which is never converted."""
    if not others:
        return ""
    amounts = ", ".join(f"{money_words(other)} {other.currency}" for other in others)
    return _("apart from that %(amounts)s") % {"amounts": amounts}


def _whole(quantity: Decimal) -> Decimal:
    """The whole units of it: the first page needs no more."""
    return quantity.to_integral_value(ROUND_FLOOR)


def duration_words(duration: timedelta) -> str:
    """Say how long, in the largest whole unit: `3 days`, `5 hours`, `12 minutes`."""
    minutes = int(duration.total_seconds()) // 60
    hours, days = minutes // 60, minutes // (60 * 24)
    if days:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _page(name: str) -> str:
    return reverse(f"admin:{name}")
