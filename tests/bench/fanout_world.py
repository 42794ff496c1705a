"""Organizations that are told of what happens. Called in processes of the installation's."""

import itertools
import time
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, WebhookDelivery, WebhookEndpoint
from accounts.webhooks.outbox import announce
from config.kernel.ids import new_id
from tests.factories.accounts import make_organization
from tests.factories.webhooks import make_endpoint


def fill(*, urls: Sequence[str]) -> None:
    """Make an organization with one endpoint for each address."""
    for number, url in enumerate(urls):
        make_endpoint(make_organization(f"Tenant {number}"), url, now=timezone.now())


def forget_failures() -> None:
    """Let every endpoint be as if nothing had been sent to it yet."""
    WebhookDelivery.objects.filter(status="pending").update(
        status="dropped", due_at=None, finished_at=timezone.now()
    )
    WebhookEndpoint.objects.update(failing_since=None, failure_count=0, retry_at=None)


def tell(*, count: int, per_second: int | None, tenants: int | None = None) -> None:
    """
    Announce so many facts, one organization after the other; at a rate, or all together. Of all
    organizations, or of the first few.
    """
    organizations = Organization.objects.order_by("pk").values_list("pk", flat=True)[:tenants]
    told = list(itertools.islice(itertools.cycle(organizations), count))
    if per_second is None:
        with transaction.atomic():
            for organization_id in told:
                _announce(organization_id)
        return
    began_at = time.time()
    for number, organization_id in enumerate(told):
        time.sleep(max(0.0, began_at + number / per_second - time.time()))
        with transaction.atomic():
            _announce(organization_id)


def _announce(organization_id: int) -> None:
    announce(
        organization_id=organization_id,
        type="outcome.recorded",
        dedupe_key=new_id("fact"),
        data={"feature": "ai_credits", "told_at": str(time.time())},
        now=timezone.now(),
    )
