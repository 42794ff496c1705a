from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from config.env import PROJECT_FOLDER
from tests.support.source import APPS

FOLDERS = [PROJECT_FOLDER / "templates", *(PROJECT_FOLDER / app / "templates" for app in APPS)]
TEMPLATES = sorted(
    path for folder in FOLDERS for path in folder.rglob("*") if path.suffix in {".html", ".txt"}
)
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
REMOTE = re.compile(r"(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE)


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT_FOLDER))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text())


def test_pages_carry_no_inline_style_or_script() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in TEMPLATES
        if "emails" not in path.parts
        for match in INLINE.finditer(path.read_text())
    ]

    assert found == []


def test_pages_load_nothing_from_elsewhere() -> None:
    found = [name_of(path) for path in TEMPLATES if REMOTE.search(path.read_text())]

    assert found == []
