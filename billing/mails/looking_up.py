"""What mails say beyond their facts, looked up when they are sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.mails.letters import instant_of
from accounts.models import MailNotice, Organization
from accounts.webhooks.values import amount

from ..agreements.conditions import price_of
from ..agreements.queries import find_live_agreement
from ..agreements.terms import terms_in_force
from ..agreements.waiting import find_waiting_change
from ..catalog.queries import get_plan_version_terms, list_feature_labels
from ..choices import CapAction, InvoiceStatus
from ..limits.queries import find_spend_cap
from ..models import Agreement, Invoice, PlanVersion
from ..rating.charges import base_charge
from ..repricing.offers.queries import is_told_by_an_offer

Facts = Mapping[str, Any]


def with_feature(notice: MailNotice, _now: datetime) -> Facts:
    """The facts, with what the feature is called."""
    facts = notice.data
    label = list_feature_labels(codes=[facts["feature"]]).get(facts["feature"])
    return {**facts, "feature_name": label.name if label else facts["feature"]}


def with_overage(notice: MailNotice, now: datetime) -> Facts:
    """The same, and whether more can be used and is charged."""
    agreement = find_live_agreement(organization=_organization(notice))
    sells = agreement is not None and any(
        feature.code == notice.data["feature"] and agreement.currency in feature.overage
        for feature in terms_in_force(agreement=agreement).metered
    )
    return {**with_feature(notice, now), "sells_overage": sells}


def with_cap(notice: MailNotice, _now: datetime) -> Facts:
    """The facts, with what the spend cap does; one that was removed meanwhile only tells."""
    cap = find_spend_cap(organization=_organization(notice))
    return {**notice.data, "action": CapAction.NOTIFY if cap is None else cap.action}


def with_price(notice: MailNotice, _now: datetime) -> Facts:
    """What events say of a subscription, with what each of its periods costs."""
    facts = notice.data
    return {**facts, "price": price_in(facts, currency=facts["currency"])}


def with_price_then(notice: MailNotice, _now: datetime) -> Facts | None:
    """
    What events say of a change that waits, with what it will cost; None of a move that an offer
    tells of in mails of its own.
    """
    facts = notice.data
    if is_told_by_an_offer(
        organization_id=_organization(notice).pk,
        plan_code=facts["plan"],
        version=facts["plan_version"],
        effective_at=instant_of(facts["effective_at"]),
    ):
        return None
    return {**facts, "price": price_in(facts, currency=facts["subscription"]["currency"])}


def unless_replaced(notice: MailNotice, _now: datetime) -> Facts | None:
    """What events say of a change that was undone; None if another took its place."""
    subscription = notice.data["subscription"]
    agreement = Agreement.objects.filter(
        organization=notice.organization_id, public_id=subscription["id"]
    ).first()
    if agreement is None or agreement.ended_at or agreement.cancel_at:
        return None
    if find_waiting_change(agreement) is not None:
        return None
    return {
        **notice.data,
        "price": price_in(subscription, currency=subscription["currency"]),
    }


def unless_followed(notice: MailNotice, _now: datetime) -> Facts | None:
    """What events say of a subscription that ended; None if another took its place."""
    organization = _organization(notice)
    return notice.data if find_live_agreement(organization=organization) is None else None


def unless_paid(notice: MailNotice, _now: datetime) -> Facts | None:
    """What events say of an invoice that was not paid; None once there is nothing to pay."""
    invoices = Invoice.objects.filter(
        organization=notice.organization_id, public_id=notice.data["id"]
    )
    return notice.data if invoices.filter(status=InvoiceStatus.OPEN).exists() else None


def price_in(facts: Facts, *, currency: str) -> dict[str, Any]:
    """What a period costs on the plan, interval and seats that the facts name."""
    version = PlanVersion.objects.select_related("plan").get(
        plan__code=facts["plan"], number=facts["plan_version"]
    )
    price = price_of(
        get_plan_version_terms(plan_version_id=version.pk),
        plan_name=facts["plan_name"],
        currency=currency,
        interval=facts["interval"],
    )
    charge = base_charge(price=price, seats=facts["seats"])
    return amount(charge.minor, charge.currency)


def _organization(notice: MailNotice) -> Organization:
    assert notice.organization is not None, notice
    return notice.organization
