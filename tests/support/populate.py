"""Fills an installation's database through the product's own operations."""

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from billing.usage.operations import report_usage
from tests.factories import accounts, agreements, catalog, metering
from tests.support.installation import SECRET, yesterday

PLAN = "everyday"


def migrate() -> None:
    """Make the whole schema."""
    call_command("migrate", verbosity=0)
    call_command("install_broker", verbosity=0)
    call_command("createcachetable", verbosity=0)


def leave_platform_key() -> None:
    """Issue a platform key and leave its secret in the data folder."""
    issued = accounts.make_api_key(None, now=timezone.now())
    (settings.DATA_FOLDER / SECRET).write_text(issued.secret)


def populate(*, organizations: int, history: int) -> None:
    """Publish a plan, and give every organization an agreement and some usage."""
    feature = catalog.make_metered(metering.make_credit_meter())
    catalog.make_version(
        catalog.make_plan(catalog.make_group(), PLAN),
        catalog.metered(feature, 100_000_000, overage="0.15"),
        prices=(catalog.fixed("99"),),
    )
    leave_platform_key()
    now = timezone.now()
    for number in range(organizations):
        organization = accounts.make_organization(f"Tenant {number}")
        agreements.make_agreement(organization, PLAN, at=yesterday())
        report_usage(
            organization_id=organization.pk,
            reports=[
                metering.report(f"history-{index}", action="EXTRACT_TEXT")
                for index in range(history)
            ],
            api_key_id=None,
            received_at=now,
        )
