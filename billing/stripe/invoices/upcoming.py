"""What the next invoice will say: Stripe's preview, and the overage that it cannot know of."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.money import Money, minor_digits
from config.kernel.quantities import EXACT

from ...agreements.queries import Standing, find_standing
from ...choices import Collection
from ...invoicing.estimate import InvoiceEstimate, estimate_under, list_accrued_lines
from ...models import Agreement, StripeSubscription
from ...rating.charges import ChargeLine, total
from ...usage.queries import FeatureBalance, list_balances_under
from ..gateway.client import ask, briefly
from ..gateway.configuration import is_connected
from ..gateway.errors import StripeRefused, StripeUnavailable
from ..gateway.facts import InvoiceFacts, LineFacts
from .charges import metered_features


def upcoming(*, organization: Organization, now: datetime) -> InvoiceEstimate | None:
    """
    Return what the organization's next invoice will be; None without an agreement.

    Base price, prorations, discount and tax are Stripe's own preview; what is settled and not
    invoiced, and the overage so far, are ours. Where Stripe does not collect, has no invoice to
    come or does not answer, it is our estimate alone.
    """
    standing = find_standing(organization=organization, now=now)
    if standing is None:
        return None
    balances = list_balances_under(agreement=standing.agreement, now=now)
    return upcoming_under(standing=standing, balances=balances, now=now)


def upcoming_under(
    *, standing: Standing, balances: Sequence[FeatureBalance], now: datetime
) -> InvoiceEstimate:
    """Return the same for a standing and its balances that were read at that moment."""
    agreement = standing.agreement
    accrued = list_accrued_lines(agreement=agreement, balances=balances)
    estimate = estimate_under(standing=standing, balances=balances, now=now, accrued=accrued)
    if not _is_on_renewal(estimate, agreement):
        return estimate
    preview = _preview(agreement)
    if preview is None:
        return estimate
    lines = (*_lines_there(preview), *accrued, *_reductions(preview))
    return InvoiceEstimate(
        lines=lines,
        total=total(lines, currency=agreement.currency),
        due_at=estimate.due_at,
        collection=estimate.collection,
        balance=estimate.balance,
    )


def _is_on_renewal(estimate: InvoiceEstimate, agreement: Agreement) -> bool:
    """Whether Stripe makes the next invoice, because a billing period begins."""
    return (
        is_connected()
        and agreement.collection == Collection.STRIPE
        and estimate.due_at == agreement.current_period_end
    )


def _preview(agreement: Agreement) -> InvoiceFacts | None:
    known = StripeSubscription.objects.filter(agreement=agreement).first()
    if known is None:
        return None
    try:
        with briefly():
            told = ask("invoices.create_preview", {"subscription": known.stripe_id})
    except (StripeRefused, StripeUnavailable):
        # Nothing is to come, or nobody answers: our estimate says what is known here.
        return None
    return InvoiceFacts.read(told)


def _lines_there(preview: InvoiceFacts) -> Iterator[ChargeLine]:
    """Stripe's lines, without usage: what is reported to it is among our settled lines."""
    metered = metered_features(preview)
    for line in preview.lines:
        if line.price_id not in metered and line.amount:
            yield _line(line, currency=preview.currency)


def _line(line: LineFacts, *, currency: str) -> ChargeLine:
    amount = Money(line.amount, currency)
    if line.quantity is None or line.unit_price is None:
        return ChargeLine(line.description, Decimal(1), "", None, amount)
    price = line.unit_price.scaleb(-minor_digits(currency), context=EXACT)
    return ChargeLine(line.description, line.quantity, "", price, amount)


def _reductions(preview: InvoiceFacts) -> Iterator[ChargeLine]:
    """What Stripe takes off, and adds as tax, to the lines that it knows."""
    # Of a price that includes its tax, nothing is added.
    tax = preview.total - preview.subtotal + preview.discount
    for description, minor in ((_("Discount"), -preview.discount), (_("Tax"), tax)):
        if minor:
            amount = Money(minor, preview.currency)
            yield ChargeLine(description, Decimal(1), "", None, amount)
