import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.models import StripeDifference
from billing.stripe.reconcile.operations import reconcile


class Command(BaseCommand):
    """Compares settlements, invoices and subscriptions with what Stripe has, to the cent."""

    help = "Compare Stripe and our books: exit 1 and print every difference that is open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--everything", action="store_true", help="invoices of all times, not of 40 days"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on one line")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = reconcile(now=timezone.now(), everything=options["everything"])
        if options["json"]:
            self.stdout.write(json.dumps({"differences": [_facts(row) for row in differences]}))
        else:
            self._print_text(differences)
        if differences:
            raise SystemExit(1)

    def _print_text(self, differences: list[StripeDifference]) -> None:
        for row in differences:
            self.stdout.write(self.style.ERROR(f"DIFFERS {row.kind} {row.subject}"))
            self.stdout.write(f"  ours: {row.ours}")
            self.stdout.write(f"  Stripe's: {row.theirs}")
            self.stdout.write(f"  since {row.found_at.isoformat()}")
        count = len(differences)
        self.stdout.write(f"{count} difference{'' if count == 1 else 's'}")


def _facts(row: StripeDifference) -> dict[str, str]:
    return {
        "kind": row.kind,
        "subject": row.subject,
        "ours": row.ours,
        "theirs": row.theirs,
        "found_at": row.found_at.isoformat(),
    }
