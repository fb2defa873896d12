"""填报数: a number from before this system, typed from a paper that is named; superseded, never changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, Min, QuerySet

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, CountGiven, JournalEntry, Person, Place
from notoneless.services.counting import Asked, school_year_of
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act
from notoneless.services.written import written

# The lists that look back to years of which a county may have paper alone.
TYPED = (Tally.INTAKE, Tally.COHORT_IN, Tally.COHORT_OUT, Tally.YEAR_BEFORE, Tally.BASELINE)
# What was typed of these is added to what is recorded: it is of the time before this system.
ADDED = frozenset({Tally.COHORT_IN, Tally.COHORT_OUT})
MOST = 10_000_000  # more children than any place has: a slip of the pen
ENTRY, LEAVING = (1, 6, 7), (5, 6, 9)  # grades with which primary and junior schools begin and end
FIRST_YEAR = 1986  # since compulsory schooling is law


@one_act
def give_count(
    *,
    by: Person | int,
    place: Place,
    tally: Tally,
    school_year: int,
    grade: int | None,
    number: int,
    source: str,
    at: datetime,
) -> CountGiven:
    """Type a number from paper; one that was typed before for the same list is superseded. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.FIGURE, Verb.RECORD, place, at.date())
    paper = written(source, 200, "来源（哪份表）", "Which paper", needed=True)
    _refuse_list(tally, school_year, grade, at)
    if not 0 <= number <= MOST:
        raise Refusal("NOT_A_NUMBER", "人数填 0 以上的整数。", "The number is a whole number from 0 on.")
    Place.objects.select_for_update().get(pk=place.pk)  # two at once: the second supersedes the first
    last = standing(place).filter(tally=tally, school_year=school_year, grade=grade).first()
    if last is not None and (last.number, last.source) == (number, paper):
        return last
    row = CountGiven.objects.create(
        place=place,
        tally=tally,
        school_year=school_year,
        grade=grade,
        number=number,
        source=paper,
        by=person,
        at=at,
        supersedes=last,
    )
    _journal(row, person, at)
    return row


def standing(place: Place) -> QuerySet[CountGiven]:
    """The numbers typed for a place that nothing has superseded."""
    return CountGiven.objects.filter(place=place, superseded_by__isnull=True)


def history(place: Place) -> QuerySet[CountGiven]:
    """Every number ever typed for a place, the newest first."""
    return CountGiven.objects.filter(place=place).select_related("by", "superseded_by").order_by("-at", "pk")


class Typed:
    """The numbers typed for a place as known at the moment asked for, found by the list they stand for."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        ends = ClassGroup.objects.filter(
            school__path__startswith=asked.path, school_year__startswith=f"{asked.year}-", grade__lte=9
        ).aggregate(entry=Min("grade"), final=Max("grade"))
        self.entry, self.final = ends["entry"] or 0, ends["final"] or 0
        known = CountGiven.objects.filter(place=asked.place, at__lte=asked.known_at).order_by("at", "pk")
        self._rows = {(row.tally, row.school_year, row.grade): row for row in known}

    def row(self, tally: Tally, grades: Collection[int]) -> CountGiven | None:
        """The number typed for a list of the whole place, or of one grade of it."""
        if tally not in TYPED or len(grades) > 1:
            return None
        year, grade = self.year_of(tally), next(iter(grades), None)
        found = self._rows.get((tally, year, grade))
        of_intake = tally not in (Tally.BASELINE, Tally.YEAR_BEFORE) and grade is None
        return found or (self._rows.get((tally, year, self.entry)) if of_intake else None)

    def year_of(self, tally: Tally) -> int:
        """The school year of which a list is: for a cohort, that in which it entered."""
        if tally is Tally.BASELINE:
            return self.asked.year
        return self.asked.year - (1 if tally is Tally.YEAR_BEFORE else self.final - self.entry)

    def not_here(self, figure: Figure) -> tuple[str, str] | None:
        """Why a place of this kind has no such figure."""
        if figure is Figure.CONSOL_9 and (self.entry, self.final) != (1, 9):
            return "九个年级不全，不算九年巩固率", "does not have all nine grades"
        if figure is Figure.CONSOL_SCH and self.asked.kind not in (
            PlaceKind.SCHOOL,
            PlaceKind.TEACHING_POINT,
        ):
            return "按学校算，请看各学校", "counted for each school; see the schools"
        if figure is Figure.CONSOL_SCH and not (self.entry in ENTRY and self.final in LEAVING):
            return "没有入学年级或毕业年级", "has no grade of entry, or no final grade"
        return None


def _refuse_list(tally: Tally, school_year: int, grade: int | None, at: datetime) -> None:
    if tally not in TYPED:
        raise Refusal(
            "HAS_A_LIST",
            f"“{tally.zh}”由系统里的名单得出，不能填报；名单有误请更正名单。",
            f"“{tally.en}” comes from the records and is not typed; correct the records.",
        )
    latest = school_year_of(at.date())
    if not FIRST_YEAR <= school_year <= latest:
        raise Refusal(
            "NO_SUCH_YEAR",
            f"学年填开始的那一年，{FIRST_YEAR} 到 {latest}。",
            f"A school year is named by the year it begins in, {FIRST_YEAR} to {latest}.",
        )
    if grade is not None and not 1 <= grade <= 9:
        raise Refusal("NO_SUCH_GRADE", "年级填 1 到 9，或不填。", "The grade is 1 to 9, or left out.")


def _journal(row: CountGiven, person: Person, at: datetime) -> None:
    body = {"tally": row.tally.value, "school_year": row.school_year, "grade": row.grade}
    body |= {"number": row.number, "source": row.source}
    JournalEntry.objects.create(
        at=at,
        by=person,
        act="GIVE_COUNT",
        subject_kind="place",
        subject_id=str(row.place_id),
        body=body,
    )
