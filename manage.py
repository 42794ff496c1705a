#!/usr/bin/env python
"""Run one of Django's or Tallybook's commands; with the quick start's settings unless the
environment names others.
"""

import sys

from config import env


def main() -> None:
    env.enter(process="command", settings="config.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
