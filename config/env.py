"""What the environment says, read in one place and typed.

Nothing else in Tallybook touches ``os.environ``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, cast, get_args

from environ import Env, ImproperlyConfigured

Process = Literal["web", "worker", "command"]

PROJECT_FOLDER = Path(__file__).resolve().parent.parent

_environment = Env()


def enter(*, process: Process, settings: str = "config.settings.production") -> None:
    """Say which kind of process this is, before the settings are loaded.

    ``DJANGO_SETTINGS_MODULE`` wins if set.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    os.environ["TALLYBOOK_PROCESS"] = process


def process() -> Process:
    """The kind of process that ``enter`` named; a management command when nobody did."""
    name = text("TALLYBOOK_PROCESS", default="command")
    if name in get_args(Process):
        return cast(Process, name)
    raise ImproperlyConfigured(
        f"TALLYBOOK_PROCESS is {name!r}; it must be one of {', '.join(get_args(Process))}."
    )


def text(name: str, *, default: str = "") -> str:
    """The variable as it stands; an empty one counts as unset."""
    return os.environ.get(name) or default


def required(name: str) -> str:
    """The variable as it stands. Raises ``ImproperlyConfigured`` if it is unset or empty."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """1, true, yes, on and the like are true; every other text is false."""
    return bool(_environment.bool(name, default=default))


def integer(name: str, *, default: int) -> int:
    """A whole number. Raises ``ImproperlyConfigured`` for anything else."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.") from error


def one_of(name: str, choices: tuple[str, ...], *, default: str) -> str:
    """One of a few words. Raises ``ImproperlyConfigured`` for any other."""
    value = text(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def words(name: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas, without the empty parts."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def folder(name: str, *, default: Path) -> Path:
    """An absolute folder name."""
    value = text(name)
    return Path(value).resolve() if value else default


def data_folder() -> Path:
    """Where the quick start keeps its database, logs and mail."""
    return folder("TALLYBOOK_DATA", default=PROJECT_FOLDER / ".tallybook")


def database_url() -> str:
    """The PostgreSQL server to use, or an empty text: then the embedded one is meant."""
    return text("DATABASE_URL")


def email(url: str) -> dict[str, Any]:
    """Django's mail settings from one URL such as ``smtp+tls://user:password@mail.example:587``."""
    return dict(_environment.email_url_config(url))


def for_child_process(**variables: str) -> dict[str, str]:
    """The environment of a process that we start: ours, with these variables on top."""
    return {**os.environ, **variables}
