"""What happened is told to those who want to know, and what became of it is kept."""

from datetime import timedelta

import jwt
import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from standardwebhooks import Webhook, WebhookVerificationError

from accounts import tasks
from accounts.choices import DeliveryStatus, DisabledReason
from accounts.models import (
    AuditEntry,
    MailNotice,
    Organization,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.oauth.signing import public_keys
from accounts.organizations.operations import close_organization
from accounts.webhooks import backoff, delivering
from accounts.webhooks.deliveries import resend
from accounts.webhooks.endpoints import disable_endpoint, rotate_secret, send_test_event
from accounts.webhooks.leases import take_lease
from accounts.webhooks.queries import list_endpoints_to_ring
from tests.factories.accounts import NOON, TESTER
from tests.factories.webhooks import deliver, make_endpoint, tell
from tests.support.receiver import Handler, Receiver, receiver, status

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _without_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of exactly the length that they have at least."""
    monkeypatch.setattr("accounts.webhooks.outcomes.SPREAD", 0)
    assert backoff.SPREAD == 20


def kept() -> WebhookEndpoint:
    """The one endpoint, as it is stored."""
    return WebhookEndpoint.objects.get()


def outcomes() -> list[tuple[str, int]]:
    """Status and attempts of each delivery."""
    return list(WebhookDelivery.objects.order_by("pk").values_list("status", "attempt_count"))


def test_an_endpoint_is_told_once_the_change_is_committed(
    acme: Organization, hooks: Receiver
) -> None:
    registered = make_endpoint(acme, hooks.url)
    event = tell(acme, data={"id": "inv_1", "total": {"amount_minor": 500, "currency": "USD"}})

    [heard] = hooks.heard
    assert heard.json == {
        "type": "invoice.paid",
        "timestamp": "2026-03-10T12:00:00Z",
        "data": {
            "id": "inv_1",
            "total": {"amount_minor": 500, "currency": "USD"},
            "organization": {"id": acme.public_id, "external_id": "customer-1"},
        },
    }
    assert heard.path == "/hooks"
    assert heard.id == event.public_id
    assert heard.headers["host"] == f"127.0.0.1:{hooks.port}"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["user-agent"] == "Tallybook-Webhooks/1"
    assert Webhook(registered.secret).verify(heard.body, heard.headers) == heard.json
    with pytest.raises(WebhookVerificationError):
        Webhook(registered.secret).verify(heard.body + b" ", heard.headers)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempt_count) == (DeliveryStatus.DELIVERED, 1)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.delivery, attempt.number) == (delivery, 1)
    assert (attempt.status_code, attempt.error) == (204, "")
    assert (kept().lease, kept().leased_until) == ("", None)
    assert kept().last_success_at is not None


def test_a_fact_of_the_installation_names_no_organization(hooks: Receiver) -> None:
    make_endpoint(None, hooks.url)
    tell(None, type="plan.published", data={"plan": "pro"})
    assert hooks.heard[0].json["data"] == {"plan": "pro"}


def test_a_closed_organization_is_told_of_its_end(acme: Organization, hooks: Receiver) -> None:
    make_endpoint(acme, hooks.url)
    Organization.objects.update(closed_at=NOON)
    tell(acme, type="subscription.canceled")
    assert outcomes() == [(DeliveryStatus.DELIVERED, 1)]


def test_during_an_overlap_both_secrets_verify(
    acme: Organization, hooks: Receiver, bells: list[int]
) -> None:
    first = make_endpoint(acme, hooks.url)
    second = rotate_secret(
        endpoint=first.endpoint, overlap=timedelta(days=20), actor=TESTER, now=NOON
    )
    event = tell(acme)
    deliver(first.endpoint)
    [heard] = hooks.heard
    signatures = heard.headers["webhook-signature"].split(" ")
    body = heard.body.decode()
    assert heard.headers["webhook-timestamp"] == "1773144000"
    assert signatures == [
        Webhook(secret).sign(event.public_id, NOON, body)
        for secret in (second.secret, first.secret)
    ]


@pytest.mark.usefixtures("bells")
def test_what_waits_goes_out_in_the_order_of_time_over_a_few_connections(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    WebhookEndpoint.objects.update(failing_since=NOON, failure_count=1, retry_at=NOON)
    told = [tell(acme, f"fact {number}").public_id for number in range(13)]
    assert deliver(endpoint) is False
    assert hooks.ids[0] == told[0]
    assert sorted(hooks.ids) == sorted(told)
    assert [sorted(hooks.ids[at : at + 4]) for at in (1, 5, 9)] == [
        sorted(told[at : at + 4]) for at in (1, 5, 9)
    ]
    assert len({heard.connection for heard in hooks.heard}) == 4
    assert outcomes() == [(DeliveryStatus.DELIVERED, 1)] * 13


@pytest.mark.usefixtures("bells")
def test_a_failed_delivery_is_tried_ten_times_and_given_up(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    hooks.reply = status(500, b"no\x00pe")
    event = tell(acme)
    now, waits = NOON, []
    for _ in range(9):
        deliver(endpoint, now=now)
        # Only other deliveries that get through keep it from being disabled meanwhile.
        WebhookEndpoint.objects.update(failing_since=None, failure_count=0, retry_at=None)
        due_at = WebhookDelivery.objects.get().due_at
        assert due_at is not None
        assert deliver(endpoint, now=due_at - SECOND) is False
        waits.append(due_at - now)
        now = due_at
    assert waits == [backoff.pause_after(attempts, spread=0) for attempts in range(1, 10)]
    deliver(endpoint, now=now)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempt_count) == (DeliveryStatus.FAILED, 10)
    assert (delivery.due_at, delivery.finished_at) == (None, now)
    assert hooks.ids == [event.public_id] * 10
    attempts = WebhookAttempt.objects.order_by("number")
    assert [attempt.number for attempt in attempts] == [*range(1, 11)]
    assert {(attempt.status_code, attempt.response_excerpt) for attempt in attempts} == {
        (500, "nope")
    }
    # Each attempt is signed anew, for the time at which it is made.
    assert len({heard.headers["webhook-timestamp"] for heard in hooks.heard}) == 10
    assert len({heard.body for heard in hooks.heard}) == 1


@pytest.mark.usefixtures("bells")
def test_a_dead_endpoint_costs_one_attempt_however_much_is_waiting(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    hooks.reply = status(500)
    for number in range(20):
        tell(acme, f"fact {number}")
    assert deliver(endpoint) is False
    assert len(hooks.heard) == 4
    assert (kept().failing_since, kept().failure_count) == (NOON, 1)
    assert kept().retry_at == NOON + 5 * SECOND

    assert list_endpoints_to_ring(now=NOON + 4 * SECOND, limit=9) == []
    assert deliver(endpoint, now=NOON + 4 * SECOND) is False
    assert len(hooks.heard) == 4
    assert list_endpoints_to_ring(now=NOON + 5 * SECOND, limit=9) == [endpoint.pk]
    assert deliver(endpoint, now=NOON + 5 * SECOND) is False
    assert len(hooks.heard) == 5
    assert (kept().failing_since, kept().failure_count) == (NOON, 2)
    assert kept().retry_at == NOON + 25 * SECOND

    hooks.reply = status(200)
    assert deliver(endpoint, now=NOON + HOUR) is False
    assert (kept().failing_since, kept().failure_count, kept().retry_at) == (None, 0, None)
    assert kept().last_success_at == NOON + HOUR
    assert {status_ for status_, _ in outcomes()} == {DeliveryStatus.DELIVERED}


@pytest.mark.usefixtures("bells")
def test_one_event_that_fails_does_not_hold_up_the_others(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    poison = tell(acme, "poison").public_id
    for number in range(6):
        tell(acme, f"fact {number}")

    hooks.reply = lambda handler: handler.answer(
        500 if handler.headers["webhook-id"] == poison else 204
    )
    deliver(endpoint)
    assert outcomes() == [(DeliveryStatus.PENDING, 1), *[(DeliveryStatus.DELIVERED, 1)] * 6]
    assert (kept().failing_since, kept().retry_at) == (None, None)


@pytest.mark.usefixtures("bells")
def test_an_endpoint_that_is_gone_is_disabled_at_once(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    hooks.reply = status(410)
    for number in range(6):
        tell(acme, f"fact {number}")
    assert deliver(endpoint) is False
    assert outcomes() == [*[(DeliveryStatus.FAILED, 1)] * 4, *[(DeliveryStatus.DROPPED, 0)] * 2]
    assert (kept().disabled_at, kept().disabled_reason) == (NOON, DisabledReason.GONE)
    assert MailNotice.objects.get().due_at == NOON
    entry = AuditEntry.objects.get(action="webhook_endpoint.disabled")
    assert (entry.actor, entry.target) == ("system", endpoint.public_id)
    assert (entry.organization, entry.changes) == (acme, {"reason": "gone", "dropped": 2})


@pytest.mark.usefixtures("bells")
def test_an_endpoint_that_fails_for_three_days_is_disabled(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    hooks.reply = status(503)
    tell(acme, "first")
    deliver(endpoint)
    tell(acme, "second")
    deliver(endpoint, now=NOON + 72 * HOUR - SECOND)
    assert kept().disabled_at is None
    WebhookEndpoint.objects.update(retry_at=None)
    tell(acme, "third")
    deliver(endpoint, now=NOON + 72 * HOUR)
    assert (kept().disabled_at, kept().disabled_reason) == (
        NOON + 72 * HOUR,
        DisabledReason.FAILING,
    )
    assert {status_ for status_, _ in outcomes()} == {DeliveryStatus.DROPPED}


@pytest.mark.usefixtures("bells")
@pytest.mark.parametrize("code", [429, 503])
def test_an_endpoint_that_asks_for_time_gets_it(
    acme: Organization, hooks: Receiver, code: int
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    hooks.replies = [status(200), status(code, retry_after="600")]
    tell(acme, "first")
    tell(acme, "second")
    deliver(endpoint)
    assert sorted(outcomes()) == [(DeliveryStatus.DELIVERED, 1), (DeliveryStatus.PENDING, 1)]
    delivery = WebhookDelivery.objects.get(status=DeliveryStatus.PENDING)
    assert delivery.due_at == kept().retry_at == NOON + 600 * SECOND
    assert kept().last_success_at == NOON


@pytest.mark.usefixtures("bells")
def test_a_redirect_is_a_failure_and_not_followed(acme: Organization, hooks: Receiver) -> None:
    with receiver() as inside:
        endpoint = make_endpoint(acme, hooks.url).endpoint
        hooks.reply = status(307, location=inside.url)
        tell(acme)
        deliver(endpoint)
        assert inside.heard == []
    assert outcomes() == [(DeliveryStatus.PENDING, 1)]
    assert WebhookAttempt.objects.get().status_code == 307


@pytest.mark.usefixtures("bells")
def test_a_delivery_sent_again_has_a_fresh_series_of_attempts(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    event = tell(acme)
    WebhookDelivery.objects.update(
        status=DeliveryStatus.FAILED, due_at=None, finished_at=NOON, attempt_count=10
    )
    resend(delivery=WebhookDelivery.objects.get(), actor=TESTER, now=NOON)
    hooks.replies = [status(500)]
    deliver(endpoint)
    assert WebhookDelivery.objects.get().due_at == NOON + 5 * SECOND
    deliver(endpoint, now=NOON + 5 * SECOND)
    assert outcomes() == [(DeliveryStatus.DELIVERED, 12)]
    assert sorted(WebhookAttempt.objects.values_list("number", flat=True)) == [11, 12]
    assert hooks.ids == [event.public_id] * 2


@pytest.mark.usefixtures("bells")
def test_a_delivery_on_its_way_is_not_sent_twice(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    tell(acme)

    def resend_meanwhile(handler: Handler) -> None:
        try:
            resend(delivery=WebhookDelivery.objects.get(), actor=TESTER, now=NOON)
        finally:
            connection.close()
        handler.answer(204)

    hooks.reply = resend_meanwhile
    deliver(endpoint)
    deliver(endpoint)
    assert len(hooks.heard) == 1
    assert outcomes() == [(DeliveryStatus.DELIVERED, 1)]


@pytest.mark.usefixtures("bells")
def test_who_holds_the_lease_sends_and_nobody_else(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    tell(acme)
    assert take_lease(endpoint_id=endpoint.pk, now=NOON)
    assert deliver(endpoint, now=NOON + 44 * SECOND) is False
    assert list_endpoints_to_ring(now=NOON + 44 * SECOND, limit=9) == []
    assert hooks.heard == []
    assert list_endpoints_to_ring(now=NOON + 45 * SECOND, limit=9) == [endpoint.pk]
    deliver(endpoint, now=NOON + 45 * SECOND)
    assert len(hooks.heard) == 1


@pytest.mark.usefixtures("bells")
def test_a_visit_ends_when_its_time_is_up_and_says_that_there_is_more(
    acme: Organization, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    for number in range(5):
        tell(acme, f"fact {number}")
    monkeypatch.setattr(delivering, "BUDGET_SECONDS", 0)
    assert deliver(endpoint) is True
    assert hooks.heard == []


def test_a_worker_comes_back_for_more_than_one_visits_worth(
    acme: Organization, bells: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint(acme).endpoint
    answers = [True, False]
    monkeypatch.setattr(delivering, "deliver_due", lambda **given: answers.pop(0))
    tasks.deliver_webhooks(endpoint_id=endpoint.pk)
    assert bells == [endpoint.pk]
    tasks.deliver_webhooks(endpoint_id=endpoint.pk)
    assert bells == [endpoint.pk]


def test_the_sweep_rings_for_what_a_lost_bell_left_behind(
    acme: Organization, globex: Organization, bells: list[int]
) -> None:
    endpoint = make_endpoint(acme).endpoint
    make_endpoint(globex)
    tell(acme)
    bells.clear()
    tasks.ring_for_due_webhooks()
    assert bells == [endpoint.pk]


def test_what_was_announced_while_an_endpoint_was_disabled_is_dropped(
    acme: Organization, hooks: Receiver, bells: list[int]
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    tell(acme)
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    # As by somebody who did not see yet that it was.
    WebhookDelivery.objects.update(status=DeliveryStatus.PENDING, due_at=NOON, finished_at=None)
    assert list_endpoints_to_ring(now=NOON, limit=9) == [endpoint.pk]
    assert deliver(endpoint) is False
    assert hooks.heard == []
    assert outcomes() == [(DeliveryStatus.DROPPED, 0)]


def test_nothing_is_sent_within_a_transaction(acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    with pytest.raises(TransactionManagementError), transaction.atomic():
        deliver(endpoint)


@pytest.mark.usefixtures("bells")
def test_a_secret_that_cannot_be_read_is_a_failure_that_is_shown(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    WebhookEndpoint.objects.update(encrypted_secret=b"nonsense")
    tell(acme)
    deliver(endpoint)
    assert hooks.heard == []
    assert WebhookAttempt.objects.get().error == "The secret cannot be read."
    assert kept().failing_since == NOON


def test_a_test_event_arrives(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url, event_types=["invoice.paid"]).endpoint
    delivery = send_test_event(endpoint=endpoint, actor=TESTER, now=NOON)
    [heard] = hooks.heard
    assert heard.json["type"] == "webhook.test"
    assert heard.id == delivery.event.public_id


@pytest.mark.usefixtures("bells")
def test_kindes_format_is_a_token_that_our_public_keys_verify(
    acme: Organization, hooks: Receiver
) -> None:
    endpoint = make_endpoint(acme, hooks.url, format="kinde").endpoint
    hooks.replies = [status(500)]
    event = tell(acme, type="invoice.paid", data={"id": "inv_1"})
    deliver(endpoint)
    deliver(endpoint, now=NOON + 5 * SECOND)
    first, second = hooks.heard
    assert first.headers["content-type"] == "application/jwt"
    assert first.id == second.id == f"{event.public_id}_payment_succeeded"
    assert "webhook-signature" not in first.headers
    [key] = public_keys(now=NOON)["keys"]
    for heard in (first, second):
        claims = jwt.decode(heard.body, jwt.PyJWK(key), algorithms=["RS256"])
        assert claims["type"] == "customer.payment_succeeded"
        assert claims["event_id"] == heard.id
        assert claims["timestamp"] == "2026-03-10T12:00:00.000Z"
        assert claims["data"]["org_code"] == acme.public_id
    # The token says the same at each attempt.
    assert first.body == second.body


def test_a_closed_organization_is_told_nothing_more_and_the_installation_is(
    acme: Organization, hooks: Receiver, bells: list[int]
) -> None:
    theirs, ours = make_endpoint(acme, hooks.url).endpoint, make_endpoint(None, hooks.url).endpoint
    tell(acme, "before")
    close_organization(organization=acme, actor=TESTER, now=NOON)
    tell(acme, "after")

    deliver(theirs)
    assert hooks.heard == []
    deliver(ours)
    assert len(hooks.heard) == 2
    theirs.refresh_from_db()
    assert theirs.deleted_at == NOON
    assert WebhookDelivery.objects.get(endpoint=theirs).status == DeliveryStatus.DROPPED
