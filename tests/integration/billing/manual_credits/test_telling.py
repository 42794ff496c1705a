"""Whoever may decide what waits for a second person is mailed, once, and nobody else."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission

from accounts.audit.actor import Actor
from accounts.models import Organization, User
from billing.choices import ManualCreditStatus
from billing.manual_credits.operations import CreditsWish, MoneyWish, Wish, approve, give_by_hand
from billing.models import ManualCredit
from config.kernel.money import Money
from metering.choices import GrantCategory
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED as NOW
from tests.factories.catalog import ArticleCatalog
from tests.factories.mails import addresses_of, send_due

pytestmark = pytest.mark.django_db

MUCH = MoneyWish(request="r1", amount=Money(25_000, "USD"), reason="For the outage")


def person(name: str, *, decides: bool, is_staff: bool = True) -> User:
    made = make_person(name, is_staff=is_staff)
    if decides:
        made.user_permissions.add(Permission.objects.get(codename="decide_manualcredit"))
    return made


@pytest.fixture
def sam(catalog: ArticleCatalog) -> User:
    """Gives, and may decide what others give."""
    return person("Sam", decides=True)


@pytest.fixture
def dana() -> User:
    """Decides; beside her somebody who may not, and somebody who was staff once."""
    person("Erin", decides=False)
    person("Frank", decides=True, is_staff=False)
    return person("Dana", decides=True)


def give(organization: Organization, wish: Wish, by: User) -> ManualCredit:
    return give_by_hand(organization=organization, wish=wish, actor=Actor.for_user(by), now=NOW)


def test_who_may_decide_is_mailed_what_waits_and_who_asked_for_it_is_not(
    acme: Organization, sam: User, dana: User
) -> None:
    credit = give(acme, MUCH, sam)
    give(acme, MUCH, sam)
    [message] = send_due(now=NOW)
    assert addresses_of([message]) == ["dana@acme.example"]
    assert message.subject == "To decide: $250.00 for Acme"
    assert "Reason: For the outage\n" in message.body
    assert f"/admin/billing/manualcredit/{credit.pk}/change/" in message.body
    assert send_due(now=NOW) == []


def test_credits_are_told_in_their_unit(acme: Organization, sam: User, dana: User) -> None:
    wish = CreditsWish(
        request="r1",
        feature="ai_credits",
        category=GrantCategory.PROMOTION,
        amount=MUCH.amount.amount * 10,
        reason="Welcome",
    )
    give(acme, wish, sam)
    [message] = send_due(now=NOW)
    assert message.subject == "To decide: 2,500 AI credits for Acme"


def test_what_is_given_at_once_or_decided_meanwhile_is_told_to_nobody(
    acme: Organization, sam: User, dana: User
) -> None:
    given = give(acme, replace(MUCH, amount=Money(100, "USD")), sam)
    assert given.status == ManualCreditStatus.GIVEN
    waiting = give(acme, replace(MUCH, request="r2"), sam)
    approve(credit_id=waiting.public_id, actor=Actor.for_user(dana), now=NOW)
    assert [
        str(message.subject) for message in send_due(now=NOW) if "wait" in message.subject
    ] == []


def test_where_nobody_may_decide_the_installation_is_told(acme: Organization, sam: User) -> None:
    give(acme, MUCH, sam)
    assert addresses_of(send_due(now=NOW)) == [settings.SUPPORT_EMAIL.lower()]
