from __future__ import annotations

import re

from config.env import PROJECT_FOLDER
from tests.support.source import project_files

# Written apart, so that this file does not find itself.
REGISTRIES = [
    "python" + "hosted",
    "pypi" + ".org",
    "npm" + "js",
    "deb." + "debian",
]
MACHINES = ["/" + folder + "/" for folder in ("work", "root", "farm", "opt")]
SECRETS = ["BEGIN " + "PRIVATE KEY", "BEGIN " + "RSA", "sk_" + "live_"]
FORBIDDEN = re.compile(
    "|".join(
        [
            *(re.escape(text) for text in REGISTRIES + SECRETS),
            *(rf"(?<![A-Za-z0-9_.]){re.escape(folder)}" for folder in MACHINES),
        ]
    )
)


def test_no_file_names_a_registry_a_machine_or_a_secret() -> None:
    found = [
        f"{path.relative_to(PROJECT_FOLDER)}: {match.group()}"
        for path in project_files()
        for match in FORBIDDEN.finditer(path.read_text(errors="replace"))
    ]

    assert found == []
