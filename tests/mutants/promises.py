"""Guarantees that a move costs no more, with a month that was compared: for two organizations."""

from billing.models import Agreement
from tests.factories.guarantees import make_campaign, write_down_guarantee
from tests.proof.books import Books


def fill_promises(books: Books) -> None:
    """Promise both organizations that their move costs no more, and give a month back."""
    campaign = make_campaign(name="Safe prices")
    for organization in (books.acme, books.globex):
        agreement = Agreement.objects.owned_by(organization).get()
        write_down_guarantee(agreement, campaign=campaign)
