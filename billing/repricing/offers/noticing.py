"""
Tell customers of their offers: 90, 30 and 7 days before the date, each once, with proof.

The first notice goes out at once, whatever the date will be, and starts the clock when it has
left. A mail that nobody gets is no notice, and without one nothing takes effect.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value

from accounts.audit.actor import SYSTEM
from accounts.mails.kinds import Departure
from accounts.mails.notices import write_notice
from accounts.mails.ringing import ring_on_commit
from accounts.models import MailNotice, Organization
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from accounts.webhooks.values import amount, instant

from ...choices import CampaignStatus, OfferStatus
from ...events import EventType
from ...models import RepricingNotice, RepricingOffer
from .dates import FIRST_NOTICE, date_from, plan_reminders
from .loading import loaded, lock_offer
from .noting import facts_of, note_offer, standing_of
from .reaching import NOTICE, count_attempts, has_somebody_else, list_unreached_offers

# Another kind of mail.
REMINDER: Final = "repricing_reminder"

_IS_TOLD: Final = (OfferStatus.PREPARED, OfferStatus.OPEN, OfferStatus.ACCEPTED)


def send_due_notices(*, now: datetime) -> int:
    """
    Have the notices mailed that are due by the time of their organizations, and those again that
    reached nobody where there is somebody else to tell by now; return their number.

    One organization that fails does not hold up the others: the failures are raised at the end.
    """

    def visit(organization_id: int) -> int:
        return _queue_due(
            organization_id=organization_id, now=time_of(organization_id=organization_id, now=now)
        )

    due = _due(now).order_by().values_list("organization_id", flat=True)
    unreached = list_unreached_offers().order_by().values_list("organization_id", flat=True)
    found = sorted({*due, *unreached})
    return sum(sweep(found, visit, doing="sending the notices of"))


def facts_of_notice(notice: MailNotice, now: datetime) -> Mapping[str, Any] | None:
    """
    Return what the mail of a notice says: the offer with its figures, and the date that the
    notice comes to when it leaves now. None once there is nothing to tell any more.
    """
    offer = _offer_of(notice)
    if offer is None or offer.status not in _IS_TOLD or not _is_on_plan(offer):
        return None
    is_running = offer.campaign.status == CampaignStatus.RUNNING
    if not is_running and offer.status != OfferStatus.ACCEPTED:
        return None
    if offer.status == OfferStatus.PREPARED:
        now = time_of(organization_id=offer.organization_id, now=now)
        offer.noticed_at, offer.effective_at = now, date_from(offer, noticed_at=now)
    return {**told_of(offer), "days_before": notice.data["days_before"]}


def facts_once_accepted(notice: MailNotice, _now: datetime) -> Mapping[str, Any] | None:
    """Return what the mail says that confirms an answer; None once it was taken back."""
    offer = _find(notice.organization, public_id=notice.data["id"])
    if offer is None or offer.status != OfferStatus.ACCEPTED:
        return None
    return told_of(offer)


def told_of(offer: RepricingOffer) -> dict[str, Any]:
    """Return what mails say of an offer."""
    campaign, figures = offer.campaign, offer.figures
    worst = next(
        (plan["worst_minor"] for plan in figures.get("plans", ()) if plan["is_offered"]), None
    )
    return {
        **facts_of(offer),
        "why": campaign.why,
        "month_count": len(figures.get("months", ())),
        "current_worst": amount(figures["current"]["worst_minor"], offer.currency),
        "new_worst": None if worst is None else amount(worst, offer.currency),
        "guarantee_months": campaign.guarantee_months,
        "guarantee_rule": str(campaign.guarantee_rule),
        "answer_by": instant(campaign.answer_by),
    }


def remember_departure(departure: Departure) -> None:
    """
    Keep the proof that a notice was sent. The first mail of the first notice starts the clock: the
    offer is open from then on, and has its date.
    """
    known = _offer_of(departure.notice)
    if known is None:
        return
    now = time_of(organization_id=known.organization_id, now=departure.at)
    with transaction.atomic():
        offer = lock_offer(offer_id=known.pk, organization_id=known.organization_id, now=now)
        if offer.status == OfferStatus.PREPARED:
            _open(offer, now=now)
        _keep_proof(offer, departure, now=now)


def _open(offer: RepricingOffer, *, now: datetime) -> None:
    told = standing_of(offer)
    offer.status = OfferStatus.OPEN
    offer.noticed_at, offer.effective_at = now, date_from(offer, noticed_at=now)
    offer.save(update_fields=["status", "noticed_at", "effective_at"])
    plan_reminders(offer, now=now)
    note_offer(offer, EventType.REPRICING_OFFER_MADE, before=told, actor=SYSTEM, now=now)


def _keep_proof(offer: RepricingOffer, departure: Departure, *, now: datetime) -> None:
    digest = sha256(departure.text.encode())
    notice = RepricingNotice.objects.get(
        organization_id=offer.organization_id,
        offer=offer,
        days_before=departure.notice.data["days_before"],
    )
    if notice.sent_at is None:
        notice.sent_at, notice.message_sha256 = now, digest.digest()
    mail = {"address": departure.address, "sent_at": instant(now), "sha256": digest.hexdigest()}
    notice.sent_to = [*notice.sent_to, mail]
    notice.save(update_fields=["sent_at", "message_sha256", "sent_to"])


@transaction.atomic
def _queue_due(*, organization_id: int, now: datetime) -> int:
    lock_organization(organization_id=organization_id)
    due = _due(now, own=True).filter(organization_id=organization_id).select_related("offer")
    queued = 0
    for notice in due.order_by("due_at"):
        is_first = notice.days_before == FIRST_NOTICE
        notice_id = write_notice(
            organization_id=organization_id,
            kind=NOTICE if is_first else REMINDER,
            fact=f"{notice.offer.public_id}:{notice.days_before}",
            data={"offer": notice.offer.public_id, "days_before": notice.days_before},
            now=now,
        )
        ring_on_commit(notice_id=notice_id)
        notice.queued_at = now
        notice.save(update_fields=["queued_at"])
        queued += 1
    return queued + _tell_others(organization_id=organization_id, now=now)


def _tell_others(*, organization_id: int, now: datetime) -> int:
    """Let first notices leave again that reached nobody, once there is somebody else to tell."""
    offers = list_unreached_offers().filter(organization_id=organization_id)
    again = [offer for offer in offers if has_somebody_else(offer)]
    for offer in again:
        notice_id = write_notice(
            organization_id=organization_id,
            kind=NOTICE,
            fact=f"{offer.public_id}:{FIRST_NOTICE}:{count_attempts(offer) + 1}",
            data={"offer": offer.public_id, "days_before": FIRST_NOTICE},
            now=now,
        )
        ring_on_commit(notice_id=notice_id)
    return len(again)


def _due(now: datetime, *, own: bool = False) -> QuerySet[RepricingNotice]:
    """
    Notices that are due and not on their way. `own` says that `now` is the organization's own
    time already.
    """
    moment: Any = Value(now, output_field=DateTimeField())
    if not own:
        moment = ExpressionWrapper(
            moment + F("organization__clock_ahead"), output_field=DateTimeField()
        )
    return RepricingNotice.objects.filter(
        queued_at=None, due_at__lte=moment, offer__status__in=_IS_TOLD
    )


def _offer_of(notice: MailNotice) -> RepricingOffer | None:
    return _find(notice.organization, public_id=notice.data["offer"])


def _find(organization: Organization | None, *, public_id: str) -> RepricingOffer | None:
    return loaded().filter(organization=organization, public_id=public_id).first()


def _is_on_plan(offer: RepricingOffer) -> bool:
    agreement = offer.agreement
    return agreement.ended_at is None and (
        agreement.plan_version.plan_id == offer.from_version.plan_id
    )
