from django.apps import AppConfig


class ConfigAppConfig(AppConfig):
    """The composition root as an app, for its commands and start-up checks."""

    name = "config"
    verbose_name = "Tallybook"

    def ready(self) -> None:
        # Tasks are sent through the app that was made last, so it must exist before the first one is.
        from config import celery, checks  # noqa: F401, PLC0415
