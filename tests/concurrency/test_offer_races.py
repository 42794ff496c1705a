"""Staff open a campaign while a customer accepts an offer of another after all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from accounts.audit.actor import Actor
from accounts.models import Organization
from billing.models import RepricingCampaign, RepricingOffer
from billing.repricing.offers import answering, preparing
from billing.repricing.offers.errors import OfferOver
from billing.repricing.offers.operations import accept_offer, decline_offer, open_campaign
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog, make_article_catalog
from tests.factories.offers import make_campaign, make_offer, simulate_customer

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = datetime(2026, 3, 15, 12, tzinfo=UTC)
LATER = TOLD + timedelta(days=1)
GOES_ON = ("prepared", "open", "accepted")


class Declined:
    """Acme has declined one offer, and staff are about to make it another."""

    def __init__(self, catalog: ArticleCatalog) -> None:
        self.organization = make_organization("Acme")
        alice = make_person("Alice")
        make_member(self.organization, alice, "owner")
        self.alice = Actor.for_user(alice)
        agreement = make_agreement(
            self.organization, "per_seat", seats=7, at=TOLD - timedelta(days=9)
        )
        self.offer = make_offer(agreement, catalog.professional, at=TOLD)
        decline_offer(offer=self.offer, actor=self.alice, now=TOLD)
        self.campaign = make_campaign([agreement.plan_version.plan], [catalog.starter.plan])
        simulate_customer(self.campaign, agreement, catalog.starter, as_of=TOLD)

    def accept(self) -> RepricingOffer:
        return accept_offer(offer=self.offer, actor=self.alice, now=LATER)

    def open(self) -> RepricingCampaign:
        return open_campaign(campaign=self.campaign, actor=STAFF, now=LATER)

    def at_once(self) -> list[str]:
        """Do both together in threads; return how each ended."""
        start = Barrier(2, timeout=20)

        def attempt(deed: Callable[[], Any]) -> str:
            try:
                start.wait()
                deed()
            except (IntegrityError, OfferOver) as refusal:
                return type(refusal).__name__
            finally:
                connections.close_all()
            return "done"

        with ThreadPoolExecutor(2) as threads:
            return list(threads.map(attempt, (self.accept, self.open)))


@pytest.fixture
def declined() -> Declined:
    return Declined(make_article_catalog())


def unfinished(organization: Organization) -> int:
    offers = RepricingOffer.objects.owned_by(organization)
    return offers.filter(status__in=GOES_ON).count()


def test_without_the_locks_the_database_has_to_stop_one(
    declined: Declined, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there is no other offer before either writes its own."""
    both_have_read = Barrier(2, timeout=20)

    def and_wait(step: Callable[..., Any]) -> Callable[..., Any]:
        def read(*args: Any, **kwargs: Any) -> Any:
            found = step(*args, **kwargs)
            both_have_read.wait()
            return found

        return read

    monkeypatch.setattr(preparing, "lock_organizations", lambda **_organizations: None)
    monkeypatch.setattr(preparing, "_offers_of", and_wait(preparing._offers_of))
    monkeypatch.setattr(answering, "_has_another", and_wait(answering._has_another))
    assert sorted(declined.at_once()) == ["IntegrityError", "done"]


@pytest.mark.parametrize("_attempt", range(5))
def test_with_them_the_campaign_opens_and_there_is_one_offer(
    declined: Declined, _attempt: int
) -> None:
    accepted, opened = declined.at_once()
    assert opened == "done"
    assert accepted in ("done", "OfferOver")
    assert unfinished(declined.organization) == 1
    made = RepricingOffer.objects.filter(campaign=declined.campaign).count()
    assert made == (0 if accepted == "done" else 1)
