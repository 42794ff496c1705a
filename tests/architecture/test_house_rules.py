from __future__ import annotations

import ast
import re

from tests.support.source import APPS, dotted_name, modules

LEDGER_MODELS = ("UsageEvent", "LedgerAccount", "LedgerTransfer")
LEDGER_TABLES = re.compile(
    r"(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?metering_(usageevent|ledger\w+)\b", re.IGNORECASE
)
CLOCKS = re.compile(r"(^|\.)(now|utcnow|today|time\.time)$")
WRITES = re.compile(
    r"\.(create|bulk_create|get_or_create|update_or_create|update|bulk_update|delete)$"
)


def test_quantities_and_money_are_never_floats() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules("billing", "metering", "config/kernel")
        for node in module.nodes(ast.Constant, ast.Name)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]

    assert found == []


def test_the_clock_is_read_at_the_edge_and_passed_in() -> None:
    found = [
        f"{module.path}:{line} {name}"
        for module in modules("accounts", "billing", "metering", "config/kernel")
        if not module.is_interface
        for line, name in module.calls()
        if CLOCKS.search(name)
    ]

    assert found == []


def test_no_default_argument_freezes_the_clock() -> None:
    found = [
        f"{module.path}:{default.lineno}"
        for module in modules(*APPS)
        for node in module.nodes(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef)
        for default in [*node.args.defaults, *node.args.kw_defaults]
        if isinstance(default, ast.Call) and CLOCKS.search(dotted_name(default))
    ]

    assert found == []


def test_only_the_posting_module_writes_the_ledger() -> None:
    found = [
        f"{module.path}:{line} {name}"
        for module in modules(*APPS)
        if module.path != "metering/ledger/posting.py"
        for line, name in module.calls()
        if any(f"{model}.objects" in name for model in LEDGER_MODELS) and WRITES.search(name)
    ] + [
        f"{module.path} {match.group()}"
        for module in modules(*APPS)
        if module.path != "metering/ledger/posting.py"
        for match in LEDGER_TABLES.finditer(module.text)
    ]

    assert found == []


def test_pages_and_api_reach_rows_through_queries_and_operations_only() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules("portal")
        for node in module.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]

    assert found == []


def test_only_one_module_reads_the_environment() -> None:
    """But for the sandbox, a program of its own that may not import ours."""
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules(*APPS)
        if module.path not in {"config/env.py", "billing/sandbox/__main__.py"}
        for node in module.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and dotted_name(node) in {"os.environ", "os.getenv", "os.putenv"}
    ]

    assert found == []


def test_we_have_no_signals_of_our_own() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules(*APPS)
        for node in module.nodes(ast.ImportFrom)
        if isinstance(node, ast.ImportFrom)
        and node.module in {"django.dispatch", "django.db.models.signals"}
    ]

    assert found == []
