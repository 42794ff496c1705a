from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Plans and agreements")

    def ready(self) -> None:
        # dj-stripe's calls go through our HTTP client from the start.
        from accounts.mails.kinds import declare as declare_mails  # noqa: PLC0415
        from accounts.webhooks.types import declare  # noqa: PLC0415

        from . import events  # noqa: PLC0415
        from .mails import kinds as mails  # noqa: PLC0415
        from .stripe import checks  # noqa: F401, PLC0415
        from .stripe.gateway.client import connect  # noqa: PLC0415

        connect()
        declare(events.WHEN, on_request=events.ON_REQUEST)
        declare_mails(mails.KINDS, mailed=mails.MAILED)
