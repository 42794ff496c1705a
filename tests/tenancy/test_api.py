"""Every operation of the API, by every kind of app: what is not theirs is not there."""

from datetime import timedelta

import pytest
import time_machine

from accounts.choices import Scope
from tests.api.conftest import NOW, revoked_key
from tests.factories.accounts import make_api_key, make_organization

from .api import App, Apps, Matrix
from .inventory import list_operations
from .policies import POLICIES
from .world import TwoCustomers, make_two_customers

SHARES = 4
OPERATIONS = [one for one in list_operations() if one.is_for_apps]


def make_apps(world: TwoCustomers) -> Apps:
    acme = world.acme.organization
    closed = make_organization("Closed")
    of_closed = make_api_key(closed, now=NOW).secret
    closed.closed_at = NOW
    closed.save(update_fields=["closed_at"])
    yesterday = NOW - timedelta(days=1)
    expired = make_api_key(acme, expires_at=NOW - timedelta(hours=1), now=yesterday).secret
    all_but = {
        scope: make_api_key(acme, scopes=[s for s in Scope if s != scope], now=NOW).secret
        for scope in Scope
    }
    only = {scope: make_api_key(acme, scopes=[scope], now=NOW).secret for scope in Scope}
    return Apps(
        refused=(
            App("nobody", None),
            App("somebody with a wrong key", "tb_live_abcdefgh_" + "x" * 49),
            App("an expired key", expired),
            App("a revoked key", revoked_key(acme)),
            App("a closed customer", of_closed),
        ),
        own=(App("Acme's app", world.acme.secret),),
        platform=App("the platform", world.platform_secret, is_platform=True),
        lacking=lambda scope: App("a key without the scope", all_but[scope]),
        having=lambda scope: App("a key with only the scope", only[scope]),
    )


def test_every_operation_has_a_policy_and_every_policy_an_operation() -> None:
    served = {(one.short_name, one.method) for one in OPERATIONS}
    assert served == set(POLICIES)


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_what_is_not_theirs_is_not_there(share: int) -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        apps = make_apps(world)
        findings = [
            finding
            for operation in OPERATIONS[share::SHARES]
            for finding in Matrix(
                operation, POLICIES[operation.short_name, operation.method], world, apps
            ).list_findings()
        ]
    assert not findings, "\n".join(findings)
