"""The ledger's operations with one step left out: histories told to the model must notice."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoDbBlocker

from metering.choices import Aggregation
from metering.ledger.audit import find_violations
from tests.proof.scene import never_committed
from tests.proof.worlds import World, make_world
from tests.support.chance import chance_of

HISTORIES = 20
STEPS = 80


def nothing(**_: Any) -> Decimal:
    return Decimal(0)


MUTANTS: dict[str, tuple[str, Any]] = {
    "given credits lie idle": ("metering.operations.grants.let_credits_pay", nothing),
    "reversed credits lie idle": ("metering.operations.reversals.let_credits_pay", nothing),
    "rolled over credits lie idle": ("metering.operations.closing.let_credits_pay", nothing),
    "released credits lie idle": ("metering.operations.releasing.let_credits_pay", nothing),
    "what returns too late stays": ("metering.operations.releasing.expire_returned", nothing),
    "what is reversed too late stays": ("metering.operations.reversals.expire_returned", nothing),
    "a period closes around its holds": (
        "metering.operations.closing.release_due_holds",
        nothing,
    ),
    "nothing is refused": ("metering.usage.decision.refusal_of", lambda *_, **__: None),
    "no hold is refused": ("metering.operations.holds.refusal_of", lambda *_, **__: None),
    "a period has no grace": ("metering.operations.periods.GRACE", timedelta(0)),
    "a cap trims nothing": ("metering.operations.closing.above_cap", lambda *_, **__: {}),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), never_committed():
        yield make_world()


def is_noticed(world: World, *, seed: int) -> bool:
    """Whether a history, or the audit at its end, disagrees with the model."""
    try:
        with transaction.atomic():
            history = world.begin(chance_of(seed), aggregation=Aggregation.SUM)
            for _ in range(STEPS):
                history.step()
            violations = list(find_violations(organization_id=history.twin.organization.pk))
            transaction.set_rollback(True)
    except (AssertionError, IntegrityError):
        return True
    return bool(violations)


def test_histories_of_the_operations_as_they_are_agree(
    world: World, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        assert not any(is_noticed(world, seed=seed) for seed in range(HISTORIES // 4))


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_step_that_is_left_out_is_noticed(
    world: World,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
    mutant: str,
) -> None:
    target, replacement = MUTANTS[mutant]
    monkeypatch.setattr(target, replacement)
    with django_db_blocker.unblock():
        assert any(is_noticed(world, seed=seed) for seed in range(HISTORIES))
