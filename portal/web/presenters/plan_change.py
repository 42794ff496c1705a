"""What a change of the plan comes to, before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.agreements.queries import agreed_price
from billing.catalog.queries import get_plan_version_terms, list_feature_labels
from billing.catalog.terms import VersionTerms
from billing.choices import AgreementStatus, BillingInterval
from billing.models import Agreement
from billing.stripe.journeys.changes import ChangePreview, PreviewLine
from billing.stripe.journeys.proposals import Wish
from config.kernel.money import Money

from ...formatting import credits_text, money_text
from .effects import EffectLines, Labels, describe_effects
from .price import PriceLine, price_line


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One thing that is agreed, now and then."""

    label: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """
    Everything on the page of a change.

    `legacy_plan` is the plan that is left behind, if it is not sold any more. `adjustment` is what
    lies between the lines with their tax and what is due: a credit of the customer's that pays for
    it, or one that is left over and kept.
    """

    title: str
    plan: str
    legacy_plan: str
    is_at_once: bool
    is_on_trial: bool
    effective_at: datetime
    rows: tuple[ComparedRow, ...]
    effects: EffectLines
    lines: tuple[PreviewLine, ...]
    tax: Money
    adjustment: Money
    due_now: Money
    price: PriceLine
    next_charge_at: datetime
    card: str
    hidden: tuple[tuple[str, str], ...]

    @property
    def is_credit_kept(self) -> bool:
        """Whether the change gives back more than it costs."""
        return self.adjustment.minor > 0 and self.due_now.minor == 0


def present_change(agreement: Agreement, wish: Wish, preview: ChangePreview) -> ChangePage:
    """Put a preview into words; `hidden` holds what makes exactly this change."""
    proposal = preview.proposal
    before = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    labels = list_feature_labels()
    price = price_line(proposal.price, interval=proposal.interval, seats=proposal.seats)
    return ChangePage(
        title=_title(agreement, preview),
        plan=proposal.version.plan.name,
        legacy_plan=agreement.plan_version.plan.name if preview.leaves_legacy_plan else "",
        is_at_once=preview.is_at_once,
        is_on_trial=agreement.status == AgreementStatus.TRIALING,
        effective_at=preview.effective_at,
        rows=tuple(_rows(agreement, before, preview, price=price, labels=labels)),
        effects=describe_effects(
            before, proposal.terms, currency=agreement.currency, labels=labels
        ),
        lines=preview.lines,
        tax=preview.tax,
        adjustment=_adjustment(preview),
        due_now=preview.due_now,
        price=price,
        next_charge_at=preview.next_charge_at,
        card=preview.card,
        hidden=tuple(_hidden(wish, preview)),
    )


def _hidden(wish: Wish, preview: ChangePreview) -> Iterator[tuple[str, str]]:
    if wish.plan_code is not None:
        yield "plan", wish.plan_code
    if wish.interval is not None:
        yield "interval", wish.interval
    if wish.seats is not None:
        yield "seats", str(wish.seats)
    yield "at", str(int(preview.proration_at.timestamp()))
    yield "due", str(preview.due_now.minor)


def _title(agreement: Agreement, preview: ChangePreview) -> str:
    proposal = preview.proposal
    if proposal.version.plan_id != agreement.plan_version.plan_id:
        return _("Change to %(plan)s") % {"plan": proposal.version.plan.name}
    if proposal.interval != agreement.interval:
        is_yearly = proposal.interval == BillingInterval.YEAR
        return _("Change to yearly billing") if is_yearly else _("Change to monthly billing")
    return ngettext("Change to %(seats)s seat", "Change to %(seats)s seats", proposal.seats) % {
        "seats": credits_text(Decimal(proposal.seats))
    }


def _rows(
    agreement: Agreement,
    before: VersionTerms,
    preview: ChangePreview,
    *,
    price: PriceLine,
    labels: Labels,
) -> Iterator[ComparedRow]:
    proposal, agreed = preview.proposal, agreed_price(agreement)
    now = price_line(agreed, interval=agreement.interval, seats=agreement.seats)
    yield ComparedRow(_("Plan"), agreement.plan_version.plan.name, proposal.version.plan.name)
    yield ComparedRow(_("Price"), _price_words(now), _price_words(price), price.note)
    if agreed.per_seat is not None or proposal.price.per_seat is not None:
        yield ComparedRow(
            _("Seats"),
            credits_text(Decimal(agreement.seats)),
            credits_text(Decimal(proposal.seats)),
        )
    for code, label in labels.items():
        was, becomes = before.feature(code), proposal.terms.feature(code)
        if any(feature is not None and feature.is_metered for feature in (was, becomes)):
            yield ComparedRow(
                _("%(feature)s a month") % {"feature": label.name},
                _allowance(before, code),
                _allowance(proposal.terms, code),
            )


def _price_words(price: PriceLine) -> str:
    return f"{money_text(price.amount)} {price.unit}"


def _allowance(terms: VersionTerms, code: str) -> str:
    feature = terms.feature(code)
    if feature is None or not feature.is_metered:
        return _("none")
    return _("unlimited") if feature.allowance is None else credits_text(feature.allowance)


def _adjustment(preview: ChangePreview) -> Money:
    listed = sum(line.amount.minor for line in preview.lines) + preview.tax.minor
    return Money(preview.due_now.minor - listed, preview.due_now.currency)
