"""What rests on the counts: a ledger as a workbook, and all checks for contradictions."""

from __future__ import annotations

import time

from bench.figures.stirred import NOW


def ledger(lines: int) -> tuple[int, float]:
    """A ledger of about so many lines as a workbook of its own layout: its lines, and seconds.

    Its lines have their numbers, as the worker gives them every night.
    """
    from notoneless.core.report_terms import LedgerKind
    from notoneless.core.terms import PlaceKind, Post
    from notoneless.records.models import Enrolment, Place, PostHeld
    from notoneless.services.ledgers import post_lines
    from notoneless.services.ledgers.exporting import LedgerFile, export_ledger

    county = Place.objects.get(kind=PlaceKind.COUNTY)
    by = PostHeld.objects.filter(post=Post.COUNTY_BUREAU, place=county)[0].person
    pupils = Enrolment.objects.filter(until=None).values_list("class_group__school__path", flat=True)
    paths = list(pupils)
    places = Place.objects.filter(kind__in=[PlaceKind.TOWNSHIP, PlaceKind.SCHOOL])
    sizes = {place: sum(str(path).startswith(place.path or "/") for path in paths) for place in places}
    place = min(sizes, key=lambda each: abs(sizes[each] - lines))
    post_lines(county, at=NOW, kinds=(LedgerKind.SCHOOL_AGE,))
    began = time.perf_counter()
    made = export_ledger(by=by, kind=LedgerKind.SCHOOL_AGE, place=place, form=LedgerFile.XLSX, at=NOW)
    return made.lines, time.perf_counter() - began


def checks() -> tuple[int, float]:
    """All checks over the county: what they found, and seconds."""
    from notoneless.services.contradictions.running import run_checks

    began = time.perf_counter()
    found = run_checks(None, now=NOW)
    return len(found), time.perf_counter() - began
