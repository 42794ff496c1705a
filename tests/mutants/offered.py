"""Plans that were offered to one customer: for two organizations, one taken and one open."""

from datetime import timedelta

from billing.choices import PrivateOfferStatus
from billing.models import Agreement, Plan, PrivateOffer
from tests.factories.agreements import SUBSCRIBED
from tests.proof.books import Books


def fill_private_offers(books: Books) -> None:
    """Offer both of them a plan; the first offer of each was accepted."""
    plan = Plan.objects.order_by("pk")[0]
    for organization in (books.acme, books.globex):
        agreement = Agreement.objects.owned_by(organization).order_by("pk")[0]
        offered = {
            "organization": organization,
            "plan": plan,
            "offered_at": SUBSCRIBED,
            "expires_at": SUBSCRIBED + timedelta(days=14),
        }
        PrivateOffer.objects.create(
            **offered,
            status=PrivateOfferStatus.ACCEPTED,
            agreement=agreement,
            ended_at=SUBSCRIBED,
        )
        PrivateOffer.objects.create(**offered, seats=10)
