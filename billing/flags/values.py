"""What may be the value of an override. What comes back from the database is what was given."""

from numbers import Real
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

from ..catalog.values import fits
from ..choices import ValueType
from ..wording import quantity_words

LARGEST_VALUE: Final = 8 * 1024
# Beyond this, JSON numbers lose digits on their way through other people's parsers.
LARGEST_NUMBER: Final = 2**53 - 1
_HALF_OF_A_PAIR: Final = range(0xD800, 0xE000)


class UnfitValue(Invalid):
    """The flag cannot have this value."""

    code = "invalid_value"
    title = "The value does not fit the flag"


def check_value(value: Any, *, value_type: str) -> None:
    """Raise `UnfitValue` unless a flag of the type can have the value, and keep it as it is."""
    if value is None or not fits(value, value_type=value_type):
        label = ValueType(value_type).label
        raise UnfitValue(
            _("The value of this flag is of the type “%(label)s”, and never null.")
            % {"label": label}
        )
    _check_parts(value)
    if len(msgspec.json.encode(value)) > LARGEST_VALUE:
        raise UnfitValue(
            _("A value has at most %(most)s bytes.") % {"most": quantity_words(LARGEST_VALUE)}
        )


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are written alike: `1`, `1.0` and `true` are not."""
    return msgspec.json.encode(one, order="sorted") == msgspec.json.encode(other, order="sorted")


def _check_parts(value: Any) -> None:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for inner in value:
            _check_parts(inner)
    elif isinstance(value, str):
        if "\0" in value or any(ord(character) in _HALF_OF_A_PAIR for character in value):
            raise UnfitValue(_("A text has neither NUL nor halves of surrogate pairs."))
    elif isinstance(value, Real):
        size: Any = abs(value)
        if not size <= LARGEST_NUMBER:
            raise UnfitValue(_("A number lies within 2^53: send a larger one as text."))
