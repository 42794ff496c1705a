"""Customers whom no notice reaches: staff see them, and they are told once somebody is there."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.choices import MailDrop
from accounts.mails.addressing import address_mails
from accounts.mails.notices import list_due_notices
from accounts.models import Mail, Organization, User
from billing.analytics.dashboard import get_waiting
from billing.models import RepricingOffer
from billing.repricing.offers.operations import (
    close_campaign,
    move_due_offers,
    send_due_notices,
)
from billing.repricing.offers.reaching import Unreachable, count_unreached, list_unreached
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.offers import days, make_offer, offer_of, tell

pytestmark = pytest.mark.django_db

PREPARED = datetime(2026, 3, 15, 12, tzinfo=UTC)
LATER = PREPARED + days(20)


@pytest.fixture
def empty() -> Organization:
    """A customer without a member and without a contact for payments."""
    return make_organization("Empty")


@pytest.fixture
def offer(catalog: ArticleCatalog, empty: Organization) -> RepricingOffer:
    """An app has subscribed it, so that nobody is there to be told."""
    agreement = make_agreement(empty, "per_seat", seats=7, at=PREPARED - days(30))
    return make_offer(agreement, catalog.professional, at=PREPARED)


def test_an_offer_that_nobody_can_be_told_of_waits_and_staff_see_why(
    offer: RepricingOffer,
) -> None:
    assert (offer.status, offer.effective_at) == ("prepared", None)
    [unreached] = list_unreached(campaign=offer.campaign)
    assert (unreached.offer, unreached.addresses) == (offer, ())
    assert unreached.reason == Unreachable.NOBODY
    assert count_unreached() == get_waiting(now=LATER).offers == 1
    assert tell(at=LATER) == 0


def test_it_is_told_once_somebody_is_there_and_the_notice_runs_from_then(
    offer: RepricingOffer, empty: Organization
) -> None:
    make_member(empty, make_person("Dora"), "billing")

    assert [tell(at=LATER), tell(at=LATER + days(1))] == [1, 0]

    told = offer_of(empty)
    assert (told.status, told.noticed_at) == ("open", LATER)
    assert told.effective_at is not None
    assert told.effective_at >= LATER + days(90)
    [message] = mail.outbox
    assert message.to == ["dora@acme.example"]
    assert count_unreached() == 0


def test_whose_address_is_refused_is_told_at_another_one(
    offer: RepricingOffer, empty: Organization
) -> None:
    dora = make_person("Dora")
    make_member(empty, dora, "billing")
    refuse(dora, at=LATER)

    [unreached] = list_unreached(campaign=offer.campaign)
    assert unreached.reason == Unreachable.REFUSED
    assert unreached.addresses == ("dora@acme.example",)
    assert tell(at=LATER + days(1)) == 0

    User.objects.filter(pk=dora.pk).update(email="dora@new.example")
    assert tell(at=LATER + days(2)) == 1
    assert offer_of(empty).noticed_at == LATER + days(2)


def refuse(person: User, *, at: datetime) -> None:
    """The notice is written to a person, and the mail server takes it never."""
    send_due_notices(now=at)
    for notice_id in list_due_notices(now=at, limit=10):
        address_mails(notice_id=notice_id, now=at)
    Mail.objects.filter(user=person).update(
        due_at=None, dropped_at=at, drop_reason=MailDrop.REFUSED
    )


def test_a_campaign_that_is_closed_tells_nobody_any_more(
    offer: RepricingOffer, empty: Organization
) -> None:
    close_campaign(campaign=offer.campaign, actor=STAFF, now=LATER)
    make_member(empty, make_person("Dora"), "billing")

    assert tell(at=LATER) == 0
    assert count_unreached() == 0
    move_due_offers(now=LATER)
    assert offer_of(empty).status == "withdrawn"


def test_the_page_of_the_campaign_says_whom_and_what_to_do(
    offer: RepricingOffer, empty: Organization, client: Client
) -> None:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    page = client.get(reverse("admin:billing_repricingcampaign_offers", args=[offer.campaign_id]))
    words = page.content.decode()
    assert "Nobody could be told" in words
    assert "Nobody looks after its billing." in words
    assert reverse("admin:accounts_organization_change", args=[empty.pk]) in words
