"""Staff give credits and money by hand; above a limit a second person decides."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, User
from accounts.organizations.operations import close_organization
from billing.agreements.errors import OrganizationClosed
from billing.choices import ManualCreditStatus
from billing.entitlements.queries import FeatureNotFound
from billing.manual_credits.errors import AlreadyDecided, ManualCreditNotFound, SamePerson
from billing.manual_credits.operations import (
    CreditsWish,
    MoneyWish,
    Wish,
    approve,
    decline,
    give_by_hand,
)
from billing.manual_credits.queries import count_waiting, count_waiting_for
from billing.models import ManualCredit, MoneyCredit
from billing.usage.grants import ExpiresTooEarly
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.choices import GrantCategory
from metering.models import CreditGrant
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import STAFF, ArticleCatalog

NOW = SUBSCRIBED
DAY = timedelta(days=1)
CREDITS = CreditsWish(
    request="r1",
    feature="ai_credits",
    category=GrantCategory.ADJUSTMENT,
    amount=Decimal(1_000),
    reason="For the outage",
)
MONEY = MoneyWish(request="r1", amount=Money(10_000, "USD"), reason="For the outage")


@pytest.fixture
def sam(db: None, catalog: ArticleCatalog) -> User:
    """Gives."""
    return make_person("Sam", is_staff=True)


@pytest.fixture
def dana(db: None) -> User:
    """Decides."""
    return make_person("Dana", is_staff=True)


def give(organization: Organization, wish: Wish, person: User, days: int = 0) -> ManualCredit:
    return give_by_hand(
        organization=organization, wish=wish, actor=Actor.for_user(person), now=NOW + days * DAY
    )


def more(wish: Wish, request: str = "r2") -> Wish:
    """The smallest wish beside another one."""
    if isinstance(wish, MoneyWish):
        return replace(wish, request=request, amount=Money(1, "USD"))
    return replace(wish, request=request, amount=Decimal("0.000001"))


def audited() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action__startswith="manual_credit").order_by("pk")
    return [(entry.action, entry.actor) for entry in entries]


def test_credits_up_to_the_limit_are_given_at_once(acme: Organization, sam: User) -> None:
    given = give(acme, CREDITS, sam)
    grant = CreditGrant.objects.get()
    assert (given.status, given.grant, grant.amount, grant.category) == (
        "given",
        grant,
        Decimal(1_000),
        "adjustment",
    )
    assert AuditEntry.objects.get(action="credit_grant.created").actor == sam.email


def test_money_up_to_the_limit_is_given_at_once(acme: Organization, sam: User) -> None:
    given = give(acme, MONEY, sam)
    credit = MoneyCredit.objects.get()
    assert (given.status, given.money_credit) == ("given", credit)
    assert (credit.amount_minor, credit.cause, credit.reason) == (
        10_000,
        "manual",
        "For the outage",
    )


@pytest.mark.parametrize("wish", [CREDITS, MONEY], ids=["credits", "money"])
def test_a_wish_is_carried_out_once(acme: Organization, sam: User, wish: Wish) -> None:
    assert give(acme, wish, sam) == give(acme, wish, sam)
    assert CreditGrant.objects.count() + MoneyCredit.objects.count() == 1


@pytest.mark.parametrize("wish", [CREDITS, MONEY], ids=["credits", "money"])
def test_small_pieces_count_together(
    acme: Organization, globex: Organization, sam: User, dana: User, wish: Wish
) -> None:
    give(acme, wish, sam)
    assert give(acme, more(wish), sam, days=29).status == ManualCreditStatus.WAITING
    # Of another person, of another customer, and a month later it is another matter.
    assert give(acme, more(wish, "r3"), dana).status == ManualCreditStatus.GIVEN
    assert give(globex, more(wish), sam).status == ManualCreditStatus.GIVEN
    assert give(acme, more(wish, "r4"), sam, days=30).status == ManualCreditStatus.GIVEN


def test_what_waits_is_given_by_a_second_person(acme: Organization, sam: User, dana: User) -> None:
    asked = give(acme, replace(MONEY, amount=Money(10_001, "USD")), sam)
    assert asked.status == ManualCreditStatus.WAITING
    assert not MoneyCredit.objects.exists()
    assert (
        count_waiting(),
        count_waiting_for(user_id=sam.pk),
        count_waiting_for(user_id=dana.pk),
    ) == (1, 0, 1)

    approve(credit_id=asked.public_id, actor=Actor.for_user(dana), now=NOW + DAY)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, asked.decided_at) == ("given", dana, NOW + DAY)
    assert MoneyCredit.objects.get().amount_minor == 10_001
    assert audited() == [
        ("manual_credit.requested", sam.email),
        ("manual_credit.approved", dana.email),
    ]
    assert count_waiting() == 0


def test_nobody_decides_on_their_own_wish(acme: Organization, sam: User) -> None:
    asked = give(acme, replace(CREDITS, amount=Decimal(1_001)), sam)
    actor = Actor.for_user(sam)
    with pytest.raises(SamePerson):
        approve(credit_id=asked.public_id, actor=actor, now=NOW)
    with pytest.raises(SamePerson):
        decline(credit_id=asked.public_id, note="no", actor=actor, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualCredit.objects.filter(pk=asked.pk).update(
            status="declined", decided_by=sam, decided_at=NOW, note="no"
        )
    assert not CreditGrant.objects.exists()


def test_what_is_declined_is_not_given(acme: Organization, sam: User, dana: User) -> None:
    asked = give(acme, replace(CREDITS, amount=Decimal(1_001)), sam)
    decline(credit_id=asked.public_id, note="Too much", actor=Actor.for_user(dana), now=NOW)
    with pytest.raises(AlreadyDecided):
        approve(credit_id=asked.public_id, actor=Actor.for_user(dana), now=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.note) == ("declined", "Too much")
    assert not CreditGrant.objects.exists()


def test_what_has_expired_meanwhile_is_not_given(acme: Organization, sam: User, dana: User) -> None:
    wish = replace(CREDITS, amount=Decimal(1_001), expires_at=NOW + DAY)
    asked = give(acme, wish, sam)
    with pytest.raises(ExpiresTooEarly):
        approve(credit_id=asked.public_id, actor=Actor.for_user(dana), now=NOW + DAY)
    asked.refresh_from_db()
    assert (asked.status, len(audited())) == ("waiting", 1)


def test_money_of_another_currency_always_takes_two(acme: Organization, sam: User) -> None:
    asked = give(acme, replace(MONEY, amount=Money(1, "EUR")), sam)
    assert asked.status == ManualCreditStatus.WAITING


def test_a_purchase_by_a_person_has_the_limit_too(acme: Organization, sam: User) -> None:
    wish = replace(CREDITS, amount=Decimal(1_001), category=GrantCategory.PURCHASE)
    assert give(acme, wish, sam).status == ManualCreditStatus.WAITING


def test_what_cannot_be_given_is_not_asked_for(acme: Organization, sam: User) -> None:
    for wish, refusal in (
        (replace(CREDITS, feature="nothing"), FeatureNotFound),
        (replace(CREDITS, expires_at=NOW), ExpiresTooEarly),
        (replace(MONEY, amount=Money(0, "USD")), Invalid),
        (replace(MONEY, expires_at=NOW), ExpiresTooEarly),
    ):
        with pytest.raises(refusal):
            give(acme, wish, sam)
    assert not ManualCredit.objects.exists()


def test_a_closed_organization_is_given_nothing(acme: Organization, sam: User, dana: User) -> None:
    asked = give(acme, replace(MONEY, amount=Money(10_001, "USD")), sam)
    close_organization(organization=acme, actor=STAFF, reason="gone", now=NOW)
    acme.refresh_from_db()
    with pytest.raises(OrganizationClosed):
        give(acme, replace(MONEY, request="later"), sam)
    with pytest.raises(OrganizationClosed):
        approve(credit_id=asked.public_id, actor=Actor.for_user(dana), now=NOW)


def test_a_key_decides_nothing_and_an_unknown_one_is_missing(
    acme: Organization, sam: User, dana: User
) -> None:
    asked = give(acme, replace(MONEY, amount=Money(10_001, "USD")), sam)
    for credit_id, actor in ((asked.public_id, STAFF), ("mnc_unknown", Actor.for_user(dana))):
        with pytest.raises(ManualCreditNotFound):
            approve(credit_id=credit_id, actor=actor, now=NOW)
