"""Tables as CSV, which people open in spreadsheets."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

# What makes a spreadsheet read a cell as a formula, and so run what somebody else wrote in it.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")
# Where a comma is the decimal point, as in Germany, spreadsheets begin a new cell at a semicolon,
# and take our quotes for text: there a formula could begin within a cell of ours.
_FORMULA_WITHIN: Final = re.compile("([;\t\r\n] *)(?=[=+@\N{FULLWIDTH EQUALS SIGN}-])")


def written_cell(value: object) -> str:
    """
    Write a value into a cell. None is empty.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, as one would
    type it there, also within a cell where another cell could begin; what is no text, such as a
    number below zero, is left as it is.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        safe = _FORMULA_WITHIN.sub(r"\1'", value)
        return f"'{safe}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else safe
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Write a table as CSV (RFC 4180), line by line, however many rows there are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield _taken(buffer)
    for row in rows:
        writer.writerow(written_cell(value) for value in row)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line
