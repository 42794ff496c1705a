"""Fills an installation's database through the product's own operations."""

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from billing.usage.operations import report_usage
from tests.factories import accounts, agreements, catalog, metering
from tests.support.installation import SECRET, yesterday

PLAN = "everyday"


def populate(*, organizations: int, history: int) -> None:
    """
    Migrate, publish a plan, and give every organization an agreement and some usage.

    The secret of a platform key is left in the data folder.
    """
    call_command("migrate", verbosity=0)
    call_command("install_broker", verbosity=0)
    call_command("createcachetable", verbosity=0)
    feature = catalog.make_metered(metering.make_credit_meter())
    catalog.make_version(
        catalog.make_plan(catalog.make_group(), PLAN),
        catalog.metered(feature, 100_000_000, overage="0.15"),
        prices=(catalog.fixed("99"),),
    )
    now = timezone.now()
    issued = accounts.make_api_key(None, now=now)
    (settings.DATA_FOLDER / SECRET).write_text(issued.secret)
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
