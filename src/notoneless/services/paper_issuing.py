"""签发: a paper gets its number, its words are sealed with it, and the duty it was owed for is met."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import layout, number_text
from notoneless.records.access import Fields
from notoneless.records.models import JournalEntry, PaperCounter, PaperIssued, Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import the_person
from notoneless.services.paper_authority import Issuer, fields_about, issuer_of
from notoneless.services.paper_duties import meet_duties, record_acts
from notoneless.services.paper_values import Filling, values_for
from notoneless.services.paper_values.about import NOTICES, SUBJECTS, About, Subject, about_again
from notoneless.services.paper_values.days import day_in_china, day_of
from notoneless.services.paper_values.value import Values, as_kept, parts_of, to_text
from notoneless.services.reading_sensitive import READ_IDENTITY
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act

DAYS_TO_RETURN = 7  # calendar days, as the notices of the seeds give; another day may be chosen
LONGEST = 60  # calendar days that a notice may give
WHY = "已签发文书，这项不再需要"
TO_COME = "（签发时编号）"


class Words(NamedTuple):
    """What a paper would say if it were issued now."""

    values: Values
    issuer: Issuer
    fields: frozenset[Fields]


@one_act
def issue(
    *,
    by: Person | int,
    kind: PaperKind,
    about: About,
    at: datetime,
    place: Place | None = None,
    due_on: date | None = None,
    key: str | None = None,
) -> PaperIssued:
    """Issue a paper about this; `due_on` is the day by which a notice wants the child back.

    The same `key` again gives the first one. Raises Refusal.
    """
    person = the_person(by)
    issuer = issuer_of(person, about, at.date(), place)
    if key is not None and (first := PaperIssued.objects.filter(key=key).first()) is not None:
        return _the_same(first, about)
    return _issue(person, issuer, about, at, due_on, key, None, "")


@one_act
def replace(
    *,
    by: Person | int,
    paper: PaperIssued | UUID,
    why: str,
    at: datetime,
    due_on: date | None = None,
    key: str | None = None,
) -> PaperIssued:
    """Issue a corrected paper in place of one; it points back, and the first stays. Raises Refusal."""
    person, before = the_person(by), _paper(paper)
    about = about_again(before)
    issuer = issuer_of(person, about, at.date(), before.place)
    if key is not None and (first := PaperIssued.objects.filter(key=key).first()) is not None:
        return _the_same(first, about)
    _refuse_replacing(before, why)
    return _issue(person, issuer, about, at, due_on or before.due_on, key, before, why)


def words_of(by: Person, about: About, at: datetime, due_on: date | None = None) -> Words:
    """What the paper would say now, as far as this person is shown it. Raises Refusal."""
    issuer = issuer_of(by, about, at.date())
    fields = fields_about(by, about, at.date())
    numbered = TO_COME if layout(about.kind).number else ""
    filling = Filling(about, issuer.place, by, at, _day_back(about.kind, due_on, at), numbered)
    return Words(as_kept(values_for(filling), fields), issuer, fields)


def _issue(
    person: Person,
    issuer: Issuer,
    about: About,
    at: datetime,
    due_on: date | None,
    key: str | None,
    replaces: PaperIssued | None,
    why: str,
) -> PaperIssued:
    if about.child is not None:
        hold([about.child.pk])
    due_on = _day_back(about.kind, due_on, at)
    number, numbered = _next_number(about.kind, issuer.place, at)
    fields = fields_about(person, about, at.date())
    values = as_kept(values_for(Filling(about, issuer.place, person, at, due_on, numbered)), fields)
    subject, row = about.reference
    paper = PaperIssued(
        kind=about.kind,
        place=issuer.place,
        child=about.child,
        about_kind=subject,
        about_id=row,
        year=day_in_china(at).year,
        number=number,
        numbered=numbered,
        due_on=due_on,
        by=person,
        by_post=issuer.post,
        at=at,
        replaces=replaces,
        key=key,
    )
    text = to_text(values)
    paper.digest = sha256(text.encode()).hexdigest()
    paper.keep_values(text)
    paper.save(force_insert=True)
    _journal_identity(paper, values)
    _follow_up(paper, about, person, why)
    return paper


def _next_number(kind: PaperKind, place: Place, at: datetime) -> tuple[int | None, str]:
    """The next number of this office's papers of the kind in this year; its row is locked until the end."""
    year = day_in_china(at).year
    if not layout(kind).number:
        return None, ""
    same = {"place": place, "kind": kind, "year": year}
    PaperCounter.objects.get_or_create(**same, defaults={"last": 0})
    counter = PaperCounter.objects.select_for_update().get(**same)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last, number_text(kind, place=place.name, year=year, number=counter.last)


