from __future__ import annotations

import ast

from tests.support.source import APPS, modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def test_a_module_has_one_reason_to_exist() -> None:
    lengths = {module.path: len(module.text.splitlines()) for module in modules(*APPS)}

    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_a_function_fits_on_a_screen() -> None:
    lengths = {
        f"{module.path}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules(*APPS, "tests")
        for node in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
