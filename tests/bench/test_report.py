"""What the bench makes of figures: the table, the gates that fail a run, the targets that do not."""

from dataclasses import replace

import pytest

from bench.report import READS, WRITES, FanOut, Measured, Report, Sample, Verdict, percentile

BARE_CPU = 0.02  # seconds for 100 requests: 200 µs each


def route(key: str, *, sql: int, times: float, services: float = 0.0, took: int = 2_000) -> Measured:
    """A route of 100 requests, each at so many times the bare view."""
    return Measured(key, key, sql, [Sample([took] * 100, 0.5, BARE_CPU * times, services)])


@pytest.fixture
def report() -> Report:
    """A run in which all is as it should be."""
    routes = [route(key, sql=6, times=8) for key in READS] + [route(key, sql=10, times=15) for key in WRITES]
    fan_out = FanOut(200, 1, [40_000] * 9, [8_000] * 9, [4_000] * 9, 50_000.0, 15.0, 50_000)
    return Report("a gym", 8, route("bare", sql=0, times=1), routes, [fan_out], record_sql=10)


def broken(verdicts: list[Verdict]) -> list[str]:
    return [verdict.text for verdict in verdicts if not verdict.kept]


def test_a_run_at_its_limits_keeps_every_gate_and_target(report: Report) -> None:
    assert (broken(report.gates()), broken(report.targets())) == ([], [])


def test_one_statement_too_many_breaks_a_gate(report: Report) -> None:
    report.route("exercise_list").sql = 7
    report.route("log_one").sql = 11
    report.record_sql = 11
    assert broken(report.gates()) == [
        "exercise_list: 7 SQL statements, at most 6",
        "log_one: 11 SQL statements, at most 10",
        "log a set that is a record: 11 SQL statements, at most 10",
    ]


def test_a_deep_page_may_cost_a_fifth_more_than_the_first(report: Report) -> None:
    first, deep = report.route("history_first"), report.route("history_deep")
    deep.samples = [replace(first.samples[0], took_us=[2_500] * 100, services_cpu=0.04)]
    assert broken(report.gates()) == [
        "history_deep: processor time of web and services 1.25 × that of page 1, at most 1.2",
        "history_deep: p50 1.25 × that of page 1, at most 1.2",
    ]


def test_what_is_slower_than_its_target_is_said(report: Report) -> None:
    report.route("active").samples = route("active", sql=6, times=9).samples
    report.route("log_many").samples = route("log_many", sql=10, times=16).samples
    report.fan_outs = [replace(report.fan_outs[0], from_publish_us=[9_000] * 9)]
    assert broken(report.targets()) == [
        "active: 9.0 × the bare view, aim 8",
        "log_many: 16.0 × the bare view, aim 15",
        "200 sockets on 1 workout: 2.2 × a raw publish, aim 2",
    ]
    assert broken(report.gates()) == []


def test_the_table_has_a_line_for_each_route(report: Report) -> None:
    lines = list(report.lines())
    assert lines[2:6] == [
        "| route           | requests/s | p50 ms | p99 ms | SQL | CPU µs | × bare | services µs |",
        "|-----------------|-----------:|-------:|-------:|----:|-------:|-------:|------------:|",
        "| bare            |        200 |    2.0 |    2.0 |   0 |    200 |    1.0 |           0 |",
        "| exercise_search |        200 |    2.0 |    2.0 |   6 |  1,600 |    8.0 |           0 |",
    ]
    assert [line.split()[1] for line in lines[4 : 5 + len(READS) + len(WRITES)]] == ["bare", *READS, *WRITES]


@pytest.mark.parametrize(("share", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: int, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value
