"""A county's run as lines of the table, with the targets they are held to."""

from __future__ import annotations

from collections.abc import Iterator

from bench.county import pages
from bench.county.pages import Asked
from bench.county.people import OWN_TELEPHONE, SignIns
from bench.county.run import Result
from bench.county.storm import P99_MS, RATE, Ran
from bench.table import Line, amount, at_most, bounded

CORES = 1.6
P95_MS, LIST_CPU_MS, OVERDUE_SQL_MS = 200, 20, 5
TO_RAW_COPY, OTHERS_P99_MS = 2.5, 1000
SIGN_IN_MS, WITHOUT = 25, 0.95


def county_lines(result: Result) -> Iterator[Line]:
    """Everything a county does, in the order of its day."""
    yield from _storm(result)
    for each in result.pages:
        yield from _page(each, result.open_obligations)
    yield from _roster(result)
    yield from _sign_ins(result.sign_ins)
    yield from _night(result)


def _storm(result: Result) -> Iterator[Line]:
    storm, what = result.storm, f"storm, {result.known.classes:,} classes"
    at_rate = f"{what}: {storm.rate:.0f}/s for {result.plan.storm_s:g} s"
    errors = f"{len(storm.errors)} of {storm.requests}"
    yield Line(f"{at_rate}, errors", errors, _answered(storm), "", "0", not storm.errors)
    yield bounded(f"{at_rate}, p99", storm.p99_ms, "ms", P99_MS)
    cores = storm.server_ms * RATE / 1000
    beside = f"{_parts(storm)}; {storm.server_cores:.2f} cores were used"
    yield Line(f"{what}: cores {RATE}/s takes", amount(cores, ""), beside, "", f"≤ {CORES}", cores <= CORES)
    alone = f"{what}: server, as fast as it goes"
    yield Line(alone, f"{amount(result.closed.server_ms, 'CPU-ms')}", _parts(result.closed))
    breaks = f"{amount(result.breaks_above, '')}/s"
    yield Line(f"{what}: highest rate with p99 ≤ {P99_MS} ms", breaks, _trials(result.trials))


def _answered(storm: Ran) -> str:
    return f"p50 / p99 {storm.p50_ms:,.0f} / {storm.p99_ms:,.0f} ms, {storm.done:.0f}/s answered"


def _parts(ran: Ran) -> str:
    parts = (ran.web_ms, ran.database_ms, ran.client_ms)
    web, database, client = (amount(part, "") for part in parts)
    return f"web {web}, database {database} CPU-ms; the load itself {client}"


def _trials(trials: list[Ran]) -> str:
    return ", ".join(f"{each.rate:.0f}/s: {each.p99_ms:,.0f} ms" for each in trials)


def _page(asked: Asked, open_obligations: int) -> Iterator[Line]:
    beside = f"{asked.queries} queries, {asked.sql_p95_ms:.1f} ms in SQL (p95), {asked.kilobytes:.1f} kB"
    yield bounded(f"{asked.name}: p95", asked.p95_ms, "ms", P95_MS)._replace(beside=beside)
    cpu = bounded(f"{asked.name}: server", asked.server_ms, "CPU-ms", LIST_CPU_MS)
    parts = f"web {amount(asked.web_ms, '')}, database {amount(asked.database_ms, '')}"
    if asked.name in pages.LISTS:
        yield cpu._replace(beside=parts)
    else:
        yield cpu._replace(beside=parts, target="", met=None)
    if asked.name == pages.OVERDUE:
        what = f"{asked.name}: SQL p95, {open_obligations:,} open in the table"
        yield bounded(what, asked.sql_p95_ms, "ms", OVERDUE_SQL_MS)
    if asked.wrong:
        yield Line(f"{asked.name}: wrong answers", str(asked.wrong), "", "", "0", False)


def _roster(result: Result) -> Iterator[Line]:
    found, raw = result.imported, result.copied
    what = f"roster of {found.children:,} children"
    whole = found.preview_s + found.commit_s
    yield at_most(what, whole, raw.seconds, "s", TO_RAW_COPY, f"raw COPY of its {raw.rows:,} rows")
    steps = f"preview {amount(found.preview_s, 's')}, commit {amount(found.commit_s, 's')}"
    yield Line(f"{what}: CPU", amount(found.cpu_s, "CPU s"), steps)
    waits = result.others.wait_ms(0.99)
    yield bounded(f"{what}: p99 of others' pages meanwhile", waits, "ms", OTHERS_P99_MS)._replace(
        beside=f"{len(result.others.waits)} pages, {len(result.others.errors)} errors"
    )


def _sign_ins(found: SignIns) -> Iterator[Line]:
    beside = f"the hash alone {amount(found.hash_ms, 'CPU-ms')}"
    yield bounded("sign-in by password", found.cpu_ms, "CPU-ms", SIGN_IN_MS)._replace(beside=beside)
    mixed = f"{100 * found.without:.1f} % if {100 - 100 * OWN_TELEPHONE:.0f} % call on a shared computer"
    yield Line(
        "roll calls of a term that need no sign-in, own telephone",
        f"{100 * found.own_only:.1f} %",
        mixed,
        "",
        f"≥ {100 * WITHOUT:g} %",
        found.own_only >= WITHOUT,
    )


def _night(result: Result) -> Iterator[Line]:
    night, children = result.night, result.known.children
    looks = (
        (
            f"nightly check of who answers for whom, {children:,} children",
            night.check,
            f"{night.gaps:,} gaps",
        ),
        ("the worker's first look of a morning", night.morning, f"{night.opened:,} duties opened"),
        ("the worker's look with nothing new", night.again, ""),
    )
    for what, spent, found in looks:
        beside = f"{amount(spent.cpu, 'CPU s')} in Python"
        yield Line(what, amount(spent.seconds, "s"), f"{beside}, {found}" if found else beside)
