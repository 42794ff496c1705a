"""The customers that clients of others speak of, in the words of the demo's `demo.env`."""

from datetime import UTC, datetime

from accounts.organizations.queries import find_organization
from billing.agreements.queries import find_live_agreement
from portal.api.kinde.names import customer_id_of
from tests.clients.world import populate
from tests.factories.accounts import make_api_key


def make() -> dict[str, str]:
    """Make plans and customers; return the keys and ids of the company and of Northwind."""
    platform_key = populate()
    northwind = find_organization(reference="northwind")
    agreement = northwind and find_live_agreement(organization=northwind)
    if northwind is None or agreement is None:
        raise LookupError("northwind")
    now = datetime.now(UTC)
    machine = make_api_key(None, name="Machine", now=now)
    return {
        "PLATFORM_API_KEY": platform_key,
        "ORG_API_KEY": make_api_key(northwind, now=now).secret,
        "ORG_ID": northwind.public_id,
        "AGREEMENT_ID": agreement.public_id,
        "KINDE_CUSTOMER_ID": customer_id_of(northwind),
        "OAUTH_CLIENT_ID": machine.api_key.public_id,
        "OAUTH_CLIENT_SECRET": machine.secret,
    }
