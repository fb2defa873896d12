"""The county as files: one table a file, the same bytes for the same county."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from notoneless.batch.simulate.county import SESSION, County
from notoneless.batch.simulate.reactions import silent_days
from notoneless.batch.tables import MARKS
from notoneless.core.calendar import SchoolCalendar

Row = tuple[Any, ...]


class Table(NamedTuple):
    """A file's name without its ending, its columns and rows; `schema` where another part reads the file."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    schema: pa.Schema | None = None


def tables(county: County, calendar: SchoolCalendar) -> Iterator[Table]:
    """Every table of the county; the identity numbers in it are made up, none is a person's."""
    yield Table("places", ("no", "kind", "name", "code", "parent", "pack", "grade"), list(county.places))
    yield Table(
        "classes", ("no", "school", "grade", "name", "school_year", "teaching_point"), list(county.classes)
    )
    yield Table("staff", ("no", "name", "phone"), list(county.staff))
    yield Table("posts", ("staff", "post", "place", "class_group"), list(county.posts))
    yield Table("children", county.children[0]._fields, list(county.children))
    yield Table(
        "roll_calls", ("id", "class_group", "day", "taken_at", "recorded_at"), list(county.roll_calls)
    )
    yield Table("marks", tuple(MARKS.names), sorted(_marks(county, calendar), key=_by_child), MARKS)
    yield Table("leaves", ("child", "from_day", "until", "reason", "granted_at"), list(county.leaves))
    acts = ("child", "act", "at", "learned_at", "by", "taking_part", "to", "outcome", "evidence")
    yield Table("acts", acts, list(_acts(county)))
    yield Table("homes", ("child", "village"), list(county.homes))
    yield Table("beds", ("child", "house"), list(county.beds))
    yield Table("key_groups", ("child", "group"), list(county.groups))
    yield Table("gone", ("child", "from_day", "until", "before_the_year"), list(county.gone))


def _marks(county: County, calendar: SchoolCalendar) -> Iterator[Row]:
    """Marks as given and corrected (the last learned speaks), and the silence of roll calls not taken."""
    for mark in county.marks:
        yield (mark.child, mark.day, SESSION, mark.status, mark.reason, mark.at, mark.recorded_at)
    silent = silent_days(county, calendar)
    for child in county.children:
        for silence in silent[child.class_group]:
            yield (child.no, silence.day, SESSION, silence.status, None, silence.at, silence.learned_at)


def _by_child(row: Row) -> Row:
    return (row[0], row[1], row[6])


def _acts(county: County) -> Iterator[Row]:
    for child, act in county.acts:
        taking_part, evidence = " ".join(sorted(act.taking_part)), " ".join(sorted(act.evidence))
        yield (
            child, act.act, act.at, act.learned_at, act.by, taking_part, act.to, act.outcome, evidence,
        )  # fmt: skip


def _plain(value: Any) -> Any:
    """A cell as text and numbers; moments in China time without saying so, as the offices write them."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, date | UUID) else value


def write_csv(table: Table, folder: Path) -> Path:
    """The table as UTF-8 CSV, with the byte order mark that office programs need to read Chinese."""
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([_plain(value) for value in row] for row in table.rows)
    return path


def write_parquet(table: Table, folder: Path) -> Path:
    """The table as Parquet; one that `replay` reads has the schema it expects."""
    path = folder / f"{table.name}.parquet"
    columns: Sequence[Sequence[Any]] = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    if table.schema:
        arrays = [pa.array(_naive(c), f.type) for c, f in zip(columns, table.schema, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=table.schema), path)
    else:
        cells = {name: [_plain(value) for value in c] for name, c in zip(table.columns, columns, strict=True)}
        pq.write_table(pa.table(cells), path)
    return path


def _naive(column: Sequence[Any]) -> list[Any]:
    return [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in column]


WRITERS: dict[str, Callable[[Table, Path], Path]] = {"csv": write_csv, "parquet": write_parquet}


def write(county: County, calendar: SchoolCalendar, folder: Path, form: str = "csv") -> list[Path]:
    """Every table of the county below `folder`, made if it is not there; `form` is csv or parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    return [WRITERS[form](table, folder) for table in tables(county, calendar)]
