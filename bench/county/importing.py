"""A county's roster taken in: read, looked at, committed; and the same rows copied raw."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from bench.county import site
from bench.roll_call.product_site import Site
from notoneless.batch.simulate import names
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Sex

AT = datetime(2026, 2, 25, 9, tzinfo=CHINA_TIME)
HEADINGS = (
    "学校",
    "年级",
    "班级",
    "姓名",
    "性别",
    "出生日期",
    "身份证件号",
    "学籍号",
    "监护人姓名",
    "监护人电话",
)
CLASS_SIZE = 45
FIRST_CLASS = 41  # the roster's classes are new ones of each school, numbered from here
FIRST_SERIAL, FIRST_CHILD = 200, 5_000_000  # of identity and enrolment numbers that the county has not given
GRADES = "一二三四五六七八九"
# What a roster brings, in the order in which one table needs the other.
TABLES = (
    "records_classgroup",
    "records_child",
    "records_guardian",
    "records_enrolment",
    "records_onroll",
)


class Imported(NamedTuple):
    """Seconds of each step, and CPU seconds of the importing process."""

    children: int
    preview_s: float
    commit_s: float
    cpu_s: float
    problems: int


class Copied(NamedTuple):
    """Raw COPY of the rows that the import wrote, into the same tables of another copy of the county."""

    rows: int
    seconds: float


def write_roster(installation: Site, path: Path, children: int) -> None:
    """A roster of so many children whom the county does not have, in new classes of all its schools."""
    site.set_up(installation)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows(children))


def _rows(children: int) -> Iterator[tuple[str, ...]]:
    from random import Random

    from notoneless.core.terms import PlaceKind
    from notoneless.records.models import ClassGroup, Place

    grades: dict[int, list[int]] = {}
    for there, grade in ClassGroup.objects.values_list("school_id", "grade").distinct().order_by("grade"):
        grades.setdefault(there, []).append(grade)
    schools = list(Place.objects.filter(kind=PlaceKind.SCHOOL, pk__in=grades).order_by("pk"))
    rng, serials = Random(1), Counter[tuple[date, Sex]]()
    for no in range(children):
        class_no = no // CLASS_SIZE
        school = schools[class_no % len(schools)]
        own = grades[school.pk]
        grade = own[class_no // len(schools) % len(own)]
        number = FIRST_CLASS + class_no // (len(schools) * len(own))
        yield _row(rng, no, school.name, grade, number, serials)


def _row(
    rng: Any, no: int, school: str, grade: int, number: int, serials: Counter[tuple[date, Sex]]
) -> tuple[str, ...]:
    sex = rng.choice((Sex.MALE, Sex.FEMALE))
    born = date(2019 - grade, 9, 1) + timedelta(days=rng.randrange(365))
    serial = FIRST_SERIAL + serials[born, sex]
    serials[born, sex] += 1
    family = names.surname(rng)
    return (
        school,
        f"{GRADES[grade - 1]}年级",
        f"{GRADES[grade - 1]}年级{number}班",
        family + names.given_name(rng, sex),
        "男" if sex is Sex.MALE else "女",
        str(born),
        names.identity_no(born, sex, serial),
        names.enrolment_no(2026 - grade, FIRST_CHILD + no),
        family + names.elder_name(rng),
        names.phone(2_000_000 + no),
    )


def take_in(installation: Site, path: Path) -> Imported:
    """Preview and commit the roster for the county, as its page does one after the other."""
    site.set_up(installation)
    import notoneless.site.wsgi  # noqa: F401 - the page's process looks for circles of values more seldom
    from notoneless.core.terms import PlaceKind, Post
    from notoneless.records.models import Place, PostHeld
    from notoneless.services.roster_import import (
        commit_roster,
        keep_preview,
        preview_roster,
        read_to_commit,
    )

    county = Place.objects.get(kind=PlaceKind.COUNTY)
    by = PostHeld.objects.filter(post=Post.COUNTY_BUREAU, place=county)[0].person
    began, spent = time.perf_counter(), time.process_time()
    preview = preview_roster(path, county, AT)
    keep_preview(preview, path)
    looked = time.perf_counter()
    told = commit_roster(by=by, preview=read_to_commit(path, county, AT), at=AT)
    done = time.perf_counter()
    return Imported(
        told["new"], looked - began, done - looked, time.process_time() - spent, len(preview.problems)
    )


def mark(installation: Site) -> None:
    """Note which rows are there before the import."""
    with psycopg.connect(installation.url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(_words("CREATE TABLE {there} AS SELECT id FROM {table}", table))


def copy_raw(read: Site, write: Site) -> Copied:
    """Read what the import added to one installation and COPY it, table by table, into the other."""
    found: dict[str, bytes] = {}
    rows = 0
    with psycopg.connect(read.url, autocommit=True) as connection:
        for table in TABLES:
            with connection.cursor().copy(_words(f"COPY ({ADDED}) TO STDOUT (FORMAT BINARY)", table)) as out:
                found[table] = b"".join(bytes(each) for each in out)
            rows += sum(1 for _ in connection.execute(_words(ADDED, table)))
    with psycopg.connect(write.url) as connection:
        began = time.perf_counter()
        for table in TABLES:
            source = io.BytesIO(found[table])
            with connection.cursor().copy(_words("COPY {table} FROM STDIN (FORMAT BINARY)", table)) as into:
                while block := source.read(1 << 16):
                    into.write(block)
        connection.commit()
        return Copied(rows, time.perf_counter() - began)


ADDED = "SELECT * FROM {table} x WHERE NOT EXISTS (SELECT 1 FROM {there} t WHERE t.id = x.id)"


def _words(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(table), there=sql.Identifier(f"bench_{table}"))
