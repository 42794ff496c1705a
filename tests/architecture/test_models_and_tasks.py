from __future__ import annotations

import ast

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from tests.support.source import APPS, dotted_name, modules


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def belongs_to_an_organization(model: type[models.Model]) -> bool:
    try:
        model._meta.get_field("organization")
    except FieldDoesNotExist:
        return False
    return True


def test_what_belongs_to_an_organization_is_queried_by_its_owner() -> None:
    without = [
        model._meta.label
        for model in our_models()
        if belongs_to_an_organization(model) and not hasattr(model._default_manager, "owned_by")
    ]

    assert without == []


def test_relations_between_apps_add_nothing_to_the_other_app() -> None:
    found = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    ]

    assert found == []


def test_every_task_has_a_name_that_survives_a_move() -> None:
    unnamed = [
        f"{module.path}:{node.name}"
        for module in modules(*APPS)
        for node in module.nodes(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if dotted_name(decorator).split(".")[-1] in {"shared_task", "task"}
        and not (
            isinstance(decorator, ast.Call)
            and any(keyword.arg == "name" for keyword in decorator.keywords)
        )
    ]

    assert unnamed == []
