"""Every nasty value in every place that the API's description names."""

import pytest
import time_machine

from tests.api.conftest import NOW
from tests.api.nasty import NASTY
from tests.support.extent import extent
from tests.tenancy.world import make_two_customers

from .places import list_places
from .sending import Probe, find_policy

# Every value takes minutes. Every thirtieth, other ones in each place, takes seconds.
EVERY = extent(short=30, full=1)
SHARES = 6


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_breaks_leaks_or_is_kept(share: int) -> None:
    findings: list[str] = []
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        for number, place in enumerate(list_places()):
            policy = find_policy(place, world)
            if policy.scope is None or number % SHARES != share:
                continue
            probe = Probe(place, policy, world, as_platform=policy.is_for_platform_only)
            findings += probe.list_findings(NASTY[number % EVERY :: EVERY])
    assert not findings, "\n".join(findings)
