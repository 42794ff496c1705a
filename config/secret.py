"""The secret of an installation that was given none: made once, kept in its data folder,
readable by its owner only.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key_in(folder: Path) -> str:
    """The key kept in ``folder``, made now if there is none.

    Two processes that start together get the same one.
    """
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".secret_key-{os.getpid()}"
        write_private(draft, secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            # Another process was first: its key is the one.
            return path.read_text()
        finally:
            draft.unlink()
    return path.read_text()


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read, replacing an older one."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
