"""Metric maths and statistics; cases from the service's own examples (CloudWatch User Guide)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewright.engine.operations.cloudwatch.mathematics import search
from sagewright.engine.operations.cloudwatch.mathematics.evaluation import Surroundings, evaluated
from sagewright.engine.operations.cloudwatch.mathematics.grammar import BadExpression, parsed
from sagewright.engine.operations.cloudwatch.mathematics.series import Series
from sagewright.engine.operations.cloudwatch.statistic import percentile, statistic

GAP = None
PERIOD = 60.0


def series(name, *values):
    points = {PERIOD * n: float(value) for n, value in enumerate(values) if value is not GAP}
    return Series(name, name, PERIOD, points, is_metric=True)


METRICS = {
    "m1": series("m1", 30, 20, 0, 0),
    "m2": series("m2", 20, GAP, 20, GAP),
    "c": series("c", 1, 1, 0, 0, GAP),
    "x": series("x", 30, GAP, 0, 0, 30),
    "y": series("y", 0, 0, 20, GAP, 20),
    "e": series("e"),
    "f": series("f", 1.5, -2.5, 4, GAP, 16),
}


def compute(expression, count=5):
    around = Surroundings(
        lambda name: METRICS[name],
        [METRICS["m1"], METRICS["m2"]],
        lambda *_: [],
        start=0.0,
        end=PERIOD * count,
        period_s=PERIOD,
    )
    found = evaluated(expression, around)
    rows = [[one.points.get(PERIOD * n, GAP) for n in range(count)] for one in found]
    return rows[0] if len(rows) == 1 else rows


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("m1 < m2", [0, 0, 1, 0, GAP]),
        ("m1 >= 30", [1, 0, 0, 0, GAP]),
        ("m1 > 15 AND m2 > 15", [1, 0, 0, 0, GAP]),
        ("m1 > 15 && m2 > 15 || m2 == 20", [1, 0, 1, 0, GAP]),
        ("m1 + m2", [50, 20, 20, 0, GAP]),
        ("m1 / m2", [1.5, GAP, 0, GAP, GAP]),
        ("100 / m1", [100 / 30, 5, GAP, GAP, GAP]),
        ("-m1 * 2 + 1", [-59, -39, 1, 1, GAP]),
        ("2 ^ 3 ^ 2 + 0 * m1", [512, 512, 512, 512, GAP]),
        ("(m1 + 1) ^ 2", [961, 441, 1, 1, GAP]),
        ("m1 - MIN(m1)", [30, 20, 0, 0, GAP]),
        ("m1 / PERIOD(m1)", [0.5, 1 / 3, 0, 0, GAP]),
        ("IF(c, x, y)", [30, 0, 20, GAP, GAP]),
        ("IF(c, 5, y)", [5, 5, 20, GAP, GAP]),
        ("IF(c, x, 5)", [30, 0, 5, 5, GAP]),
        ("IF(m1 < 25, m1)", [GAP, 20, 0, 0, GAP]),
        ("IF(m1 < 25, 10, 2)", [2, 10, 10, 10, GAP]),
        ("IF(1, m1, m2)", [30, 20, 0, 0, GAP]),
        ("IF(0, m1)", [GAP] * 5),
        ("SUM([m1, m2])", [50, 20, 20, 0, GAP]),
        ("SUM(METRICS())", [50, 20, 20, 0, GAP]),
        ("AVG([m1, m2])", [25, 10, 10, 0, GAP]),
        ("MAX([m1, m2])", [30, 20, 20, 0, GAP]),
        ("STDDEV([m1, m2])", [5, 0, 10, 0, GAP]),
        ("DATAPOINT_COUNT([m1, m2])", [2, 1, 2, 1, GAP]),
        ("SUM(METRICS('m2'))", [20, GAP, 20, GAP, GAP]),
        ("m1 / METRIC_COUNT(METRICS())", [15, 10, 0, 0, GAP]),
        ("m1 - AVG(m1)", [17.5, 7.5, -12.5, -12.5, GAP]),
        ("TIME_SERIES(MAX(m1))", [30] * 5),
        ("TIME_SERIES(AVG(e))", [GAP] * 5),
        ("FILL(m2, 7)", [20, 7, 20, 7, 7]),
        ("FILL(m2, REPEAT)", [20, 20, 20, 20, 20]),
        ("FILL(f, LINEAR)", [1.5, -2.5, 4, 10, 16]),
        ("FILL(m2, m1)", [20, 20, 20, 0, GAP]),
        ("FILL(m2, MIN(m1))", [20, 0, 20, 0, 0]),
        ("ABS(f)", [1.5, 2.5, 4, GAP, 16]),
        ("CEIL(f)", [2, -2, 4, GAP, 16]),
        ("FLOOR(f)", [1, -3, 4, GAP, 16]),
        ("LOG10(f * 10 / 4)", [math.log10(3.75), GAP, 1, GAP, math.log10(40)]),
        ("RUNNING_SUM(f)", [1.5, -1, 3, GAP, 19]),
        ("DIFF(f)", [GAP, -4, 6.5, GAP, 12]),
        ("DIFF_TIME(f)", [GAP, 60, 60, GAP, 120]),
        ("RATE(f)", [GAP, -4 / 60, 6.5 / 60, GAP, 0.1]),
        ("MINUTE(e)", [0, 1, 2, 3, 4]),
        ("YEAR(e)", [1970] * 5),
        ("DAY(e)", [4] * 5),
        ("FIRST(SORT(METRICS(), MAX, ASC))", [20, GAP, 20, GAP, GAP]),
        ("LAST(SORT([m1, m2], SUM, DESC))", [20, GAP, 20, GAP, GAP]),
        ("SORT([m1, m2, x], AVG, DESC, 1)", [20, GAP, 20, GAP, GAP]),
        ("SLICE([m1, m2, x], 1, 2)", [20, GAP, 20, GAP, GAP]),
        ("REMOVE_EMPTY([e, m2])", [20, GAP, 20, GAP, GAP]),
        ("[m1, m2] * 2", [[60, 40, 0, 0, GAP], [40, GAP, 40, GAP, GAP]]),
        ("SUM(100 / [m1, m2])", [100 / 30 + 5, 5, 5, GAP, GAP]),
        ("SUM(-[m1, m2])", [-50, -20, -20, 0, GAP]),
    ],
)
def test_expressions(expression, values):
    assert compute(expression) == values


@pytest.mark.parametrize(
    "expression",
    [
        *("", "1 +", "m1 m2", "SUM()", "sum(m1)", "NOPE(m1)", "m1 $ 2", "[1, 2]", "1 + 1", "AVG(m1)", "IF(m1)"),
        *("METRICS(1)", "SORT(m1, AVG, ASC)", "SORT(METRICS(), AVG)", "FILL(m1, SIDEWAYS)", "PERIOD([m1])", "'text'"),
        *("SERVICE_QUOTA(m1)", "IF([m1], 1, 2)", "FIRST(m1)", "SLICE([m1], -1)", "[m1] + [m1, m2]", "(" * 200 + "m1"),
    ],
)
def test_what_means_nothing_is_refused(expression):
    with pytest.raises(BadExpression):
        compute(expression)


@given(st.text(alphabet="m12+-*/^()[],.<>=&|AVGIFSU '\"", max_size=30))
def test_whatever_is_written_is_read_or_refused(text):
    try:
        parsed(text)
        compute(text)
    except (BadExpression, KeyError):
        pass


METRIC = ("AWS/SageMaker", "Invocations", {"EndpointName": "blue", "VariantName": "all"})


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("{AWS/SageMaker,EndpointName,VariantName}", True),
        ("{AWS/SageMaker,EndpointName}", False),
        ('{AWS/SageMaker,VariantName,EndpointName} MetricName="Invocations"', True),
        ('Namespace="AWS/SageMaker" EndpointName=blue', True),
        ("EndpointName=red OR blue", True),
        ("invoc NOT red", True),
        ("invoc AND NOT (blue OR red)", False),
        ('"Invocation"', False),
        ('"Invocations"', True),
    ],
)
def test_searches(expression, found):
    assert search.found_by(expression)(METRIC) is found


@pytest.mark.parametrize("expression", ["(a", "a OR", "NOT", "a ) b", "=x"])
def test_searches_that_cannot_be_read(expression):
    with pytest.raises(BadExpression):
        search.found_by(expression)


HUNDRED = [(float(n), 1.0) for n in range(1, 101)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p0", 1.0),
        ("p50", 50.5),
        ("p99.5", 99.505),
        ("p100", 100.0),
        ("tm90", 45.5),
        ("TM(10%:90%)", 50.5),
        ("TM(:95%)", 48.0),
        ("TM(80:90)", 85.5),
        ("tc90", 90.0),
        ("TC(80:90)", 10.0),
        ("ts10", 55.0),
        ("TS(98:)", 199.0),
        ("PR(:30)", 30.0),
        ("PR(10:30)", 20.0),
        ("IQM", 50.5),
        ("wm98", 50.47),
        ("WM(5%:95%)", 50.5),
        ("WM(10:20)", 10 / 100 * 11 + sum(range(11, 21)) / 100 + 80 / 100 * 20),
    ],
)
def test_statistics_of_values(name, value):
    found = statistic(name)
    assert found is not None
    assert found.of_values is not None
    assert found.of_values(HUNDRED) == pytest.approx(value)


@pytest.mark.parametrize("name", ["p101", "p", "mean", "TM()", "TM(1%:9)", "PR(1%:2%)", "tm", "average", "90"])
def test_what_is_no_statistic(name):
    assert statistic(name) is None


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 5)), min_size=1, max_size=20), st.floats(0, 100))
def test_counted_values_are_as_many_values(values, percent):
    single = sorted(value for value, count in values for _ in range(count))
    merged: dict[float, float] = {}
    for value in single:
        merged[value] = merged.get(value, 0) + 1
    one, other = percentile([(v, 1.0) for v in single], percent), percentile(sorted(merged.items()), percent)
    assert one is not None
    assert one == other
    assert min(single) - 1e-6 <= one <= max(single) + 1e-6
