from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class ConfigAppConfig(AppConfig):
    """The composition root as an app, for its commands and start-up checks."""

    name = "config"
    verbose_name = "Tallybook"

    def ready(self) -> None:
        # Tasks are sent through the app that was made last, so it must exist before the first one
        # is.
        from config import celery, checks  # noqa: F401, PLC0415
        from config.names import translate_names  # noqa: PLC0415

        translate_names()


class TallybookAdminConfig(SimpleAdminConfig):
    """
    Django's admin, with our site in the place of its own.

    dj-stripe's pages stay out: some fail on what Stripe sends today, some change things at Stripe
    past our books, and one shows keys. `billing.admin.mirror` has pages of its own.
    """

    default_site = "config.admin.TallybookAdminSite"

    def ready(self) -> None:
        super().ready()
        for app in apps.get_app_configs():
            if app.name != "djstripe" and app.module and module_has_submodule(app.module, "admin"):
                import_module(f"{app.name}.admin")
