"""What the customers of the running product are, and what happens to them meanwhile."""

from datetime import UTC, datetime

from django.core.management import call_command

from accounts.organizations.queries import find_organization
from billing.agreements.changes import change_plan
from billing.agreements.queries import find_live_agreement
from tests.factories.accounts import make_api_key, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    STAFF,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.factories.oauth import make_app
from tests.support.installation import yesterday

CUSTOMERS = {"northwind": "professional", "starling": "starter", "strict": "strict"}
ALICES = "strict"


def populate() -> str:
    """Make the article's plans, a strict one, and a customer on each; return the platform key."""
    catalog = make_article_catalog()
    strict = make_plan(catalog.current, "strict", position=9)
    make_version(strict, metered(catalog.credits, 100), prices=(fixed("9"),))
    alice = make_person("Alice")
    for external_id, plan in CUSTOMERS.items():
        owner = alice if external_id == ALICES else None
        name = external_id.capitalize()
        organization = make_organization(name, owner=owner, external_id=external_id)
        make_agreement(organization, plan, at=yesterday())
    make_person("Charlie")
    return make_api_key(None, now=datetime.now(UTC)).secret


def prepare_pages() -> None:
    """What the pages on which people sign in need besides the schema."""
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def register_app(return_to: str) -> tuple[str, str]:
    """An app to which people sign in: its id and its secret."""
    registered = make_app("Gist", redirect_uris=(return_to,))
    return registered.app.public_id, registered.secret


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
