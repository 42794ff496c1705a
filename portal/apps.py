from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages and the REST API: the only code that speaks HTTP."""

    name = "portal"
