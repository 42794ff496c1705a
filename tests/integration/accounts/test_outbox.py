"""What happened is announced in its own transaction, and once."""

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from accounts.models import Organization, WebhookEvent
from accounts.webhooks.outbox import announce
from tests.factories.accounts import NOON, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("Acme")


def tell(organization: Organization, *, fact: str = "plan:1", type: str = "plan.changed") -> bool:
    return announce(
        organization_id=organization.pk, type=type, dedupe_key=fact, data={"plan": 1}, now=NOON
    )


def test_an_event_is_stored_with_its_type_its_data_and_its_time(acme: Organization) -> None:
    assert tell(acme) is True
    event = WebhookEvent.objects.get()
    assert event.public_id.startswith("evt_")
    assert (event.organization, event.type, event.data, event.occurred_at) == (
        acme,
        "plan.changed",
        {"plan": 1},
        NOON,
    )


def test_a_fact_is_announced_once(acme: Organization) -> None:
    assert [tell(acme), tell(acme), tell(acme, type="plan.other")] == [True, False, False]
    assert WebhookEvent.objects.count() == 1


def test_the_same_words_of_two_organizations_are_two_facts(acme: Organization) -> None:
    assert tell(acme)
    assert tell(make_organization("Globex"))


def test_what_is_undone_was_not_announced(acme: Organization) -> None:
    with transaction.atomic():
        assert tell(acme)
        transaction.set_rollback(True)
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_announced_outside_a_transaction(acme: Organization) -> None:
    with pytest.raises(TransactionManagementError):
        tell(acme)


@pytest.mark.parametrize("type", ["", "changed", "Plan.Changed", "plan.changed now"])
def test_a_type_is_a_noun_and_what_became_of_it(acme: Organization, type: str) -> None:
    with pytest.raises(IntegrityError, match="webhook_event_type_format"), transaction.atomic():
        tell(acme, type=type)
