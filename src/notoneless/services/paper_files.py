"""An issued paper as a page and as a file, and a draft of one that is not; each handing-out is on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import PaperProblem
from notoneless.exchange.papers.layout import lists, marks
from notoneless.exchange.papers.rendering import render
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import JournalEntry, PaperIssued, Person, Place
from notoneless.services.finding import the_person
from notoneless.services.paper_authority import fields_about, fields_at
from notoneless.services.paper_issuing import words_of
from notoneless.services.paper_templates import template_for
from notoneless.services.paper_values.about import About
from notoneless.services.paper_values.days import day_in_china
from notoneless.services.paper_values.value import Values, as_shown, from_plain, parts_of
from notoneless.services.permissions import may_not, post_in
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


class PaperFile(NamedTuple):
    """A paper as a file; its name says no child's."""

    name: str
    content: bytes


def said_in(person: Person, paper: PaperIssued, on: date) -> dict[str, Any]:
    """The words of an issued paper as this person reads them on a page; an identity number stays masked."""
    return as_shown(words_in(paper), fields_of_paper(person, paper, on) - {Fields.IDENTITY})


def would_say(person: Person, about: About, at: datetime, due_on: date | None = None) -> dict[str, Any]:
    """The words the paper would be issued with, as said_in shows an issued one's. Raises Refusal."""
    words = words_of(person, about, at, due_on)
    return as_shown(words.values, words.fields - {Fields.IDENTITY})


def words_in(paper: PaperIssued) -> Values:
    """The words a paper was issued with, in the marks its layout has now."""
    kept = from_plain(paper.values())
    once = {mark: kept.get(mark, "") for mark in marks(paper.kind)}
    return {**once, **{name: _rows(kept.get(name, ()), columns) for name, columns in _lists(paper.kind)}}


def fields_of_paper(person: Person, paper: PaperIssued, on: date) -> frozenset[Fields]:
    """Which parts of what a paper says this person is shown."""
    if paper.child is not None:
        return fields_about(person, About(paper.kind, paper.child), on)
    return fields_at(person, Place.objects.get(pk=paper.about_id.partition("/")[0]), on)


def may_hand_out(person: Person, paper: PaperIssued, on: date) -> Refusal | None:
    """Why this person may not take the paper out as a file, or None; whoever issued it and sees it may."""
    about = paper.child or paper.place
    if post_in(person, Thing.PAPER, Verb.EXPORT, about, on):
        return None
    if paper.by_id == person.pk and post_in(person, Thing.PAPER, Verb.SEE, about, on):
        return None
    return may_not(Thing.PAPER, Verb.EXPORT, about.name)


def hand_out(*, by: Person | int, paper: PaperIssued, form: PaperFormat, at: datetime) -> PaperFile:
    """The paper as a file, the same words for good, on the template that held when it was issued.

    The journal keeps who took it out. Raises Refusal.
    """
    person = the_person(by)
    if (no := may_hand_out(person, paper, at.date())) is not None:
        raise no
    words = words_in(paper)
    fields = fields_of_paper(person, paper, at.date())
    content = _drawn(paper.kind, as_shown(words, fields), form, paper.place, paper.at)
    subject = ("child", str(paper.child_id)) if paper.child_id else ("place", str(paper.place_id))
    _journal(person, at, subject, form, parts_of(words) & fields, {"paper": str(paper.pk)})
    return PaperFile(file_name(paper.kind, paper.numbered, paper.at, form), content)


def draft(
    *, by: Person | int, about: About, form: PaperFormat, at: datetime, due_on: date | None = None
) -> PaperFile:
    """What the paper would look like, its number still to come; on record like a paper. Raises Refusal."""
    person = the_person(by)
    words = words_of(person, about, at, due_on)
    values = as_shown(words.values, words.fields - {Fields.IDENTITY})
    content = _drawn(about.kind, values, form, words.issuer.place, at)
    on = about.child or about.place
    assert on is not None
    subject = ("child" if about.child else "place", str(on.pk))
    shown = parts_of(words.values) - {Fields.IDENTITY}
    _journal(person, at, subject, form, shown, {"draft": about.kind.value})
    return PaperFile(file_name(about.kind, "草稿", at, form), content)


def file_name(kind: PaperKind, numbered: str, at: datetime, form: PaperFormat) -> str:
    """限期返校通知书-义限通字〔2026〕12号.docx; without a number the day stands there."""
    return f"{kind.zh}-{numbered or f'{day_in_china(at):%Y%m%d}'}.{form.value.lower()}"


def _drawn(
    kind: PaperKind, values: Mapping[str, Any], form: PaperFormat, place: Place, at: datetime
) -> bytes:
    """The file, on the office's own template where there is one; drawn before any transaction begins."""
    kept = template_for(place, kind, form, at)
    template = bytes(kept.content) if kept is not None and kept.content is not None else None
    try:
        return render(kind, values, form, template=template)
    except PaperProblem as problem:
        raise Refusal("PAPER_PROBLEM", problem.zh, problem.en) from problem


def _lists(kind: PaperKind) -> list[tuple[str, tuple[str, ...]]]:
    return list(lists(kind).items())


def _rows(rows: Any, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{column: row.get(column, "") for column in columns} for row in rows]


@one_act
def _journal(
    person: Person,
    at: datetime,
    subject: tuple[str, str],
    form: PaperFormat,
    fields: frozenset[Fields],
    body: Mapping[str, object],
) -> None:
    said = {**body, "form": form.value, "rows": 1, "fields": sorted(each.value for each in fields)}
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind=subject[0], subject_id=subject[1], body=said
    )
