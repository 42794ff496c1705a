"""Read a page as a person does."""

import re
from html import unescape
from typing import Any


def text_of(response: Any) -> str:
    """The words of the page's main part, single blanks between them, no markup."""
    html = response.content.decode()
    main = re.search(r"<main.*?</main>", html, re.S)
    words = re.sub(r"<(svg|title|desc)\b.*?</\1>", " ", main[0] if main else html, flags=re.S)
    words = unescape(re.sub(r"<[^>]+>", " ", words)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r" ([.,:;])", r"\1", " ".join(words.split()))


def part_of(response: Any, heading: str) -> str:
    """The words of the section that is labelled by the element with this id."""
    html = response.content.decode()
    part = re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', html, re.S)
    assert part is not None, f"no section {heading}"
    return text_of(type("Part", (), {"content": f"<main>{part[0]}</main>".encode()}))
