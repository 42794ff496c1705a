"""
The pure maths of credits with one thing wrong at a time: its unit tests must notice.

Each mutant is a copy of the few modules that the maths needs, with one line of it changed.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

BURN_DOWN = "burn_down"
ROLLOVER = "rollover"
MUTANTS = [
    (BURN_DOWN, "grant.priority,", "-grant.priority,"),
    (BURN_DOWN, "grant.expires_at or _NEVER,", "_NEVER,"),
    (BURN_DOWN, "datetime.max.replace", "datetime.min.replace"),
    (BURN_DOWN, "grant.is_purchased,", "not grant.is_purchased,"),
    (BURN_DOWN, "            grant.effective_at,", "            False,"),
    (BURN_DOWN, "            grant.grant_id,", "            False,"),
    (BURN_DOWN, "self.effective_at <= at", "self.effective_at < at"),
    (BURN_DOWN, "at < self.expires_at", "at <= self.expires_at"),
    (BURN_DOWN, "not self.action_ids or action_id in self.action_ids", "True"),
    (BURN_DOWN, "min(grant.remaining, unpaid)", "grant.remaining"),
    (BURN_DOWN, "unpaid -= taken", "unpaid -= grant.remaining"),
    (BURN_DOWN, "overage=unpaid", "overage=ZERO"),
    (ROLLOVER, "return PRIORITY if self.term_periods is None", "return PRIORITY if True"),
    (ROLLOVER, "ROUND_DOWN, context", '"ROUND_HALF_UP", context'),
    (ROLLOVER, "max(ZERO, cap - pool)", "cap"),
    (ROLLOVER, "min(wanted, room)", "wanted"),
    (ROLLOVER, "room - amount", "room"),
    (ROLLOVER, "policy.basis is Basis.UNUSED", "True"),
    (ROLLOVER, "policy.basis is Basis.ALLOWANCE", "False"),
    (ROLLOVER, "min(_total(unused), _percent_of(allowance, policy.percent))", "_total(unused)"),
    (ROLLOVER, "max(ZERO, pool - cap)", "ZERO"),
    (ROLLOVER, "max(ZERO, pool - cap)", "max(ZERO, _total(slices) - cap)"),
    (ROLLOVER, "excess -= amount", "pass"),
]
NEEDED = (
    "metering/__init__.py",
    "metering/credits",
    "config/__init__.py",
    "config/kernel",
    "tests/__init__.py",
    "tests/unit/__init__.py",
    "tests/unit/metering/__init__.py",
    "tests/unit/metering/test_burn_down.py",
    "tests/unit/metering/test_rollover.py",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in NEEDED:
        source, target = env.PROJECT_FOLDER / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target)
    return tmp_path


def passes(copy: Path, module: str) -> bool:
    """Whether the unit tests of the module pass, in a process of their own."""
    program = [sys.executable, "-m", "pytest", "-q", "-x", "-c", "/dev/null", "--noconftest"]
    plugins = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    tests = f"tests/unit/metering/test_{module}.py"
    ended = subprocess.run(
        [*program, *plugins, f"--rootdir={copy}", tests],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    return ended.returncode == 0


@pytest.mark.parametrize("module", [BURN_DOWN, ROLLOVER])
def test_the_maths_as_it_is_passes(copy: Path, module: str) -> None:
    assert passes(copy, module)


@pytest.mark.parametrize(("module", "right", "wrong"), MUTANTS)
def test_a_wrong_line_is_noticed(copy: Path, module: str, right: str, wrong: str) -> None:
    path = copy / "metering" / "credits" / f"{module}.py"
    source = path.read_text()
    assert source.count(right) == 1, right
    path.write_text(source.replace(right, wrong))
    assert not passes(copy, module)
