"""The JSON parser: what it reads, and what it refuses with a sentence."""

from typing import Any

import msgspec
import pytest

from portal.api.documents import parse_document, shape
from portal.api.problems import InvalidRequest


class Person(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    tags: list[str] = []


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        (b'"\\ud83e\\udd80"', "🦀"),
        ('"é"'.encode(), "é"),
        (b'"\\\\u0000"', "\\u0000"),
        (b"[" * 20 + b"]" * 20, [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]),
    ],
)
def test_strict_json_is_read(body: bytes, document: Any) -> None:
    assert parse_document(body) == document


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"nul",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"// a\n1",
        b'{"a": 1} x',
        b"1 2",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"\\u0061": 1, "a": 2}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e400",
        b"-1e400",
        b"9" * 5_000,
        b"01",
        b"+1",
        b"0x1",
        b'"\\u0000"',
        b'{"a\\u0000": 1}',
        b'"\\ud800"',
        b'["\\udc00\\ud800"]',
        b'{"\\uDFFF": 1}',
        b'"\x00"',
        b'"a\nb"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf1",
        '"a"'.encode("utf-16"),
        b"[" * 21 + b"]" * 21,
        b'{"a":' * 21 + b"1" + b"}" * 21,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"\\x41"',
        b'"unfinished',
    ],
)
def test_everything_else_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_document(body)


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({}, "/name", "missing"),
        ({"name": 1}, "/name", "wrong_type"),
        ({"name": "a", "age": 1}, "/age", "unknown_field"),
        ({"name": "a", "tags": ["b", 1]}, "/tags/1", "wrong_type"),
        ({"name": "a", "b/~": 1}, "/b~1~0", "unknown_field"),
        ([], "", "wrong_type"),
        (None, "", "wrong_type"),
    ],
)
def test_a_wrong_shape_is_pointed_at(document: Any, pointer: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        shape(document, Person)
    [error] = refused.value.extra["errors"]
    assert (error.pointer, error.code) == (pointer, code)
