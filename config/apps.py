from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigAppConfig(AppConfig):
    """The composition root as an app, for its commands and start-up checks."""

    name = "config"
    verbose_name = "Tallybook"

    def ready(self) -> None:
        # Tasks are sent through the app that was made last, so it must exist before the first one
        # is.
        from config import celery, checks  # noqa: F401, PLC0415


class TallybookAdminConfig(AdminConfig):
    """Django's admin, with our site in the place of its own."""

    default_site = "config.admin.TallybookAdminSite"
