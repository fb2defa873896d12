"""Checks of support and papers: outside the time they belong to, given twice, served before issued."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from notoneless.core.case_terms import Decision
from notoneless.core.terms import Post, RouteKind
from notoneless.records.access import Fields
from notoneless.records.models import (
    Enrolment,
    PairingContact,
    PaperIssued,
    PaperServed,
    ReliefDecided,
    SpecialRoute,
    TuitionGiven,
)
from notoneless.services.contradictions.checks import Moment, Seen, check, row


@check(
    "CONTACT_OUTSIDE_PAIRING",
    ("帮扶记录不在结对期内", "help given outside the time of its pairing"),
    ("{0[at]}的帮扶记录，结对是{1[from]}至{1[until]}。",
     "Help on {0[at]}, while the pairing lasted from {1[from]} until {1[until]}."),
    ("核对帮扶时间和结对起止。", "Check when it was, and how long the pairing lasted."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def contact_outside_pairing(moment: Moment) -> Iterator[Seen]:
    """A contact before the pairing began or after it ended."""
    day = TruncDate("act__happened_at")
    found = PairingContact.objects.annotate(day=day).filter(
        Q(day__lt=F("pairing__from_day")) | Q(day__gt=F("pairing__ended__until"))
    )
    for pk, child, at, pairing, from_day, until in found.values_list(
        *("pk", "pairing__child", "act__happened_at", "pairing", "pairing__from_day"),
        "pairing__ended__until",
    ):
        yield Seen((row("act", pk, at=at), row("pairing", pairing, from_=from_day, until=until)), child)


@check(
    "LESSON_WHILE_IN_CLASS",
    ("在班期间又有送教", "taught at home while in a class"),
    ("{0[day]}有送教记录，当天在{1[class]}。", "Taught at home on {0[day]}, a day in {1[class]}."),
    ("核对送教日期和在班记录。", "Check the day of the lesson and the stay."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def lesson_while_in_class(moment: Moment) -> Iterator[Seen]:
    """A lesson at home on a day on which a class had the child."""
    stay = Enrolment.objects.filter(
        Q(until=None) | Q(until__gt=OuterRef("day")),
        child=OuterRef("plan__child"),
        from_day__lte=OuterRef("day"),
    )
    found = TuitionGiven.objects.filter(superseded_by=None).annotate(
        stay=Subquery(stay.values("pk")[:1]),
        group=Subquery(stay.values("class_group")[:1]),
        name=Subquery(stay.values("class_group__name")[:1]),
    )
    for pk, child, day, stay_pk, group, name in found.filter(stay__isnull=False).values_list(
        "pk", "plan__child", "day", "stay", "group", "name"
    ):
        yield Seen((row("lesson", pk, day=day), row("enrolment", stay_pk, class_=name)), child, group)


@check(
    "LESSON_WITHOUT_ROUTE",
    ("没有办送教上门却有送教", "taught at home without the route for it"),
    ("{0[day]}有送教记录，当天没有在办的送教上门安置。",
     "Taught at home on {0[day]}, when home tuition was not in force."),
    ("补办送教上门审批，或更正送教日期。", "Have home tuition approved, or correct the day."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def lesson_without_route(moment: Moment) -> Iterator[Seen]:
    """A lesson at home on a day on which no home tuition was in force."""
    route = SpecialRoute.objects.filter(
        Q(until=None) | Q(until__gt=OuterRef("day")),
        child=OuterRef("plan__child"),
        kind=RouteKind.HOME_TUITION,
        superseded_by__isnull=True,
        from_day__lte=OuterRef("day"),
    )
    found = TuitionGiven.objects.filter(~Exists(route), superseded_by=None)
    for pk, child, school, day in found.values_list("pk", "plan__child", "plan__school", "day"):
        yield Seen((row("lesson", pk, day=day),), child, place=school)


@check(
    "RELIEF_TWICE",
    ("同一项资助批了两次", "the same relief agreed to twice"),
    ("{0[kind]}（{0[what]}）在{0[from]}学年批准了两次。",
     "{0[kind]} ({0[what]}) was agreed to twice for the school year {0[from]}."),
    ("核对后撤销重复的一项。", "Take back the one that is too many."),
    Post.SCHOOL_OFFICE,
    leads="child",
    needs=Fields.HARDSHIP,
)  # fmt: skip
def relief_twice(moment: Moment) -> Iterator[Seen]:
    """Two of a kind, for the same cost and school year, both agreed to."""
    kept: dict[object, list[ReliefDecided]] = {}
    agreed = ReliefDecided.objects.filter(decision=Decision.AGREED).select_related("asked")
    for decided in agreed.order_by("at", "pk"):
        asked = decided.asked
        kept.setdefault((asked.child_id, asked.kind, asked.of.strip(), asked.school_year), []).append(decided)
    for same in kept.values():
        if len(same) > 1:
            rows = tuple(
                row(
                    "relief",
                    each.asked_id,
                    kind=each.asked.kind,
                    what=each.asked.of,
                    from_=each.asked.school_year,
                )
                for each in same[:2]
            )
            yield Seen(rows, same[0].asked.child_id, place=same[0].asked.school_id)


@check(
    "RELIEF_MORE_THAN_ASKED",
    ("批准的资助多于申请", "more relief agreed to than was asked for"),
    ("申请{0[left]}元，批准{0[right]}元。", "Asked for {0[left]} yuan, agreed to {0[right]}."),
    ("核对金额，更正审批。", "Check the sum and correct the decision."),
    Post.SCHOOL_OFFICE,
    leads="child",
    needs=Fields.HARDSHIP,
)  # fmt: skip
def relief_more_than_asked(moment: Moment) -> Iterator[Seen]:
    """Agreed to with a larger sum than the request names."""
    found = ReliefDecided.objects.filter(decision=Decision.AGREED, fen__gt=F("asked__fen"))
    for asked, child, school, left, right in found.values_list(
        "asked", "asked__child", "asked__school", "asked__fen", "fen"
    ):
        said = row("relief", asked, left=f"{(left or 0) / 100:.2f}", right=f"{(right or 0) / 100:.2f}")
        yield Seen((said,), child, place=school)


# Papers.


@check(
    "SERVED_BEFORE_ISSUED",
    ("文书签发之前就已送达", "a paper served before it was issued"),
    ("{0[number]}{0[from]}签发，却记为{0[at]}送达。",
     "{0[number]} was issued on {0[from]} and is entered as served on {0[at]}."),
    ("核对送达时间，更正送达回证。", "Check when it was served."),
    Post.TOWNSHIP,
    leads="child",
)  # fmt: skip
def served_before_issued(moment: Moment) -> Iterator[Seen]:
    """Handed over before it was there."""
    found = PaperServed.objects.filter(served_at__lt=F("paper__at"))
    for paper, child, place, number, issued, served in found.values_list(
        "paper", "paper__child", "paper__place", "paper__numbered", "paper__at", "served_at"
    ):
        yield Seen((row("paper", paper, number=number, from_=issued, at=served),), child, place=place)


@check(
    "DUE_BEFORE_ISSUED",
    ("限期早于签发日期", "a notice whose term ends before it was issued"),
    ("{0[number]}{0[from]}签发，限期却是{0[until]}。",
     "{0[number]} was issued on {0[from]} and sets {0[until]} as its term."),
    ("重新签发，写明合理的期限。", "Issue it anew with a term that can be kept."),
    Post.TOWNSHIP,
    leads="child",
)  # fmt: skip
def due_before_issued(moment: Moment) -> Iterator[Seen]:
    """A day to be back by that had passed when the paper was issued."""
    issued = TruncDate("at")
    found = PaperIssued.objects.annotate(issued=issued).filter(due_on__lt=F("issued"), replaced_by=None)
    for pk, child, place, number, at, due in found.values_list(
        "pk", "child", "place", "numbered", "at", "due_on"
    ):
        yield Seen((row("paper", pk, number=number, from_=at, until=due),), child, place=place)


@check(
    "PAPERS_OUT_OF_ORDER",
    ("文书编号与签发时间顺序不符", "papers numbered against the order they were issued in"),
    ("{1[number]}（{1[at]}）的签发时间早于前一号{0[number]}（{0[at]}）。",
     "{1[number]} ({1[at]}) was issued before the number ahead of it, {0[number]} ({0[at]})."),
    ("核对编号登记，写明原因。", "Check the register of numbers and say why."),
    Post.TOWNSHIP,
    leads="child",
)  # fmt: skip
def papers_out_of_order(moment: Moment) -> Iterator[Seen]:
    """A number issued before the one ahead of it."""
    before = None
    found = PaperIssued.objects.filter(number__isnull=False).order_by("place", "kind", "year", "number")
    for paper in found.values_list("place", "kind", "year", "number", "at", "numbered", "pk", "child"):
        if before is not None and before[:3] == paper[:3] and paper[4] < before[4]:
            said = tuple(row("paper", each[6], number=each[5], at=each[4]) for each in (before, paper))
            yield Seen(said, paper[7], place=paper[0])
        before = paper
