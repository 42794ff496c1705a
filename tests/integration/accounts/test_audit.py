import pytest
from django.db import IntegrityError, transaction

from accounts.api_keys.queries import CallerKey
from accounts.audit.actor import SYSTEM, Actor
from accounts.audit.operations import record
from accounts.models import AuditEntry, Organization, User
from tests.factories.accounts import NOON


def test_an_entry_says_who_did_what_to_whom_when_and_why(acme: Organization, alice: User) -> None:
    record(
        actor=Actor.for_user(alice, request_id="req-1"),
        action="agreement.cancelled",
        target="agr_1",
        organization=acme,
        changes={"status": ["active", "cancelled"]},
        reason="asked by mail",
        now=NOON,
    )
    entry = AuditEntry.objects.get()
    assert entry.actor == "alice@acme.example"
    assert entry.user == alice
    assert entry.action == "agreement.cancelled"
    assert entry.target == "agr_1"
    assert entry.organization == acme
    assert entry.changes == {"status": ["active", "cancelled"]}
    assert entry.reason == "asked by mail"
    assert entry.request_id == "req-1"
    assert entry.occurred_at == NOON


def test_apps_and_the_system_are_actors_too() -> None:
    caller = CallerKey(1, "key_1", None, frozenset(), "Worker")
    assert Actor.for_key(caller, "req-1") == Actor("API key key_1", None, "req-1")
    assert Actor("system") == SYSTEM


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("action", ["cancel", "Agreement.Cancelled", "agreement cancelled", ""])
def test_an_action_is_a_noun_and_what_was_done_to_it(action: str) -> None:
    with pytest.raises(AssertionError):
        record(actor=SYSTEM, action=action, target="agr_1", now=NOON)


@pytest.mark.usefixtures("db")
def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    record(actor=SYSTEM, action="meter.created", target="met_1", now=NOON)
    for rewrite in (
        lambda: AuditEntry.objects.update(actor="nobody"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with (
            pytest.raises(IntegrityError, match="accounts_auditentry rows are append-only"),
            transaction.atomic(),
        ):
            rewrite()
    assert AuditEntry.objects.get().actor == "system"
