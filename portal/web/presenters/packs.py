"""Packs and their credits in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def packs_words(count: int, name: str) -> str:
    """So many of a pack; a single one is only named."""
    return name if count == 1 else f"{count}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN} {name}"


def life_words(months: int | None) -> str:
    """Say how long bought credits last."""
    if months is None:
        return _("never expire")
    return ngettext(
        "expire %(count)s month after payment", "expire %(count)s months after payment", months
    ) % {"count": months}
