"""Evaluated flags as OFREP writes them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from billing.entitlements.allowances import Allowance, find_allowance, list_allowances
from billing.entitlements.flags import Flag, FlagSource, catalog_of, flag_of, flags_of
from billing.entitlements.standing import Standing


class EvaluationReason(StrEnum):
    """How a value came about, in the words of the protocol."""

    STATIC = "STATIC"
    TARGETING_MATCH = "TARGETING_MATCH"


class EvaluationMetadata(msgspec.Struct, frozen=True):
    """What the value rests on."""

    source: FlagSource
    plan: Annotated[
        str | UnsetType, Meta(description="The plan of the organization, if it has one.")
    ] = UNSET


class EvaluatedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a flag, or what is left of a metered feature."""

    key: str
    value: Annotated[
        Any,
        Meta(
            description="A metered feature is an object of `included`, `used`, `remaining`, "
            "`limit` and `resets_at`. Not there: use the default of your code."
        ),
    ] = UNSET
    reason: EvaluationReason
    variant: Annotated[str, Meta(description="The plan that it is of, or the source.")]
    metadata: EvaluationMetadata


class EvaluatedFlags(msgspec.Struct, frozen=True):
    """Every flag and metered feature, in the order of the catalog, flags first."""

    flags: list[EvaluatedFlag]


_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


def written(answer: EvaluatedFlag | EvaluatedFlags) -> bytes:
    """The answer as JSON, in which quantities are numbers."""
    return _encode(answer)


def evaluate(standing: Standing, *, key: str, at: datetime) -> EvaluatedFlag:
    """Evaluate one. Raises `FlagNotFound`."""
    plan = _plan_of(standing)
    allowance = find_allowance(standing, feature=key, at=at)
    if allowance is not None:
        return _of_allowance(allowance, plan=plan)
    return _of_flag(flag_of(standing, key=key, at=at), plan=plan)


class Bulk:
    """All that one organization, or one of its people, is to be told."""

    def __init__(self, standing: Standing, *, at: datetime) -> None:
        self._standing, self._at = standing, at
        self._allowances = list_allowances(standing, at=at)

    @property
    def etag(self) -> str:
        """
        A name for what the values depend on: it changes when any of them may. Nothing is evaluated
        for it.
        """
        standing = self._standing
        grounds = (
            standing.organization_id,
            standing.plan_version_id,
            standing.status,
            standing.catalog_revision,
            standing.written_overrides,
            self._allowances,
        )
        return f'"{blake2b(repr(grounds).encode(), digest_size=16).hexdigest()}"'

    def evaluate(self) -> EvaluatedFlags:
        """Evaluate all of them."""
        plan = _plan_of(self._standing)
        flags = flags_of(self._standing, at=self._at)
        return EvaluatedFlags(
            [_of_flag(flag, plan=plan) for flag in flags]
            + [_of_allowance(allowance, plan=plan) for allowance in self._allowances]
        )


def _plan_of(standing: Standing) -> str | None:
    terms = standing.terms
    return None if terms is None else catalog_of(standing).plan_codes[terms.plan_id]


def _of_flag(flag: Flag, *, plan: str | None) -> EvaluatedFlag:
    return _evaluated(
        flag.key, UNSET if flag.value is None else flag.value, source=flag.source, plan=plan
    )


def _of_allowance(allowance: Allowance, *, plan: str | None) -> EvaluatedFlag:
    value = {
        "included": _number(allowance.included),
        "used": _number(allowance.used),
        "remaining": _number(allowance.remaining),
        "limit": _number(allowance.limit),
        "resets_at": allowance.resets_at,
    }
    source = FlagSource.PLAN if allowance.is_in_plan else FlagSource.DEFAULT
    return _evaluated(allowance.feature, value, source=source, plan=plan)


def _evaluated(key: str, value: Any, *, source: FlagSource, plan: str | None) -> EvaluatedFlag:
    is_default = source is FlagSource.DEFAULT
    return EvaluatedFlag(
        key=key,
        value=value,
        reason=EvaluationReason.STATIC if is_default else EvaluationReason.TARGETING_MATCH,
        variant=plan if source is FlagSource.PLAN and plan is not None else source.value,
        metadata=EvaluationMetadata(source, UNSET if plan is None else plan),
    )


def _number(quantity: Decimal | None) -> int | Decimal | None:
    """A quantity as a JSON number: an integer where it is one."""
    if quantity is None:
        return None
    whole = int(quantity)
    return whole if whole == quantity else quantity.normalize()
