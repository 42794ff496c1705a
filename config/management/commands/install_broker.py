from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config import broker


class Command(BaseCommand):
    help = "Puts the schema of the task queues into the database, if that is the broker."

    def handle(self, *args: Any, **options: Any) -> None:
        if not broker.is_in_database():
            self.stdout.write("The broker is not in the database: nothing to install.")
        elif broker.install():
            self.stdout.write("Installed the task queues.")
        else:
            self.stdout.write("The task queues are already installed.")
