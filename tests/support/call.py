"""
Calls one function of the tests in a process of its own.

    python -m tests.support.call package.module:function '{"argument": 1}'

What it returns is the last line of the output, as JSON.
"""

import importlib
import json
import sys

import django


def main() -> None:
    target, arguments = sys.argv[1:]
    django.setup()
    module, _, function = target.partition(":")
    result = getattr(importlib.import_module(module), function)(**json.loads(arguments))
    sys.stdout.write(f"\n{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
