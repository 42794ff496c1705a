"""Numbers as people type them: what a German writes is not what an English reader would read."""

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.limits.queries import find_spend_cap
from billing.models import Agreement
from config.kernel.money import Money

from .conftest import SignIn
from .reading import text_of


def cap(client: Client, amount: str) -> str:
    """Set the cap, and return what the page says afterwards."""
    entered = {"amount": amount, "action": "stop"}
    return text_of(client.post("/limits/cap/", entered, follow=True))


@pytest.mark.parametrize(
    ("language", "typed", "minor"),
    [
        ("de", "1.000", 100_000),
        ("de", "1.234,5", 123_450),
        ("de", "20,50", 2_050),
        ("en", "1,000", 100_000),
        ("en", "20.50", 2_050),
    ],
)
def test_an_amount_is_read_in_the_language_of_the_page(
    language: str,
    typed: str,
    minor: int,
    alice: User,
    acme: Organization,
    agreement: Agreement,
    sign_in: SignIn,
) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    cap(sign_in(alice), typed)
    found = find_spend_cap(organization=acme)
    assert found is not None
    assert found.amount == Money(minor, "USD")


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("de", "20.50", "1.234,5"),
        ("en", "1,5", "Write the number like 1,234.5."),
        ("en", "1.000", "There is no such amount of this currency."),
    ],
)
def test_what_could_mean_another_amount_is_refused(
    language: str,
    typed: str,
    said: str,
    alice: User,
    acme: Organization,
    agreement: Agreement,
    sign_in: SignIn,
) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    assert said in cap(sign_in(alice), typed)
    assert find_spend_cap(organization=acme) is None
