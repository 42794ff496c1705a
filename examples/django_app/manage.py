"""Runs Gist."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

# Your own app installs the client: pip install ./clients/python
sys.path.append(str(Path(__file__).parents[2] / "clients/python"))

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gist.settings"
    execute_from_command_line(sys.argv)
