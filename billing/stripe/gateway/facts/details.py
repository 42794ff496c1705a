"""What Stripe puts on invoices about a customer, as values of ours."""

from dataclasses import dataclass
from typing import Self

from .json_values import Json, part, rows, text


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """A postal address; `country` is its ISO 3166 code. What there is not is empty."""

    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""

    @classmethod
    def read(cls, address: Json) -> Self:
        return cls(
            line1=text(address.get("line1")),
            line2=text(address.get("line2")),
            postal_code=text(address.get("postal_code")),
            city=text(address.get("city")),
            state=text(address.get("state")),
            country=text(address.get("country")),
        )


@dataclass(frozen=True, slots=True)
class TaxIdFacts:
    """A tax id. `kind` and `verification` are Stripe's words, such as `eu_vat` and `pending`."""

    id: str
    kind: str
    value: str
    verification: str

    @classmethod
    def read(cls, tax_id: Json) -> Self:
        return cls(
            id=tax_id["id"],
            kind=tax_id["type"],
            value=tax_id["value"],
            verification=text(part(tax_id, "verification").get("status")),
        )


@dataclass(frozen=True, slots=True)
class DetailsFacts:
    """Who is billed. The tax ids are known where they were told with the customer."""

    name: str
    email: str
    address: AddressFacts
    tax_ids: tuple[TaxIdFacts, ...]

    @classmethod
    def read(cls, customer: Json) -> Self:
        return cls(
            name=text(customer.get("name")),
            email=text(customer.get("email")),
            address=AddressFacts.read(part(customer, "address")),
            tax_ids=tuple(map(TaxIdFacts.read, rows(customer, "tax_ids"))),
        )
