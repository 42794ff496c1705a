from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.payment_attempts import PaymentAttempts


T = TypeVar("T", bound="Invoice")


@_attrs_define
class Invoice:
    """An invoice as Stripe has it.

    Attributes:
        id (str):
        number (str):
        status (str): `open`, `paid`, `void` or `uncollectible`.
        agreement (None | str):
        billing_reason (str):
        subtotal (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        discount (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        tax (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        total (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        credit (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        amount_due (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        amount_paid (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        amount_remaining (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        issued_at (str):
        paid_at (None | str):
        failed_attempts (None | PaymentAttempts): There while it is to be paid and an attempt to collect it has failed.
        hosted_url (None | str): Where it can be seen and paid.
        pdf_url (None | str):
    """

    id: str
    number: str
    status: str
    agreement: None | str
    billing_reason: str
    subtotal: Amount
    discount: Amount
    tax: Amount
    total: Amount
    credit: Amount
    amount_due: Amount
    amount_paid: Amount
    amount_remaining: Amount
    issued_at: str
    paid_at: None | str
    failed_attempts: None | PaymentAttempts
    hosted_url: None | str
    pdf_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.payment_attempts import PaymentAttempts  # noqa: PLC0415

        id = self.id

        number = self.number

        status = self.status

        agreement: None | str
        agreement = self.agreement

        billing_reason = self.billing_reason

        subtotal = self.subtotal.to_dict()

        discount = self.discount.to_dict()

        tax = self.tax.to_dict()

        total = self.total.to_dict()

        credit = self.credit.to_dict()

        amount_due = self.amount_due.to_dict()

        amount_paid = self.amount_paid.to_dict()

        amount_remaining = self.amount_remaining.to_dict()

        issued_at = self.issued_at

        paid_at: None | str
        paid_at = self.paid_at

        failed_attempts: dict[str, Any] | None
        if isinstance(self.failed_attempts, PaymentAttempts):
            failed_attempts = self.failed_attempts.to_dict()
        else:
            failed_attempts = self.failed_attempts

        hosted_url: None | str
        hosted_url = self.hosted_url

        pdf_url: None | str
        pdf_url = self.pdf_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "number": number,
                "status": status,
                "agreement": agreement,
                "billing_reason": billing_reason,
                "subtotal": subtotal,
                "discount": discount,
                "tax": tax,
                "total": total,
                "credit": credit,
                "amount_due": amount_due,
                "amount_paid": amount_paid,
                "amount_remaining": amount_remaining,
                "issued_at": issued_at,
                "paid_at": paid_at,
                "failed_attempts": failed_attempts,
                "hosted_url": hosted_url,
                "pdf_url": pdf_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.payment_attempts import PaymentAttempts  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        number = d.pop("number")

        status = d.pop("status")

        def _parse_agreement(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agreement = _parse_agreement(d.pop("agreement"))

        billing_reason = d.pop("billing_reason")

        subtotal = Amount.from_dict(d.pop("subtotal"))

        discount = Amount.from_dict(d.pop("discount"))

        tax = Amount.from_dict(d.pop("tax"))

        total = Amount.from_dict(d.pop("total"))

        credit = Amount.from_dict(d.pop("credit"))

        amount_due = Amount.from_dict(d.pop("amount_due"))

        amount_paid = Amount.from_dict(d.pop("amount_paid"))

        amount_remaining = Amount.from_dict(d.pop("amount_remaining"))

        issued_at = d.pop("issued_at")

        def _parse_paid_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        paid_at = _parse_paid_at(d.pop("paid_at"))

        def _parse_failed_attempts(data: object) -> None | PaymentAttempts:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                failed_attempts_type_0 = PaymentAttempts.from_dict(data)

                return failed_attempts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PaymentAttempts, data)

        failed_attempts = _parse_failed_attempts(d.pop("failed_attempts"))

        def _parse_hosted_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hosted_url = _parse_hosted_url(d.pop("hosted_url"))

        def _parse_pdf_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        pdf_url = _parse_pdf_url(d.pop("pdf_url"))

        invoice = cls(
            id=id,
            number=number,
            status=status,
            agreement=agreement,
            billing_reason=billing_reason,
            subtotal=subtotal,
            discount=discount,
            tax=tax,
            total=total,
            credit=credit,
            amount_due=amount_due,
            amount_paid=amount_paid,
            amount_remaining=amount_remaining,
            issued_at=issued_at,
            paid_at=paid_at,
            failed_attempts=failed_attempts,
            hosted_url=hosted_url,
            pdf_url=pdf_url,
        )

        invoice.additional_properties = d
        return invoice

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
