"""Texts that people type and other people read."""

import unicodedata
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

# Control characters, surrogates, and the two separators that some programs take for a new line.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# These turn the reading direction round: a name could then be made to read like another.
_DIRECTION_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(value: str, *, what: str, longest: int, may_be_empty: bool = False) -> str:
    """
    Return the text as it is stored: composed (NFC), without blanks around it.

    Raises `Invalid` for an empty or too long one, and for one with characters that cannot be
    seen but change how the rest is read. `what` names the field for the reader.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not name and not may_be_empty:
        raise Invalid(_("%(what)s must not be empty.") % {"what": what})
    if len(name) > longest:
        raise Invalid(
            _("%(what)s must have at most %(longest)s characters.")
            % {"what": what, "longest": longest}
        )
    if any(
        unicodedata.category(character) in _REFUSED_CATEGORIES or character in _DIRECTION_OVERRIDES
        for character in name
    ):
        raise Invalid(_("%(what)s must not contain control characters.") % {"what": what})
    return name
