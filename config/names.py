"""
What Django calls our models and fields where the code says nothing else.

It takes these words from the names of classes and attributes. Staff read them, so they are
translated like every other text.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy, override

_APPS: Final = ("accounts", "billing", "metering")


def list_names() -> list[str]:
    """These words in English, each once and in alphabetical order."""
    with override("en"):
        return sorted(
            {
                str(getattr(thing, name))
                for model in _our_models()
                for thing, name in _unnamed(model)
            }
        )


def translate_names() -> None:
    """Let them be read in the language of the reader."""
    for model in _our_models():
        for thing, name in _unnamed(model):
            setattr(thing, name, gettext_lazy(str(getattr(thing, name))))


def _our_models() -> Iterator[type[Model]]:
    for label in _APPS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def _unnamed(model: type[Model]) -> Iterator[tuple[Any, str]]:
    """What has a name of Django's making, and the attribute that holds it."""
    options = model._meta
    for name in ("verbose_name", "verbose_name_plural"):
        if name not in options.original_attrs:
            yield options, name
    for field in options.get_fields():
        if isinstance(field, Field) and "verbose_name" not in field.deconstruct()[3]:
            yield field, "verbose_name"
