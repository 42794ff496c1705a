import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from billing.audit import INVARIANTS, Violation, find_violations


class Command(BaseCommand):
    """Recomputes the ledger and what was settled from it, and names every row that disagrees."""

    help = "Prove the ledger: exit 1 and print the offending rows if any promise is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="ID", help="only this organization (org_...)")
        parser.add_argument("--json", action="store_true", help="one JSON object on one line")

    def handle(self, *args: Any, **options: Any) -> None:
        organization_id = None
        if options["org"]:
            organization = Organization.objects.filter(public_id=options["org"]).first()
            if organization is None:
                raise CommandError(f"There is no organization {options['org']}.")
            organization_id = organization.pk

        violations = list(find_violations(organization_id=organization_id))
        if options["json"]:
            self._print_json(violations)
        else:
            self._print_text(violations)
        if violations:
            raise SystemExit(1)

    def _print_json(self, violations: list[Violation]) -> None:
        report = {
            "invariants": len(INVARIANTS),
            "violations": [
                {"invariant": violation.invariant.name, "rows": violation.rows}
                for violation in violations
            ],
        }
        self.stdout.write(json.dumps(report, default=str))

    def _print_text(self, violations: list[Violation]) -> None:
        for violation in violations:
            self.stdout.write(self.style.ERROR(f"BROKEN {violation.invariant.name}"))
            self.stdout.write(f"  {violation.invariant.promise}")
            for row in violation.rows:
                self.stdout.write(f"  {row}")
        kept = len(INVARIANTS) - len(violations)
        self.stdout.write(f"{kept} of {len(INVARIANTS)} invariants hold")
