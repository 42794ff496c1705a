"""The article's plan, as somebody reads it in German."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Organization, User
from billing.admin.overage_forms import TierForm
from billing.models import Agreement
from metering.credits.rollover import Basis, RolloverPolicy
from metering.expiry_words import expiry_sentence
from tests.factories.catalog import ArticleCatalog
from tests.factories.metering import grant

from .conftest import ON_THE_15TH, ReportAction, SignIn
from .reading import text_of

GERMAN = {"accept-language": "de"}


def test_prices_and_credits_are_written_as_in_german(
    client: Client, catalog: ArticleCatalog
) -> None:
    words = text_of(client.get("/pricing/", headers=GERMAN))

    assert "299 $ im Monat" in words
    assert "2.990 $ im Jahr" in text_of(client.get("/pricing/?interval=year", headers=GERMAN))
    assert "5.000 credits im Monat" in words
    assert (
        "25 % der nicht verbrauchten credits werden für einen Monat übertragen, einmalig; "
        "der Rest verfällt bei der monatlichen Zurücksetzung." in words
    )
    assert "$299" not in words


def test_a_member_reads_dates_and_shares_in_german(
    alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 60, action="GENERATE_REPORT", at=ON_THE_15TH)

    response = sign_in(alice).get("/overview/", headers=GERMAN)
    words = text_of(response)

    assert '<html lang="de"' in response.content.decode()
    assert "60 % verbraucht 3.000 verbraucht von 5.000" in words
    assert "Zurücksetzung am 10. Okt. 2026, 08:00 UTC" in words
    assert "299,00 $" in words


def test_where_credits_come_from_is_a_noun_in_german(
    alice: User,
    acme: Organization,
    catalog: ArticleCatalog,
    agreement: Agreement,
    sign_in: SignIn,
) -> None:
    grant(acme, catalog.meter, 50)

    words = text_of(sign_in(alice).get("/overview/", headers=GERMAN))

    assert "5.000 Kontingent, bis 10. Okt." in words
    assert "50 Aktionsguthaben" in words


def test_credits_lapse_and_orders_are_nouns_in_german(
    alice: User, agreement: Agreement, sign_in: SignIn
) -> None:
    page = sign_in(alice).get("/credits/", headers=GERMAN).content.decode()

    assert '<th scope="col">Verfällt</th>' in page
    assert '<th scope="col">Bestellen</th>' not in page


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (
            None,
            "Nicht verbrauchte Credits verfallen bei der monatlichen Zurücksetzung; "
            "nichts wird übertragen.",
        ),
        (
            RolloverPolicy(Basis.UNUSED, percent=50, cap_percent=100),
            "50 % der nicht verbrauchten Credits werden übertragen und verfallen nie, insgesamt "
            "bis zu 100 % des Monatskontingents; der Rest verfällt bei der monatlichen "
            "Zurücksetzung.",
        ),
        (
            RolloverPolicy(Basis.ALLOWANCE, percent=10, term_periods=3, rerolls=True),
            "Nicht verbrauchte Credits, bis zu 10 % des Kontingents, werden für 3 Monate "
            "übertragen; der Rest verfällt bei der monatlichen Zurücksetzung.",
        ),
    ],
)
def test_whether_credits_expire_is_answered_in_german(
    policy: RolloverPolicy | None, sentence: str
) -> None:
    with translation.override("de"):
        assert expiry_sentence(policy, unit_plural="Credits") == sentence


def test_staff_write_a_price_as_in_german() -> None:
    with translation.override("de"):
        form = TierForm({"unit_price": "0,12"})
        assert form.is_valid(), form.errors

    assert form.cleaned_data["unit_price"] == Decimal("0.12")
