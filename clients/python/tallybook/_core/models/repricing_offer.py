from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.repricing_offer_status import RepricingOfferStatus
from ..models.repricing_offer_verdict import RepricingOfferVerdict

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.month_compared import MonthCompared
    from ..models.plan_compared import PlanCompared


T = TypeVar("T", bound="RepricingOffer")


@_attrs_define
class RepricingOffer:
    """A move to another plan, with the customer's own numbers: amounts are before tax, a month.

    Attributes:
        id (str):
        organization (str):
        status (RepricingOfferStatus):
        verdict (RepricingOfferVerdict):
        must_move (bool): Whoever does not answer moves as well, and none can decline.
        why (str):
        from_plan (str):
        from_plan_name (str):
        plan (str):
        plan_name (str):
        plan_version (int):
        interval (str):
        seats (int):
        current_average (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        new_average (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        saving (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        months (list[MonthCompared]): The oldest first.
        plans (list[PlanCompared]):
        guarantee_months (int):
        notice_days (int):
        noticed_at (str):
        effective_at (str): When the move takes effect: a renewal after the notice.
        answer_by (None | str):
        answered_at (None | str):
        waives_notice (bool):
        ended_at (None | str):
    """

    id: str
    organization: str
    status: RepricingOfferStatus
    verdict: RepricingOfferVerdict
    must_move: bool
    why: str
    from_plan: str
    from_plan_name: str
    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    current_average: Amount
    new_average: Amount
    saving: Amount
    months: list[MonthCompared]
    plans: list[PlanCompared]
    guarantee_months: int
    notice_days: int
    noticed_at: str
    effective_at: str
    answer_by: None | str
    answered_at: None | str
    waives_notice: bool
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        organization = self.organization

        status = self.status.value

        verdict = self.verdict.value

        must_move = self.must_move

        why = self.why

        from_plan = self.from_plan

        from_plan_name = self.from_plan_name

        plan = self.plan

        plan_name = self.plan_name

        plan_version = self.plan_version

        interval = self.interval

        seats = self.seats

        current_average = self.current_average.to_dict()

        new_average = self.new_average.to_dict()

        saving = self.saving.to_dict()

        months = []
        for months_item_data in self.months:
            months_item = months_item_data.to_dict()
            months.append(months_item)

        plans = []
        for plans_item_data in self.plans:
            plans_item = plans_item_data.to_dict()
            plans.append(plans_item)

        guarantee_months = self.guarantee_months

        notice_days = self.notice_days

        noticed_at = self.noticed_at

        effective_at = self.effective_at

        answer_by: None | str
        answer_by = self.answer_by

        answered_at: None | str
        answered_at = self.answered_at

        waives_notice = self.waives_notice

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "organization": organization,
                "status": status,
                "verdict": verdict,
                "must_move": must_move,
                "why": why,
                "from_plan": from_plan,
                "from_plan_name": from_plan_name,
                "plan": plan,
                "plan_name": plan_name,
                "plan_version": plan_version,
                "interval": interval,
                "seats": seats,
                "current_average": current_average,
                "new_average": new_average,
                "saving": saving,
                "months": months,
                "plans": plans,
                "guarantee_months": guarantee_months,
                "notice_days": notice_days,
                "noticed_at": noticed_at,
                "effective_at": effective_at,
                "answer_by": answer_by,
                "answered_at": answered_at,
                "waives_notice": waives_notice,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.month_compared import MonthCompared  # noqa: PLC0415
        from ..models.plan_compared import PlanCompared  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        organization = d.pop("organization")

        status = RepricingOfferStatus(d.pop("status"))

        verdict = RepricingOfferVerdict(d.pop("verdict"))

        must_move = d.pop("must_move")

        why = d.pop("why")

        from_plan = d.pop("from_plan")

        from_plan_name = d.pop("from_plan_name")

        plan = d.pop("plan")

        plan_name = d.pop("plan_name")

        plan_version = d.pop("plan_version")

        interval = d.pop("interval")

        seats = d.pop("seats")

        current_average = Amount.from_dict(d.pop("current_average"))

        new_average = Amount.from_dict(d.pop("new_average"))

        saving = Amount.from_dict(d.pop("saving"))

        months = []
        _months = d.pop("months")
        for months_item_data in _months:
            months_item = MonthCompared.from_dict(months_item_data)

            months.append(months_item)

        plans = []
        _plans = d.pop("plans")
        for plans_item_data in _plans:
            plans_item = PlanCompared.from_dict(plans_item_data)

            plans.append(plans_item)

        guarantee_months = d.pop("guarantee_months")

        notice_days = d.pop("notice_days")

        noticed_at = d.pop("noticed_at")

        effective_at = d.pop("effective_at")

        def _parse_answer_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answer_by = _parse_answer_by(d.pop("answer_by"))

        def _parse_answered_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        waives_notice = d.pop("waives_notice")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        repricing_offer = cls(
            id=id,
            organization=organization,
            status=status,
            verdict=verdict,
            must_move=must_move,
            why=why,
            from_plan=from_plan,
            from_plan_name=from_plan_name,
            plan=plan,
            plan_name=plan_name,
            plan_version=plan_version,
            interval=interval,
            seats=seats,
            current_average=current_average,
            new_average=new_average,
            saving=saving,
            months=months,
            plans=plans,
            guarantee_months=guarantee_months,
            notice_days=notice_days,
            noticed_at=noticed_at,
            effective_at=effective_at,
            answer_by=answer_by,
            answered_at=answered_at,
            waives_notice=waives_notice,
            ended_at=ended_at,
        )

        repricing_offer.additional_properties = d
        return repricing_offer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
