from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config import catalogs


class Command(BaseCommand):
    help = "Brings the catalogs in locale/ level with the code; says what is left to translate."

    def handle(self, *args: Any, **options: Any) -> None:
        for language in catalogs.languages():
            catalog = catalogs.translated(language)
            catalogs.path_of(language, ".po").write_bytes(catalogs.for_people(catalog))
            catalogs.path_of(language, ".mo").write_bytes(catalogs.for_programs(catalog))
            missing = len(catalogs.untranslated(catalog))
            self.stdout.write(f"{language}: {len(catalog)} messages, {missing} to translate")
