from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering and the ledger"

    def ready(self) -> None:
        from accounts.webhooks.types import declare  # noqa: PLC0415

        from . import events  # noqa: PLC0415

        declare(events.WHEN)
