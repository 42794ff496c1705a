"""The locale in which numbers and days are written."""

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, to_locale


def current_locale() -> Locale:
    """The locale of the language in use; English where Babel does not know it."""
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
