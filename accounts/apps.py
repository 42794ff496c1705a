from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Organizations and people")

    def ready(self) -> None:
        # Models can be imported only now.
        from .mails.kinds import declare  # noqa: PLC0415
        from .memberships import mailing as memberships  # noqa: PLC0415
        from .webhooks import mailing as webhooks  # noqa: PLC0415

        declare([*memberships.KINDS, *webhooks.KINDS])
