"""
`POST /api/v1/billing/meter_usage`: usage as Kinde's Management API takes it.

The answer carries more than Kinde's, under names that Kinde does not use. An event without an
`Idempotency-Key` gets an id of its own, so sending it twice counts it twice, as it does there.
"""

import hashlib
from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.agreements.errors import AgreementEnded
from billing.choices import LIVE_STATUSES
from billing.usage.operations import report_usage
from billing.usage.queries import find_feature_balance
from config.kernel.errors import Invalid
from config.kernel.ids import new_id
from metering.usage.reports import Mode, Outcome, UsageReport

from ..documents import parse_document, read, read_body, read_given, shape
from ..endpoint import json_response, post_endpoint
from ..fields import (
    DecimalText,
    InvalidField,
    decimal_text,
    optional_decimal_text,
    parse_code,
    parse_id,
    parse_timestamp,
    parse_value,
)
from ..idempotency import answered_once, find_idempotency_key
from ..problems import FieldError, InvalidRequest
from ..schema import IDEMPOTENCY_KEY, body_of, described
from ..v1.reported_event import as_allowed
from ..v1.usage_results import EventConflict, explain
from .errors import WRITING, write_kinde_errors
from .resource import get_agreement_named


class MeterUsage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Usage of one metered feature under one agreement."""

    customer_agreement_id: Annotated[str, Meta(examples=["agr_06f4hxw2k3n5p7r9t1v3x5z7a9"])]
    billing_feature_code: Annotated[str, Meta(examples=["ai_credits"])]
    meter_value: Annotated[
        str | int, Meta(description="A decimal number, zero or above.", examples=["5"])
    ]
    meter_type_code: Annotated[
        Mode,
        Meta(description="`delta` adds to the period's total, `absolute` says what the total is."),
    ] = Mode.DELTA
    meter_usage_timestamp: Annotated[
        str | None,
        Meta(
            description="When it was used; now unless given.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None


class MeterUsageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Kinde's two fields, and where the feature stands now."""

    message: str = "Success"
    code: str = "OK"
    usage: Annotated[DecimalText, Meta(description="Used in this period.")]
    allowance: Annotated[DecimalText | None, Meta(description="Per month; null is unlimited.")]
    remaining: Annotated[DecimalText | None, Meta(description="What is left; null is unlimited.")]
    overage: Annotated[DecimalText, Meta(description="Used beyond what was left, in this period.")]
    record_id: Annotated[str, Meta(description="The id of the usage event.")]


class MeterUsageRejected(Invalid):
    """The usage can be read, but not booked."""

    def __init__(self, reason: str) -> None:
        super().__init__(explain(reason), errors=[FieldError("", reason, explain(reason))])


@post_endpoint(scope=Scope.USAGE_WRITE, write_refusal=write_kinde_errors)
@described(
    operation_id="kinde_meter_usage",
    tag="kinde",
    summary="Report usage as to Kinde",
    body=body_of(
        MeterUsage,
        examples={
            "five credits": {
                "customer_agreement_id": "agr_06f4hxw2k3n5p7r9t1v3x5z7a9",
                "billing_feature_code": "ai_credits",
                "meter_value": "5",
                "meter_type_code": "delta",
            }
        },
    ),
    answers={200: MeterUsageAnswer},
    parameters=(IDEMPOTENCY_KEY,),
    refusals=WRITING,
)
def post_meter_usage(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    Takes what Kinde's Management API takes at this address. The key may be a platform key or
    one of the agreement's organization. With an `Idempotency-Key`, which is then the id of the
    usage event, a repeated request is counted once; without one each request counts.
    """
    usage = shape(parse_document(read_body(request)), MeterUsage)
    report = _read_report(usage, event_id=_event_id(request))

    def answer() -> HttpResponse:
        return _book(report, agreement_id=usage.customer_agreement_id, caller=caller, now=now)

    return answered_once(request, answer, caller=caller, now=now, write_refusal=write_kinde_errors)


def _book(
    report: UsageReport, *, agreement_id: str, caller: CallerKey, now: datetime
) -> HttpResponse:
    agreement = get_agreement_named(agreement_id, caller=caller)
    if agreement.status not in LIVE_STATUSES:
        raise AgreementEnded("The agreement has ended.")
    organization = agreement.organization
    now = time_of(organization_id=organization.pk, now=now)
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=as_allowed([report], caller=caller),
        api_key_id=caller.id,
        received_at=now,
    )
    if receipt.outcome is Outcome.CONFLICT:
        raise EventConflict(report.event_id)
    if receipt.outcome is Outcome.REJECTED:
        raise MeterUsageRejected(receipt.reason)
    balance = find_feature_balance(organization=organization, feature=receipt.meter, now=now)
    assert balance is not None, receipt
    return json_response(
        MeterUsageAnswer(
            usage=decimal_text(balance.used),
            allowance=optional_decimal_text(balance.allowance),
            remaining=None if balance.unlimited else decimal_text(balance.remaining),
            overage=decimal_text(balance.overage),
            record_id=report.event_id,
        )
    )


def _read_report(usage: MeterUsage, *, event_id: str) -> UsageReport:
    feature = read(parse_code, usage.billing_feature_code, at="/billing_feature_code")
    quantity = read(parse_value, usage.meter_value, at="/meter_value")
    occurred_at = read_given(
        parse_timestamp, usage.meter_usage_timestamp, at="/meter_usage_timestamp"
    )
    facts = [usage.customer_agreement_id, feature, decimal_text(quantity), str(occurred_at)]
    if usage.meter_type_code is Mode.ABSOLUTE:
        facts.append(Mode.ABSOLUTE)
    return UsageReport(
        event_id=event_id,
        quantity=quantity,
        body_sha256=hashlib.sha256(" ".join(facts).encode()).digest(),
        meter=feature,
        occurred_at=occurred_at,
        mode=usage.meter_type_code,
    )


def _event_id(request: HttpRequest) -> str:
    key = find_idempotency_key(request)
    if key is None:
        return new_id("evt")
    try:
        return parse_id(key)
    except InvalidField as error:
        raise InvalidRequest(
            "Here the Idempotency-Key is the id of the event. " + error.detail
        ) from error
