"""The kinds of tax ids that can be chosen are those that Stripe takes."""

from billing.sandbox import spec
from billing.stripe.gateway.tax_id_kinds import TAX_ID_KINDS


def test_they_are_those_of_stripes_description() -> None:
    path = spec.load().document["paths"]["/v1/customers/{customer}/tax_ids"]["post"]
    [body] = path["requestBody"]["content"].values()
    assert list(TAX_ID_KINDS) == body["schema"]["properties"]["type"]["enum"]
