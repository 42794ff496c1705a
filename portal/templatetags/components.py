"""Small building blocks of pages that are more than an include."""

from decimal import Decimal
from typing import Any, Final

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.kernel.charts import BarChart, CurveChart

register = template.Library()

_ALMOST_SPENT: Final = Decimal("0.85")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite. It says nothing to a screen reader: the text beside it does."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra,
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("components/meter_bar.html")
def meter_bar(used: Decimal, granted: Decimal) -> dict[str, Any]:
    """
    Draw how much of what was granted is used, and beyond a dividing line what ran over.

    Only the picture: the page says the same in words beside it.
    """
    whole = max(used, granted, Decimal(1))
    covered = min(used, granted)
    return {
        "covered": _share(covered, whole),
        "over": _share(used - covered, whole),
        "over_from": _share(covered, whole),
        "is_over": used > granted,
        "is_low": used <= granted and granted > 0 and used / granted >= _ALMOST_SPENT,
    }


@register.inclusion_tag("components/margin_bar.html")
def margin_bar(share: Decimal | None, floor: Decimal) -> dict[str, Any]:
    """
    Draw a margin from -100 % to 100 %: a loss to the left of the middle, what is left to the right.

    Only the picture: the page says the same in words beside it.
    """
    held = max(min(share or Decimal(0), Decimal(1)), Decimal(-1)) / 2
    half = Decimal("0.5")
    return {
        "x": _share(min(half, half + held), Decimal(1)),
        "width": _share(abs(held), Decimal(1)),
        "is_known": share is not None,
        "is_loss": share is not None and share < 0,
        "is_low": share is not None and 0 <= share < floor,
    }


@register.inclusion_tag("components/share_bars.html")
def share_bars(first: Decimal, second: Decimal) -> dict[str, Any]:
    """Draw two shares of a whole below each other, in the colours of series 1 and 5."""
    whole = Decimal(1)
    return {
        "first": _share(max(first, Decimal(0)), whole),
        "second": _share(max(second, Decimal(0)), whole),
    }


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(chart: BarChart, *, name: str, title: str, description: str) -> dict[str, Any]:
    """Draw bars by day. `name` makes the ids on the page unique."""
    return {
        "chart": chart,
        "name": name,
        "title": title,
        "description": description,
    }


@register.inclusion_tag("components/curve_chart.html")
def curve_chart(
    chart: CurveChart, *, name: str, title: str, description: str, allowance_label: str = ""
) -> dict[str, Any]:
    """Draw a running total. `name` makes the ids on the page unique."""
    return {
        "chart": chart,
        "name": name,
        "title": title,
        "description": description,
        "allowance_label": allowance_label,
    }


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.2f}%"
