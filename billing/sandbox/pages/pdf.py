"""
A PDF of plain text, written by hand: A4, Helvetica, as many pages as it takes.

A character that Western European encoding lacks is printed as a question mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
LEFT, RIGHT, TOP, BOTTOM = 56, 539, 786, 64
REGULAR, BOLD, TYPEWRITER = "F1", "F2", "F3"
_FONTS = {REGULAR: "Helvetica", BOLD: "Helvetica-Bold", TYPEWRITER: "Courier"}
# Courier's letters are all 600 thousandths of their size wide, so that amounts can be lined up.
_TYPEWRITER_WIDTH = 600


@dataclass(frozen=True)
class Line:
    """One line: a text on the left and, lined up on the right, an amount."""

    text: str = ""
    amount: str = ""
    size: int = 10
    bold: bool = False


def pdf(lines: Iterable[Line], *, title: str) -> bytes:
    """A document with these lines from top to bottom."""
    streams = [_stream(page) for page in _pages([part for one in lines for part in _wrapped(one)])]
    first = 4 + len(_FONTS)
    pages = [first + 2 * number for number in range(len(streams))]
    kids = " ".join(f"{page} 0 R" for page in pages)
    fonts = " ".join(f"/{key} {4 + number} 0 R" for number, key in enumerate(_FONTS))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Title " + _string(title) + b" >>",
        *(_font(name) for name in _FONTS.values()),
    ]
    for number, stream in enumerate(streams):
        objects.append(_page(fonts, contents=pages[number] + 1))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _file(objects)


def _wrapped(line: Line) -> list[Line]:
    """Lines short enough for the paper; the amount stands beside the first."""
    room = (RIGHT - LEFT) * 2 // line.size - len(line.amount) * 5 // 4
    parts = [""]
    for word in line.text.split(" "):
        for piece in [word[at : at + room] for at in range(0, len(word), room)] or [""]:
            if parts[-1] and len(parts[-1]) + 1 + len(piece) > room:
                parts.append("")
            parts[-1] = f"{parts[-1]} {piece}" if parts[-1] else piece
    first, *others = parts
    return [Line(first, line.amount, line.size, line.bold)] + [
        Line(text, size=line.size, bold=line.bold) for text in others
    ]


def _pages(lines: list[Line]) -> list[list[tuple[int, Line]]]:
    """The lines with their height on the paper, page by page."""
    pages: list[list[tuple[int, Line]]] = [[]]
    height = TOP
    for line in lines:
        height -= line.size * 3 // 2
        if height < BOTTOM:
            pages.append([])
            height = TOP - line.size * 3 // 2
        pages[-1].append((height, line))
    return pages


def _stream(page: list[tuple[int, Line]]) -> bytes:
    shown = [_text(LEFT, height, line.text, line) for height, line in page if line.text]
    for height, line in page:
        if line.amount:
            width = len(line.amount) * line.size * _TYPEWRITER_WIDTH // 1000
            shown.append(_text(RIGHT - width, height, line.amount, line, font=TYPEWRITER))
    return b"\n".join(shown)


def _text(x: int, y: int, text: str, line: Line, font: str | None = None) -> bytes:
    font = font or (BOLD if line.bold else REGULAR)
    return f"BT /{font} {line.size} Tf {x} {y} Td ".encode() + _string(text) + b" Tj ET"


def _string(text: str) -> bytes:
    """A PDF string in hexadecimal, which no character can break out of."""
    return b"<" + text.encode("cp1252", "replace").hex().encode() + b">"


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _page(fonts: str, *, contents: int) -> bytes:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
        f"/Resources << /Font << {fonts} >> >> /Contents {contents} 0 R >>"
    ).encode()


def _file(objects: list[bytes]) -> bytes:
    written = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\n" % size
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )
