"""Define features."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import Invalid
from metering.models import Meter

from ...choices import FeatureKind, ValueType
from ...models import Feature
from ..codes import CodeTaken, check_code
from ..values import fits

EDITABLE = ("name", "description", "default_value", "position")


@transaction.atomic
def create_metered_feature(
    *,
    meter: Meter,
    name: str,
    actor: Actor,
    now: datetime,
    description: str = "",
    position: int = 0,
) -> Feature:
    """
    Define a feature that is counted on a meter, and has the meter's code.

    Raises `CodeTaken` if the meter, or the code, has a feature already.
    """
    feature = Feature(
        code=meter.code,
        name=name,
        description=description,
        kind=FeatureKind.METERED,
        meter=meter,
        position=position,
    )
    return _store(feature, actor=actor, now=now)


@transaction.atomic
def create_unmetered_feature(
    *,
    code: str,
    name: str,
    value_type: str,
    actor: Actor,
    now: datetime,
    description: str = "",
    default_value: Any = None,
    position: int = 0,
) -> Feature:
    """
    Define a flag: a feature with a value.

    Organizations whose plan does not name it have the default. Raises `Invalid` for a code that
    cannot be used or a default of another type, and `CodeTaken`.
    """
    check_code(code)
    if value_type not in ValueType.values:
        raise Invalid(f"A value is one of {', '.join(ValueType.values)}.")
    _check_default(default_value, value_type=value_type)
    feature = Feature(
        code=code,
        name=name,
        description=description,
        kind=FeatureKind.UNMETERED,
        value_type=value_type,
        default_value=default_value,
        position=position,
    )
    return _store(feature, actor=actor, now=now)


@transaction.atomic
def update_feature(
    *,
    feature: Feature,
    name: str,
    description: str,
    default_value: Any,
    position: int,
    actor: Actor,
    now: datetime,
) -> Feature:
    """
    Change what people read about a feature and, for a flag, its default.

    Code, kind and type never change: apps hold on to them. Raises `Invalid` for a default of
    another type.
    """
    stored = Feature.objects.select_for_update().get(pk=feature.pk)
    if stored.kind == FeatureKind.METERED and default_value is not None:
        raise Invalid(_("A metered feature has no default value."))
    if stored.kind == FeatureKind.UNMETERED:
        _check_default(default_value, value_type=stored.value_type)
    before = {field: getattr(stored, field) for field in EDITABLE}
    stored.name = name
    stored.description = description
    stored.default_value = default_value
    stored.position = position
    changes = differences(before, {field: getattr(stored, field) for field in EDITABLE})
    if changes:
        stored.save(update_fields=EDITABLE)
        record(actor=actor, action="feature.updated", target=stored.code, changes=changes, now=now)
    return stored


def _check_default(value: Any, *, value_type: str) -> None:
    if value is not None and not fits(value, value_type=value_type):
        raise Invalid(_("The default value must be a %(value_type)s.") % {"value_type": value_type})


def _store(feature: Feature, *, actor: Actor, now: datetime) -> Feature:
    try:
        with transaction.atomic():
            feature.save(force_insert=True)
    except IntegrityError as error:
        if Feature.objects.filter(code=feature.code).exists():
            raise CodeTaken(
                _("There is a feature “%(code)s” already.") % {"code": feature.code}
            ) from error
        raise
    changes = {"name": [None, feature.name], "kind": [None, feature.kind]}
    record(actor=actor, action="feature.created", target=feature.code, changes=changes, now=now)
    return feature