def _day_back(kind: PaperKind, due_on: date | None, at: datetime) -> date | None:
    """The day a notice gives, after today and within two months; None for other papers. Raises Refusal."""
    if kind not in NOTICES:
        return None
    today = day_in_china(at)
    if due_on is None:
        raise Refusal("NO_DAY", f"《{kind.zh}》要写明期限。", f"A “{kind.en}” names a day; choose one.")
    if not 0 < (due_on - today).days <= LONGEST:
        raise Refusal(
            "BAD_DAY",
            f"期限应在 {day_of(today)}之后、{LONGEST} 个日历日以内；现在写的是 {day_of(due_on)}。",
            f"The day comes after {today} and within {LONGEST} calendar days; it is {due_on}.",
        )
    return due_on


def _follow_up(paper: PaperIssued, about: About, person: Person, why: str) -> None:
    """The journal entry, and what the paper brings to an end; the body names rows, never children."""
    acts = record_acts(paper) if about.child is not None and paper.replaces_id is None else []
    body: dict[str, object] = {
        "paper": str(paper.pk),
        "kind": paper.kind.value,
        "place": paper.place_id,
        "number": paper.numbered,
        "digest": paper.digest,
        "acts": [str(act.pk) for act in acts],
    }
    if paper.replaces_id:
        body["replaces"] = str(paper.replaces_id)
    if about.child is not None:
        entry = Entry("ISSUE_PAPER", "child", str(about.child.pk), body, person, why[:300])
        follow_up([about.child.pk], as_of=paper.at, entry=entry, why=WHY)
        return
    assert about.place is not None
    JournalEntry.objects.create(
        at=paper.at,
        by=person,
        act="ISSUE_PAPER",
        subject_kind="place",
        subject_id=str(about.place.pk),
        body=body,
        reason=why[:300],
    )
    if SUBJECTS[paper.kind] is Subject.MONTH:
        meet_duties(paper, about.place, person)


def _journal_identity(paper: PaperIssued, values: Values) -> None:
    """A paper with the whole identity number in it is a sensitive read."""
    if Fields.IDENTITY in parts_of(values) and paper.child is not None:
        JournalEntry.objects.create(
            at=paper.at,
            by=paper.by,
            act=READ_IDENTITY,
            subject_kind="child",
            subject_id=str(paper.child.pk),
            reason=paper.kind.zh,
        )


def _paper(paper: PaperIssued | UUID) -> PaperIssued:
    number = paper.pk if isinstance(paper, PaperIssued) else paper
    return PaperIssued.objects.select_related("child", "place").get(pk=number)


def _the_same(first: PaperIssued, about: About) -> PaperIssued:
    if (first.kind, (first.about_kind, first.about_id)) != (about.kind, about.reference):
        raise key_used()
    return first


def _refuse_replacing(before: PaperIssued, why: str) -> None:
    if PaperIssued.objects.filter(replaces=before).exists():
        raise Refusal(
            "REPLACED",
            f"{before.numbered or before.kind.zh}已经换发过；请在换发的那一份上办理。",
            "This paper was replaced already; go on with the one that replaced it.",
        )
    if not why.strip():
        raise Refusal("NO_REASON", "请写明为什么换发。", "Say why the paper is replaced.")
