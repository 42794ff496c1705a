"""The cost of reports that say which tokens were used."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ..usage.reports import UsageReport
from .queries import read_price_book


def with_costs(reports: Sequence[UsageReport], *, received_at: datetime) -> Sequence[UsageReport]:
    """
    Return the reports, those with tokens with the cost that the price book gave these when they
    were used. One of which the book knows no price stays without, and is rejected if it is new.

    One query if any report names tokens, none otherwise.
    """
    models = {report.tokens.model for report in reports if report.tokens is not None}
    if not models:
        return reports
    book = read_price_book(models=models)
    return [
        report
        if report.tokens is None
        else replace(
            report,
            cost=book.cost_of(
                report.tokens, at=min(report.occurred_at or received_at, received_at)
            ),
        )
        for report in reports
    ]
