"""Results as lines of the table, with the targets they are held to."""

from __future__ import annotations

from collections.abc import Iterator

from bench import check
from bench.measure import Measured
from bench.offline.run import Lived
from bench.roll_call.run import CLIENTS, EXCEPTIONS, FLOOR, ORDINARY, PRODUCT, Opened, Result
from bench.table import Line, amount, at_most, bounded

TO_THE_FLOOR, TO_THE_ORDINARY = 2.0, 0.4
TO_DUCKDB = 1.0
STATEMENTS, P95_MS = 3, 50


def evaluate_lines(children: int, product: Measured, sql: Measured, marks: int) -> Iterator[Line]:
    """The evaluator over many children beside the same rules in SQL."""
    what = f"evaluate {children:,} children × 100 school days"
    yield at_most(f"{what}, {marks:,} marks", product.cpu, sql.cpu, "CPU s", TO_DUCKDB, "DuckDB SQL")
    yield at_most(f"{what}: peak memory", product.peak, sql.peak, "MiB", None, "DuckDB SQL")


def check_lines(pupils: int, result: check.Result) -> Iterator[Line]:
    """The command on two spreadsheets beside reading their cells."""
    what = f"check, {pupils:,} pupils × one term ({100 * result.share:.1f} % of days not present)"
    name = "reading the cells"
    yield at_most(what, result.check.wall, result.reading.wall, "s", None, name)
    yield at_most(f"{what}: CPU", result.check.cpu, result.reading.cpu, "CPU s", None, name)
    yield at_most(f"{what}: largest process", result.check.peak, result.reading.peak, "MiB", None, name)


def roll_call_lines(result: Result) -> Iterator[Line]:
    """A class called over HTTP: what it costs, how many a second, and how long people wait."""
    what = f"roll call, {result.database}"
    for name, limit in ((FLOOR, TO_THE_FLOOR), (ORDINARY, TO_THE_ORDINARY), (EXCEPTIONS, TO_THE_ORDINARY)):
        product, beside = (result.middle(each, "server_ms") for each in (PRODUCT, name))
        yield at_most(f"{what}: server", product, beside, "CPU-ms", limit, name)
    yield _a_second(result, what)
    yield _statements(result, what)
    yield from _open_loops(result, what)


def offline_lines(measured: Measured) -> Iterator[Line]:
    """What became of everything that was written without signal."""
    lived: Lived = measured.value
    what = f"offline, {lived.schedules:,} schedules"
    kept = f"of {lived.told:,} records told to be kept; {lived.variants:,} came in two versions"
    yield Line(f"{what}: lost, doubled or stuck", str(len(lived.faults)), kept, "", "0", not lived.faults)
    yield from (Line(f"{what}: fault", fault) for fault in lived.faults[:10])
    yield Line(f"{what}: recorded", f"{lived.recorded:,}", f"kept for a person to check {lived.to_check:,}")
    yield Line(
        f"{what}: server and telephones", amount(measured.cpu, "CPU s"), f"{amount(measured.wall, 's')} wall"
    )


def _a_second(result: Result, what: str) -> Line:
    product, rows = result.middle(PRODUCT, "calls_a_second"), result.raw_middle("calls_a_second")
    beside = f"bare rows {amount(rows, '')}, floor {amount(result.middle(FLOOR, 'calls_a_second'), '')}"
    return Line(
        f"{what}: classes/s, {CLIENTS} clients", amount(product, ""), beside, f"{product / rows:.2f}×"
    )


def _statements(result: Result, what: str) -> Line:
    """Only a server is a trip away; SQLite runs in the process."""
    if result.database == "PostgreSQL":
        return bounded(f"{what}: SQL round trips", result.statements, "", STATEMENTS)
    return Line(f"{what}: SQL statements, in the process", str(result.statements))


def _open_loops(result: Result, what: str) -> Iterator[Line]:
    for opened in (result.province, result.peak):
        at_rate = f"{what}: {opened.rate:g}/s"
        if opened is result.province:
            yield bounded(f"{at_rate}, p95", opened.p95_ms, "ms", P95_MS)
        yield Line(
            f"{at_rate}, errors",
            f"{opened.errors} of {opened.requests}",
            _waits(opened),
            "",
            "0",
            not opened.errors,
        )


def _waits(opened: Opened) -> str:
    waits = " / ".join(f"{each:.0f}" for each in (opened.p50_ms, opened.p95_ms, opened.p99_ms))
    return f"p50 / p95 / p99 {waits} ms, {opened.server_cores:.2f} cores"
