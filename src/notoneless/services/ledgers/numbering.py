"""立账和销号: every line gets its number once, without gaps, in the order in which we learned of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.ledger_terms import LineEnd
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import PlaceKind
from notoneless.records.models import JournalEntry, LedgerCounter, LedgerLine, LedgerLineClosed, Place
from notoneless.services.ledgers.case_lines import STAGES, unnumbered
from notoneless.services.ledgers.entry import Entry, View, day_in_china
from notoneless.services.ledgers.homes import some
from notoneless.services.ledgers.kinds import LEDGERS
from notoneless.services.transactions import one_act

AT_ONCE = 500  # rows in one statement


class Posted(NamedTuple):
    """How many lines of a ledger got an opening and a closing number."""

    opened: int
    closed: int


def post_lines(
    county: Place, *, at: datetime, kinds: Iterable[LedgerKind] = LedgerKind
) -> dict[LedgerKind, Posted]:
    """Number what has opened and closed in a county; doing it twice, or two at once, changes nothing."""
    return {kind: _post(county, kind, at) for kind in kinds}


def post_everywhere(*, now: datetime, kinds: Iterable[LedgerKind] = LedgerKind) -> None:
    """The same for every county."""
    wanted = tuple(kinds)
    for county in Place.objects.filter(kind=PlaceKind.COUNTY).order_by("pk"):
        post_lines(county, at=now, kinds=wanted)


def post_new_cases(*, now: datetime) -> None:
    """Number the lines of cases that opened since the last time; asks one question when none did."""
    if unnumbered():
        post_everywhere(now=now, kinds=STAGES)


def all_numbered(kind: LedgerKind, entries: Sequence[str]) -> bool:
    """Whether each of these lines of a ledger has its number."""
    rows = LedgerLine.objects.filter(ledger=kind)
    return sum(rows.filter(entry__in=keys).count() for keys in some(entries)) == len(entries)


class _Line(NamedTuple):
    """A line that has its number, and whose it is."""

    pk: int
    county: int


@one_act
def _post(county: Place, kind: LedgerKind, at: datetime) -> Posted:
    numbers = _Numbers(county, kind, at)
    ledger = LEDGERS[kind]
    found = (ledger.numbered or ledger.entries)(View(county, day_in_china(at), at))
    stored = LedgerLine.objects.filter(ledger=kind).values_list("entry", "pk", "county_id")
    lines = {entry: _Line(pk, its) for entry, pk, its in stored}
    new = sorted((e for e in found if e.key not in lines), key=lambda e: (e.learned_at, e.opened_on, e.key))
    opened = [numbers.line(entry) for entry in new]
    LedgerLine.objects.bulk_create(opened, batch_size=AT_ONCE)
    lines |= {row.entry: _Line(row.pk, county.pk) for row in opened}
    closed = list(_closed(found, lines, numbers, at))
    LedgerLineClosed.objects.bulk_create(closed, batch_size=AT_ONCE)
    if opened or closed:
        numbers.keep()
        _journal(county, kind, at, Posted(len(opened), len(closed)))
    return Posted(len(opened), len(closed))


def _closed(
    found: Sequence[Entry], lines: dict[str, _Line], numbers: _Numbers, at: datetime
) -> Iterable[LedgerLineClosed]:
    """The closings not yet numbered, in the order we learned of them; who is there no more comes last."""
    kind, county = numbers.kind, numbers.county
    done = set(LedgerLineClosed.objects.filter(line__ledger=kind).values_list("line_id", flat=True))
    over = [e for e in found if e.closed_on is not None and lines[e.key].pk not in done]
    for entry in sorted(over, key=lambda e: (e.close_learned_at or at, e.key)):
        assert entry.closed_on is not None
        learned = entry.close_learned_at or at
        yield numbers.closing(lines[entry.key].pk, entry.closed_on, learned, entry.why)
    if LEDGERS[kind].stands:
        there = {entry.key for entry in found}
        mine = sorted(row.pk for key, row in lines.items() if key not in there and row.county == county.pk)
        for gone in mine:
            if gone not in done:
                yield numbers.closing(gone, day_in_china(at), at, LineEnd.NO_LONGER.value)


class _Numbers:
    """The counters of one ledger of a county, locked until the transaction ends."""

    def __init__(self, county: Place, kind: LedgerKind, at: datetime) -> None:
        self.county, self.kind, self._at = county, kind, at
        self._years: dict[int, LedgerCounter] = {}
        self._counter(day_in_china(at))  # whoever comes second waits here, before it reads what there is

    def line(self, entry: Entry) -> LedgerLine:
        """The next opening number of the year in which we learned of the line."""
        counter = self._counter(day_in_china(entry.learned_at))
        counter.opened += 1
        return LedgerLine(
            ledger=self.kind,
            county=self.county,
            entry=entry.key,
            child_id=entry.child,
            year=counter.year,
            number=counter.opened,
            opened_on=entry.opened_on,
            at=self._at,
        )

    def closing(self, line: int, on: date, learned_at: datetime, why: str) -> LedgerLineClosed:
        """The next closing number of the year in which we learned of it."""
        counter = self._counter(day_in_china(learned_at))
        counter.closed += 1
        return LedgerLineClosed(
            line_id=line, year=counter.year, number=counter.closed, closed_on=on, why=why, at=self._at
        )

    def keep(self) -> None:
        """Write how far the counters have come."""
        for counter in self._years.values():
            counter.save(update_fields=["opened", "closed"])

    def _counter(self, day: date) -> LedgerCounter:
        year = day.year
        if year not in self._years:
            LedgerCounter.objects.get_or_create(county=self.county, ledger=self.kind, year=year)
            held = LedgerCounter.objects.select_for_update()
            self._years[year] = held.get(county=self.county, ledger=self.kind, year=year)
        return self._years[year]


def _journal(county: Place, kind: LedgerKind, at: datetime, posted: Posted) -> None:
    body = {"ledger": kind.value, **posted._asdict()}
    JournalEntry.objects.create(
        at=at, act="LEDGER_LINES", subject_kind="place", subject_id=str(county.pk), body=body
    )
