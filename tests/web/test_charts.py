"""The geometry of the charts."""

from decimal import Decimal

import pytest

from config.kernel.charts import DayOfBars, Expected, bar_chart, curve_chart, ticks_up_to


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        ("0", ["0", "1"]),
        ("1", ["0", "0.25", "0.5", "0.75", "1"]),
        ("365", ["0", "100", "200", "300", "400"]),
        ("8045", ["0", "2500", "5000", "7500", "10000"]),
    ],
)
def test_ticks_are_round_and_reach_the_largest(largest: str, ticks: list[str]) -> None:
    assert ticks_up_to(Decimal(largest)) == [Decimal(tick) for tick in ticks]


def test_bars_are_stacked_from_the_base_line() -> None:
    day = DayOfBars("1 Nov", "1 Nov: 100", (Decimal(75), Decimal(0), Decimal(25)))
    chart = bar_chart([day, day], line=Decimal(50))
    # 180 of 190 pixels are 100 credits; the base line is at 190.
    assert [(one.series, one.y, one.height) for one in chart.bars[0].segments] == [
        (1, "55", "135"),
        (3, "10", "45"),
    ]
    assert chart.line_y == "100"
    assert (chart.bars[1].x, chart.bars[1].width) == ("57%", "36%")


def test_only_some_days_are_labelled() -> None:
    days = [DayOfBars(str(number), "", (Decimal(1),)) for number in range(30)]
    labels = [bar.label for bar in bar_chart(days).bars if bar.label]
    assert labels == ["0", "4", "8", "12", "16", "20", "24", "28"]


def test_a_curve_rises_to_today_and_goes_on_to_its_projection() -> None:
    chart = curve_chart(
        length=Decimal(10),
        used=[(Decimal(0), Decimal(0)), (Decimal(5), Decimal(40))],
        previous=(),
        projected=[
            Expected(Decimal(5), Decimal(40), Decimal(40), Decimal(40)),
            Expected(Decimal(10), Decimal(60), Decimal(80), Decimal(100)),
        ],
        allowance=Decimal(100),
        labels=[(Decimal(0), "start"), (Decimal(5), "today"), (Decimal(10), "end")],
    )
    assert chart.line == "0,136 500,85.6"
    assert chart.projection == "500,85.6 1000,35.2"
    assert chart.band == "500,85.6 1000,10 1000,60.4 500,85.6"
    assert chart.allowance_y == "10"
    assert [(label.x, label.anchor) for label in chart.labels] == [
        ("0%", "start"),
        ("50%", "middle"),
        ("100%", "end"),
    ]


def test_a_curve_of_nothing_is_flat() -> None:
    chart = curve_chart(
        length=Decimal(30),
        used=[(Decimal(0), Decimal(0))],
        previous=(),
        projected=(),
        allowance=None,
        labels=(),
    )
    assert chart.line == "0,136"
    assert (chart.projection, chart.band, chart.ghost, chart.allowance_y) == ("", "", "", None)
