"""Our own source as files and syntax trees, for the tests that hold it to the house rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from config.env import PROJECT_FOLDER

APPS = ("accounts", "billing", "config", "metering", "portal")
# What git ignores; the tests also run where there is no git.
NOT_OURS = {
    ".git", ".venv", ".tallybook", ".hypothesis", ".import_linter_cache", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", "__pycache__", "dist", "node_modules", "package-lock.json",
    "staticfiles",
}  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One Python file of ours. ``path`` is relative to the project."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def is_interface(self) -> bool:
        """Whether it faces the outside (page, API, admin, command, task) and may ask the time."""
        parts = Path(self.path).with_suffix("").parts
        return parts[0] == "portal" or bool({"admin", "commands", "tasks", "adapters"} & set(parts))

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self) -> Iterator[tuple[int, str]]:
        """Every call as its line and the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, dotted_name(node.func)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The modules of these folders, migrations left out."""
    return tuple(
        Module(path=str(path.relative_to(PROJECT_FOLDER)), text=path.read_text())
        for folder in folders
        for path in sorted((PROJECT_FOLDER / folder).rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that belongs to the project."""
    return tuple(sorted(_walk(PROJECT_FOLDER)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def dotted_name(node: ast.AST) -> str:
    """``a.b.c`` for an attribute of an attribute of a name; what is not a name is left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted_name(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted_name(node.func)
    return node.id if isinstance(node, ast.Name) else ""
