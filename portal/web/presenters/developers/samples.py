"""Programs to copy, with the organization's own names in them."""

from dataclasses import dataclass
from typing import Final

_CURL: Final = """\
curl {url}/api/v1/usage \\
  -H "Authorization: Bearer $TALLYBOOK_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"organization": "{organization}", "id": "first-event",
       "action": "{action}", "quantity": "1"}}'"""

_PYTHON: Final = """\
import os

from tallybook import Tallybook

tallybook = Tallybook("{url}", os.environ["TALLYBOOK_API_KEY"])

if tallybook.entitlements.check("{feature}").allowed:
    with tallybook.hold(action="{action}", quantity=1):
        ...  # the work: paid for when it is done, and not if it fails

# Or report what was used. The same id is never counted twice.
tallybook.usage.report(id="job-17", action="{action}", quantity=1, member="u_17")"""

_TYPESCRIPT: Final = """\
import {{ Tallybook }} from "tallybook-client";

const tallybook = new Tallybook({{
  url: "{url}",
  key: process.env.TALLYBOOK_API_KEY,
}});

const {{ allowed }} = await tallybook.entitlement("{feature}");
if (allowed) {{
  // The same id is never counted twice.
  await tallybook.usage.report({{ id: "job-17", action: "{action}", quantity: 1 }});
}}"""

_KINDE: Final = """\
# The id of a key and its secret are a client's id and secret.
TOKEN=$(curl -s {url}/oauth2/token -u "$CLIENT_ID:$CLIENT_SECRET" \\
  -d grant_type=client_credentials | jq -r .access_token)

curl {url}/api/v1/billing/meter_usage \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{{"customer_agreement_id": "{agreement}",
       "billing_feature_code": "{feature}", "meter_value": "1"}}'"""

_OPENFEATURE: Final = """\
import os

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider

api.set_provider(OFREPProvider(
    "{url}",
    headers_factory=lambda: {{"Authorization": "Bearer " + os.environ["TALLYBOOK_API_KEY"]}},
))

is_on = api.get_client().get_boolean_value("{flag}", False)"""

_TEXTS: Final = (
    ("curl", "curl", _CURL),
    ("python", "Python", _PYTHON),
    ("typescript", "TypeScript", _TYPESCRIPT),
    ("kinde", "Kinde", _KINDE),
    ("openfeature", "OpenFeature", _OPENFEATURE),
)


@dataclass(frozen=True, slots=True)
class Names:
    """What samples call things: the organization's own ids and codes."""

    url: str
    organization: str
    agreement: str
    action: str
    feature: str
    flag: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A program to copy."""

    code: str
    label: str
    text: str


def write_samples(names: Names) -> tuple[Sample, ...]:
    """Write the samples with these names in them."""
    values = {name: getattr(names, name) for name in Names.__slots__}
    return tuple(Sample(code, label, text.format(**values)) for code, label, text in _TEXTS)
