from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.stripe.setting_up import set_up
from config.kernel.errors import DomainError


class Command(BaseCommand):
    """Makes the account at Stripe, or the sandbox, ready. Run it again whenever in doubt."""

    help = "Check the key, receive Stripe's events, publish what is on sale, catch up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--listener-secret",
            metavar="WHSEC",
            default="",
            help="take the events that `stripe listen` passes on: it prints this secret",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for line in set_up(now=timezone.now(), listener_secret=options["listener_secret"]):
                self.stdout.write(line)
        except DomainError as error:
            raise CommandError(f"{error.detail} ({error})") from error
