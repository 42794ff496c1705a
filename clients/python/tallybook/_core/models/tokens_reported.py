from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TokensReported")


@_attrs_define
class TokensReported:
    """The tokens that a call to a model took, each counted once: those of the input that the provider
    had read before are `cached` and not `input`.

        Attributes:
            model (str): A model of the price book, by its code.
            input_ (int | Unset):  Default: 0.
            output (int | Unset):  Default: 0.
            cached (int | Unset):  Default: 0.
    """

    model: str
    input_: int | Unset = 0
    output: int | Unset = 0
    cached: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        input_ = self.input_

        output = self.output

        cached = self.cached

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "model": model,
            }
        )
        if input_ is not UNSET:
            field_dict["input"] = input_
        if output is not UNSET:
            field_dict["output"] = output
        if cached is not UNSET:
            field_dict["cached"] = cached

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        model = d.pop("model")

        input_ = d.pop("input", UNSET)

        output = d.pop("output", UNSET)

        cached = d.pop("cached", UNSET)

        tokens_reported = cls(
            model=model,
            input_=input_,
            output=output,
            cached=cached,
        )

        return tokens_reported
