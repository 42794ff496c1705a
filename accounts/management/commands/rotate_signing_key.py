from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.oauth.signing import rotate_signing_key


class Command(BaseCommand):
    help = (
        "Makes a new key that signs tokens. It is shown at once and signs after five minutes; what "
        "the key before it signed stays good for the overlap."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--overlap-hours",
            type=int,
            default=24,
            help="how long signatures of the key before it stay good",
        )
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="for a key that was stolen: sign with another now, refuse its tokens",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kid = rotate_signing_key(
            overlap=timedelta(hours=max(options["overlap_hours"], 1)),
            at_once=options["at_once"],
            now=timezone.now(),
        )
        self.stdout.write(f"{kid} signs {'now' if options['at_once'] else 'in five minutes'}.")
