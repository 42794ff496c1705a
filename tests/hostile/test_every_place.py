"""Every nasty value in every place that the API's description names."""

import os

import pytest
import time_machine

from tests.api.conftest import NOW
from tests.api.nasty import NASTY
from tests.tenancy.world import make_two_customers

from .places import list_places
from .sending import Probe, find_policy

# Every value takes minutes; every twentieth, another twentieth in each place, takes seconds.
EVERY = int(os.environ.get("NASTY_EVERY", "20"))


@pytest.mark.django_db
def test_nothing_breaks_leaks_or_is_kept() -> None:
    findings: list[str] = []
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        for number, place in enumerate(list_places()):
            policy = find_policy(place, world)
            if policy.scope is None:
                continue
            probe = Probe(place, policy, world, as_platform=policy.is_for_platform_only)
            findings += probe.list_findings(NASTY[number % EVERY :: EVERY])
    assert not findings, "\n".join(findings)
