from __future__ import annotations

import stat
from pathlib import Path

from config.secret import secret_key_in


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    secret = secret_key_in(folder)

    assert len(secret) >= 50
    assert secret_key_in(folder) == secret
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
