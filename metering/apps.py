from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = _("Metering and the ledger")

    def ready(self) -> None:
        from accounts.webhooks.types import declare  # noqa: PLC0415

        from . import events  # noqa: PLC0415

        declare(events.WHEN)
