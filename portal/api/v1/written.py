"""Fields that several requests have, as the schema describes them."""

from typing import Annotated

from msgspec import Meta

from ..fields import COST_PATTERN, MOST_PROPERTIES, PropertyValue

NamedAction = Annotated[
    str | None, Meta(description="An action of the rate card.", examples=["GENERATE_REPORT"])
]
NamedFeature = Annotated[
    str | None, Meta(description="A metered feature.", examples=["ai_credits"])
]
NamedOrganization = Annotated[
    str | None, Meta(description="Its id or your own id for it. Needed with a platform key.")
]
OccurredAt = Annotated[
    str | None,
    Meta(
        description="When the customer used it; the moment of receipt unless given.",
        extra_json_schema={"format": "date-time"},
    ),
]
Cost = Annotated[
    str | None,
    Meta(
        description="What it cost you, in the reporting currency; else the rate card says.",
        extra_json_schema={"pattern": COST_PATTERN},
    ),
]
Properties = Annotated[
    dict[str, PropertyValue] | None,
    Meta(
        description="Labels of your own: names of 40 and texts of 500 characters, 8 KB in all.",
        extra_json_schema={"maxProperties": MOST_PROPERTIES},
    ),
]
