"""A link ends mails of one sort from one organization to one reader, and nothing else."""

import pytest

from accounts.choices import MailAlert
from accounts.mails.preferences import Preference, choose_alerts, list_preferences
from accounts.mails.unsubscribing import (
    find_subscription,
    is_unsubscribed,
    subscribe,
    unsubscribe,
    unsubscribe_url,
)
from accounts.models import Mail, MailOptOut, Membership, Organization, User
from config.kernel.errors import NotFound
from tests.factories.accounts import make_member
from tests.factories.mails import addresses_of, make_mails, make_notice, send_due

from .conftest import NEWS, SECRET_NEWS

pytestmark = pytest.mark.usefixtures("desk")


def token_of(mail: Mail) -> str:
    return unsubscribe_url(mail_id=mail.public_id).rstrip("/").rpartition("/")[2]


@pytest.fixture
def to_bob(acme: Organization) -> Mail:
    _to_alice, to_bob = make_mails(make_notice(acme, NEWS))
    return to_bob


def test_a_link_ends_these_mails_for_its_reader(acme: Organization, to_bob: Mail) -> None:
    subscription = find_subscription(token=token_of(to_bob))
    assert is_unsubscribed(subscription) is False
    unsubscribe(subscription)
    unsubscribe(subscription)
    assert is_unsubscribed(subscription) is True
    make_notice(acme, NEWS, fact="fact:2")
    assert addresses_of(send_due()) == ["alice@acme.example"] * 2


def test_they_can_be_had_again(acme: Organization, to_bob: Mail) -> None:
    subscription = find_subscription(token=token_of(to_bob))
    unsubscribe(subscription)
    subscribe(subscription)
    assert addresses_of(send_due()) == ["alice@acme.example", "bob@acme.example"]


def test_another_organization_goes_on(
    acme: Organization, globex: Organization, bob: User, to_bob: Mail
) -> None:
    make_member(globex, bob)
    unsubscribe(find_subscription(token=token_of(to_bob)))
    make_notice(globex, NEWS)
    assert "bob@acme.example" in addresses_of(send_due())


@pytest.mark.parametrize("change", ["", "x", ":", "eml_1:AAAA", "{id}", "{id}:", "{id}:{other}"])
def test_a_link_cannot_be_made_up(acme: Organization, to_bob: Mail, change: str) -> None:
    other = token_of(Mail.objects.exclude(pk=to_bob.pk).get()).partition(":")[2]
    forged = change.format(id=to_bob.public_id, other=other)
    with pytest.raises(NotFound):
        find_subscription(token=forged)
    assert not MailOptOut.objects.exists()


def test_what_concerns_the_contract_cannot_be_ended(acme: Organization) -> None:
    [to_alice] = make_mails(make_notice(acme, SECRET_NEWS))
    with pytest.raises(NotFound):
        find_subscription(token=token_of(to_alice))


def test_a_person_chooses_by_organization(
    acme: Organization, globex: Organization, bob: User
) -> None:
    make_member(globex, bob)
    everything = frozenset(MailAlert)
    assert list_preferences(user=bob) == [
        Preference(acme.code, "Acme", everything),
        Preference(globex.code, "Globex", everything),
    ]
    choose_alerts(
        user=bob,
        wanted={(acme.code, "limits"), (globex.code, "levels"), (globex.code, "nothing")},
    )
    assert list_preferences(user=bob) == [
        Preference(acme.code, "Acme", frozenset({MailAlert.LIMITS})),
        Preference(globex.code, "Globex", frozenset({MailAlert.LEVELS})),
    ]


def test_nobody_chooses_for_an_organization_that_they_left(
    acme: Organization, bob: User, bobs_place: Membership
) -> None:
    bobs_place.delete()
    choose_alerts(user=bob, wanted=set())
    assert not MailOptOut.objects.exists()
