from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from config.kernel.spreadsheets import csv_lines, written_cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "  =1", '=HYPERLINK("//evil")'],
)
def test_a_text_is_never_a_formula(text: str) -> None:
    assert written_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("bob;=1+1;x", "bob;'=1+1;x"),
        ("bob; =1+1", "bob; '=1+1"),
        ("two\n=1", "two\n'=1"),
        ("\t=1", "'\t'=1"),
        ("a;-b;+c;@d", "a;'-b;'+c;'@d"),
        ("a; b", "a; b"),
    ],
)
def test_no_formula_begins_where_a_semicolon_ends_a_cell(text: str, cell: str) -> None:
    assert written_cell(text) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        ("Acme", "Acme"),
        ("a=b", "a=b"),
        (Decimal("-12.500000"), "-12.500000"),
        (Decimal("1E-7"), "0.0000001"),
        (-3, "-3"),
        (True, "True"),
    ],
)
def test_everything_else_is_written_as_it_is(value: object, cell: str) -> None:
    assert written_cell(value) == cell


def test_what_is_written_is_read_back() -> None:
    rows = [["a,b", 'say "hi"'], ["two\nlines", "ü"]]
    lines = list(csv_lines(["first", "second"], rows))
    assert len(lines) == 3
    assert list(csv.reader(io.StringIO("".join(lines), newline=""))) == [
        ["first", "second"],
        *rows,
    ]
