"""Every address that answers a browser, read from those that are mounted."""

from collections.abc import Iterator

from django.urls import reverse

from tests.tenancy.inventory import list_operations
from tests.tenancy.pages import POLICIES, Page
from tests.tenancy.world import TwoCustomers


def list_addresses(world: TwoCustomers) -> Iterator[tuple[str, str, Page]]:
    """The name of each address that is looked at, the address for Acme, and its policy."""
    for operation in list_operations():
        page = POLICIES.get(operation.short_name)
        if page is None or operation.is_for_apps or operation.method != "GET":
            continue
        in_address = [name for name in page.ids if f":{name}>" in operation.route]
        ids = {name: world.acme.ids[name] for name in in_address}
        address = reverse(operation.name, kwargs={**ids, **page.others}) + page.query
        yield operation.short_name, address, page
