from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.demo.environment import DemoChanged, update_addresses
from billing.demo.listening import listen_to_stripe
from billing.demo.operations import NotTheDemo, load_demo
from billing.stripe.gateway.configuration import is_connected


class Command(BaseCommand):
    help = (
        "Loads the demo data unless it is there: plans, ten customers, three months of usage, paid "
        "for through Stripe or its sandbox, whichever is connected. Logins and keys are written to "
        "demo.env in the data folder."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url",
            help="the address to write into demo.env; else a file that is there keeps its own",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        environment = Path(settings.DATA_FOLDER) / "demo.env"
        try:
            event_count = load_demo(
                environment=environment,
                url=options["url"] or settings.PUBLIC_URL,
                now=timezone.now(),
            )
        except NotTheDemo as refusal:
            self.stdout.write(f"No demo data was loaded. {refusal.detail}")
            return
        except DemoChanged as refusal:
            self.stdout.write(f"{environment} was left as it is. {refusal.detail}")
            return
        if options["url"]:
            update_addresses(environment, url=options["url"])
        if event_count:
            self.stdout.write(f"Loaded the demo data with {event_count:,} usage events.")
        else:
            self.stdout.write("The demo data is there.")
        if is_connected():
            self.stdout.write(listen_to_stripe())
