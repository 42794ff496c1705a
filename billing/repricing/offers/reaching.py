"""
Whom the first notice of an offer has not reached: nothing happens to them until it has.

A notice goes to everybody who looks after the billing of an organization. There may be nobody, or
none of the mails can be delivered. Then the offer waits, and the notice leaves again as soon as
there is somebody whom it was not sent to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts.choices import MailDrop
from accounts.models import Mail, MailNotice

from ...choices import CampaignStatus, OfferStatus
from ...mails.people import list_billing_people
from ...models import RepricingCampaign, RepricingNotice, RepricingOffer
from .dates import FIRST_NOTICE

# A kind of mail: the first notice.
NOTICE: Final = "repricing_notice"


class Unreachable(StrEnum):
    """Why a notice has reached nobody."""

    NOBODY = auto()
    """Nobody who looks after the billing has a mail address with us."""
    REFUSED = auto()
    """The mail server refuses the addresses."""
    GIVEN_UP = auto()
    """The mail server was not reached for a week."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """
    An offer whose notice has reached nobody, with its organization, and why. `addresses` are those
    that it was sent to in vain.
    """

    offer: RepricingOffer
    reason: Unreachable
    addresses: tuple[str, ...]


def list_unreached(*, campaign: RepricingCampaign) -> list[Unreached]:
    """Return the offers of a campaign of which nobody could be told, by the customers' names."""
    offers = list_unreached_offers().filter(campaign=campaign)
    found = offers.select_related("organization").order_by("organization__name", "pk")
    return [_described(offer) for offer in found]


def count_unreached() -> int:
    """Return of how many offers nobody could be told, of all campaigns that run."""
    return list_unreached_offers().count()


def list_unreached_offers() -> QuerySet[RepricingOffer]:
    """Offers that wait for their first notice to reach somebody, while it is on no way to them."""
    notices = MailNotice.objects.filter(
        organization_id=OuterRef("organization_id"),
        kind=NOTICE,
        fact__startswith=Concat(OuterRef("public_id"), Value(":")),
    )
    mails = Mail.objects.filter(
        organization_id=OuterRef("organization_id"),
        notice__kind=NOTICE,
        notice__fact__startswith=Concat(OuterRef("public_id"), Value(":")),
    )
    queued = RepricingNotice.objects.filter(
        organization_id=OuterRef("organization_id"),
        offer=OuterRef("pk"),
        days_before=FIRST_NOTICE,
        queued_at__isnull=False,
    )
    return RepricingOffer.objects.filter(
        Exists(queued),
        ~Exists(notices.filter(due_at__isnull=False)),
        ~Exists(mails.filter(Q(due_at__isnull=False) | Q(sent_at__isnull=False))),
        status=OfferStatus.PREPARED,
        campaign__status=CampaignStatus.RUNNING,
        agreement__ended_at=None,
        organization__closed_at=None,
    )


def has_somebody_else(offer: RepricingOffer) -> bool:
    """Whether there is by now whom an offer could be told to, and was not sent to before."""
    in_vain = _mails_of(offer).exclude(drop_reason=MailDrop.NOT_FOR_THEM)
    tried = set(in_vain.values_list("address", flat=True))
    return any(person.address not in tried for person in list_billing_people(offer.organization))


def count_attempts(offer: RepricingOffer) -> int:
    """Return how often the first notice of an offer was to be sent."""
    return MailNotice.objects.filter(
        organization_id=offer.organization_id,
        kind=NOTICE,
        fact__startswith=f"{offer.public_id}:",
    ).count()


def _described(offer: RepricingOffer) -> Unreached:
    mails = list(_mails_of(offer).order_by("pk"))
    addresses = tuple(dict.fromkeys(mail.address for mail in mails))
    return Unreached(offer, _reason(mail.drop_reason for mail in mails), addresses)


def _reason(drops: Iterable[str]) -> Unreachable:
    found = set(drops)
    if MailDrop.GIVEN_UP in found:
        return Unreachable.GIVEN_UP
    return Unreachable.REFUSED if MailDrop.REFUSED in found else Unreachable.NOBODY


def _mails_of(offer: RepricingOffer) -> QuerySet[Mail]:
    return Mail.objects.filter(
        organization_id=offer.organization_id,
        notice__kind=NOTICE,
        notice__fact__startswith=f"{offer.public_id}:",
    )
