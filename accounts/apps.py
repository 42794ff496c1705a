from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Organizations and people"

    def ready(self) -> None:
        # Models can be imported only now.
        from .mails.kinds import declare  # noqa: PLC0415
        from .memberships import mailing as memberships  # noqa: PLC0415
        from .webhooks import mailing as webhooks  # noqa: PLC0415

        declare([*memberships.KINDS, *webhooks.KINDS])
