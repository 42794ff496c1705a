from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = (
        "Brings the database and the static files level with this code: migrations, cache table, "
        "task queues, collected files. Does only what is missing, so it may precede every start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo-data", action="store_true", help="Load the demo data too, unless it is there."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if self._has_pending_migrations():
            call_command(
                "migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout
            )
        if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
            call_command("createcachetable", stdout=self.stdout)
        call_command("install_broker", stdout=self.stdout)
        self._collect_static_files()
        if options["demo_data"]:
            call_command("seed_demo", url=settings.PUBLIC_URL, stdout=self.stdout)

    def _has_pending_migrations(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _collect_static_files(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        current = self._static_fingerprint()
        if stamp.exists() and stamp.read_text() == current:
            return
        call_command(
            "collectstatic", interactive=False, clear=True, verbosity=0, stdout=self.stdout
        )
        stamp.write_text(current)
        self.stdout.write("Collected the static files.")

    def _static_fingerprint(self) -> str:
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                modified = storage.get_modified_time(path).timestamp()
                digest.update(f"{path} {storage.size(path)} {modified}\n".encode())
        return digest.hexdigest()
