"""文书模板: an office's own file with marked cells, checked before it is kept; the nearest office's holds."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.core.terms import PlaceKind
from notoneless.exchange.papers.templates import check_template
from notoneless.records.access import Thing, Verb
from notoneless.records.models import JournalEntry, PaperTemplate, Person, Place
from notoneless.records.packs import places_on
from notoneless.services.finding import the_person
from notoneless.services.paper_authority import authority, offices
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

FORMATS = (PaperFormat.DOCX, PaperFormat.XLSX)  # what an office can mark cells in
MOST_BYTES = 5_000_000
LONGEST_NAME = 100
_RANK = {PlaceKind.COUNTY: 2, PlaceKind.TOWNSHIP: 1}


class TemplateRefused(Refusal):
    """A file that does not do as a template; `problems` says each thing that is wrong with it."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__(
            "TEMPLATE_NOT_KEPT",
            f"模板没有保存，有 {len(problems)} 处要改；原来的模板照用。",
            f"The template was not kept; {len(problems)} things to mend. The one before stays in use.",
        )


def keep_template(
    *,
    by: Person | int,
    place: Place,
    kind: PaperKind,
    form: PaperFormat,
    name: str,
    content: bytes,
    at: datetime,
) -> PaperTemplate:
    """Keep an office's own file for a kind of paper, if every mark stands in it. Raises Refusal.

    A file with problems is not kept: TemplateRefused names each of them.
    """
    person = the_person(by)
    require(person, Thing.TEMPLATE, Verb.CHANGE, place, at.date())
    _refuse_unfit(place, kind, form, content)
    # Read in a process of its own, and so before the transaction begins.
    problems = check_template(kind, form, content)
    if problems:
        raise TemplateRefused(tuple((each.zh, each.en) for each in problems))
    return _keep(person, place, kind, form, short_name(name), content, at)


def forget_template(
    *, by: Person | int, place: Place, kind: PaperKind, form: PaperFormat, at: datetime
) -> PaperTemplate:
    """From now on the next office's file, or our own one, is used again; what was issued prints as before."""
    person = the_person(by)
    require(person, Thing.TEMPLATE, Verb.CHANGE, place, at.date())
    if own_template(place, kind, form) is None:
        raise Refusal(
            "NO_TEMPLATE",
            f"{place.name}没有自己的《{kind.zh}》模板。",
            f"{place.name} has no “{kind.en}” of its own.",
        )
    return _keep(person, place, kind, form, "", None, at)


def own_template(place: Place, kind: PaperKind, form: PaperFormat) -> PaperTemplate | None:
    """The file the office itself keeps; None where it has none."""
    last = PaperTemplate.objects.filter(place=place, kind=kind, format=form).order_by("-at", "-pk").first()
    return last if last is not None and last.content is not None else None


def template_for(
    place: Place, kind: PaperKind, form: PaperFormat, at: datetime | None = None
) -> PaperTemplate | None:
    """The file that an office prints its papers on, as it stood at `at`: its own, else the nearest one."""
    around = places_on(place.path or "")
    rows = PaperTemplate.objects.filter(place__in=around, kind=kind, format=form)
    if at is not None:
        rows = rows.filter(at__lte=at)
    last: dict[int, PaperTemplate] = {row.place_id: row for row in rows.order_by("at", "pk")}
    kept = (last[each] for each in around if each in last)
    return next((row for row in kept if row.content is not None), None)


def may_keep(person: Person, place: Place, kind: PaperKind, on: date) -> Refusal | None:
    """Why this person may not keep a template of this kind there, or None."""
    return refusal(person, Thing.TEMPLATE, Verb.CHANGE, place, on) or _wrong_place(place, kind)


def kinds_at(place: Place) -> list[PaperKind]:
    """The papers that this office, or one below it, issues."""
    return [kind for kind in PaperKind if _wrong_place(place, kind) is None]


def short_name(name: str) -> str:
    """The file's name without folders, cut so that its ending stays."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip() or "模板"
    stem, dot, ending = last.rpartition(".")
    if len(last) <= LONGEST_NAME or not dot or len(ending) > 10:
        return last[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 2]}….{ending}"


@one_act
def _keep(
    person: Person,
    place: Place,
    kind: PaperKind,
    form: PaperFormat,
    name: str,
    content: bytes | None,
    at: datetime,
) -> PaperTemplate:
    digest = sha256(content).hexdigest() if content is not None else ""
    row = PaperTemplate.objects.create(
        place=place,
        kind=kind,
        format=form,
        name=name,
        content=content,
        digest=digest,
        by=person,
        at=at,
    )
    body = {"template": str(row.pk), "kind": kind.value, "format": form.value, "digest": digest}
    act = "KEEP_TEMPLATE" if content is not None else "FORGET_TEMPLATE"
    JournalEntry.objects.create(
        at=at, by=person, act=act, subject_kind="place", subject_id=str(place.pk), body=body
    )
    return row


def _refuse_unfit(place: Place, kind: PaperKind, form: PaperFormat, content: bytes) -> None:
    if (no := _wrong_place(place, kind)) is not None:
        raise no
    if form not in FORMATS:
        raise Refusal(
            "WRONG_FORMAT",
            "模板用 Word（.docx）或 Excel（.xlsx）文件。",
            "A template is a Word (.docx) or Excel (.xlsx) file.",
        )
    if len(content) > MOST_BYTES:
        raise Refusal(
            "TOO_LARGE",
            f"模板文件有 {len(content) // 1000} KB，最大 {MOST_BYTES // 1000} KB；请去掉里面的图片。",
            f"The file has {len(content) // 1000} kB and may have {MOST_BYTES // 1000}; take pictures out.",
        )


def _wrong_place(place: Place, kind: PaperKind) -> Refusal | None:
    """A school keeps no template of what townships issue; a county keeps one for all below it."""
    issuing = authority(kind)
    lowest = min((_RANK.get(each, 0) for each in issuing), default=0)
    if place.kind in issuing or _RANK.get(place.kind, -1) >= lowest:
        return None
    zh, en = offices(issuing, "zh"), offices(issuing, "en")
    return Refusal(
        "NOT_YOUR_TEMPLATE",
        f"《{kind.zh}》由{zh}签发，模板也由{zh}或其上级保存。",
        f"“{kind.en}” is issued by the {en}, who or above whom its template is kept.",
    )
