"""Organizations with flags of every source. Called in the installation's processes."""

from typing import Final

from django.utils import timezone

from billing.choices import ValueType
from billing.flags.operations import set_override
from tests.factories import accounts, agreements, catalog, metering
from tests.support.installation import yesterday
from tests.support.populate import leave_platform_key

PLAN: Final = "everyday"
FLAGS: Final = 20


def make_world(*, organizations: int) -> list[str]:
    """Sell a plan with flags, and give it to organizations; return their ids."""
    counted = catalog.make_metered(metering.make_credit_meter())
    flags = [catalog.make_flag(f"flag_{number}", position=number) for number in range(FLAGS)]
    catalog.make_flag("support", value_type=ValueType.STRING, default_value="mail")
    catalog.make_version(
        catalog.make_plan(catalog.make_group(), PLAN),
        catalog.metered(counted, 100_000, overage="0.15"),
        *(catalog.flag(flag, True) for flag in flags),
        prices=(catalog.fixed("99"),),
    )
    leave_platform_key()
    return [_make_tenant(number) for number in range(organizations)]


def _make_tenant(number: int) -> str:
    organization = accounts.make_organization(f"Tenant {number}")
    agreements.make_agreement(organization, PLAN, at=yesterday())
    for member in (None, *(f"u_{person}" for person in range(8))):
        set_override(
            organization=organization,
            key="flag_1",
            member=member,
            value=False,
            actor=accounts.TESTER,
            now=timezone.now(),
        )
    return organization.code
