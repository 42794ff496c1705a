from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from metering.usage.rollups import rebuild_rollups


class Command(BaseCommand):
    """Makes the sums that reads are answered from anew."""

    help = "Add up usage again from the books. Reads go on meanwhile, with the sums as they were."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="ID", help="only this organization (org_...)")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("pk")
        if options["org"]:
            organizations = organizations.filter(public_id=options["org"])
            if not organizations.exists():
                raise CommandError(f"There is no organization {options['org']}.")
        count = 0
        for organization_id in organizations.values_list("pk", flat=True).iterator():
            rebuild_rollups(organization_id=organization_id)
            count += 1
        self.stdout.write(f"{count} organization{'' if count == 1 else 's'} rebuilt")
