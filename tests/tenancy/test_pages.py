"""Every page, by everybody: nobody sees or changes what is not theirs, or learns that it is."""

import pytest
import time_machine

from tests.api.conftest import NOW
from tests.factories.accounts import make_member, make_person

from .inventory import list_operations
from .pages import POLICIES, list_callers, list_findings
from .world import make_two_customers

# Programs that are let in by other means: see their own tests.
BY_OTHER_MEANS = {"healthz", "readyz", "portal:stripe_webhook"}
PAGES = [
    operation
    for operation in list_operations()
    if not operation.is_for_apps and operation.name not in BY_OTHER_MEANS
]


def test_every_page_has_a_policy_and_every_policy_a_page() -> None:
    served = {(operation.short_name, operation.method) for operation in PAGES}
    stated = {(name, method) for name, page in POLICIES.items() for method in page.methods}
    assert served == stated


@pytest.mark.django_db
def test_nobody_sees_or_changes_what_is_not_theirs() -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        outsider = make_person("Olga", email="olga@nowhere.example")
        former = make_person("Fritz", email="fritz@acme.example")
        make_member(world.acme.organization, former).delete()
        callers = list_callers(world, outsider=outsider, former=former)
        findings = [
            finding
            for operation in PAGES
            for finding in list_findings(
                operation,
                POLICIES[operation.short_name],
                world=world,
                callers=callers,
            )
        ]
    assert not findings, "\n".join(findings)
