import subprocess
from pathlib import Path

from config.env import PROJECT_FOLDER

CORE = PROJECT_FOLDER / "clients/python/tallybook/_core"


def test_the_core_is_what_the_description_of_the_api_gives(tmp_path: Path) -> None:
    """Otherwise: `make clients`."""
    core = tmp_path / "core"
    subprocess.run(
        ["make", "--silent", "client-core", f"CORE={core}"],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        check=True,
    )

    made, kept = texts(core), texts(CORE)
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def texts(folder: Path) -> dict[str, str]:
    """All modules below a folder."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.py")}
