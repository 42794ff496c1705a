"""What the customers of the running product are, and what happens to them meanwhile."""

from datetime import UTC, datetime

from accounts.organizations.queries import find_organization
from billing.agreements.changes import change_plan
from billing.agreements.queries import find_live_agreement
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    STAFF,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.support.installation import yesterday

CUSTOMERS = {"northwind": "professional", "starling": "starter", "strict": "strict"}


def populate() -> str:
    """Make the article's plans, a strict one, and a customer on each; return the platform key."""
    catalog = make_article_catalog()
    strict = make_plan(catalog.current, "strict", position=9)
    make_version(strict, metered(catalog.credits, 100), prices=(fixed("9"),))
    for external_id, plan in CUSTOMERS.items():
        organization = make_organization(external_id.capitalize(), external_id=external_id)
        make_agreement(organization, plan, at=yesterday())
    return make_api_key(None, now=datetime.now(UTC)).secret


def upgrade(external_id: str, plan: str) -> None:
    """Put a customer on a dearer plan, at once."""
    now = datetime.now(UTC)
    organization = find_organization(reference=external_id)
    if organization is None:
        raise LookupError(external_id)
    agreement = find_live_agreement(organization=organization)
    if agreement is None:
        raise LookupError(external_id)
    change_plan(agreement=agreement, plan_code=plan, actor=STAFF, now=now)
