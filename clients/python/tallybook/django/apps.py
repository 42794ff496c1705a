"""The app, which brings template tags and nothing else."""

from django.apps import AppConfig


class TallybookConfig(AppConfig):
    """`"tallybook.django"` in `INSTALLED_APPS`."""

    name = "tallybook.django"
    label = "tallybook"
