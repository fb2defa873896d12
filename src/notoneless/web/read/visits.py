"""One visit as it is shown: who was there, what was said, what is in doubt, who signed."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from notoneless.core.case_terms import VisitItem
from notoneless.records.models import Attachment, Flagged, Obligation, Visit, VisitParticipant
from notoneless.services.flags import ACT, flags_of
from notoneless.web.codes import term
from notoneless.web.templatetags.words import label


class Drawn(NamedTuple):
    """A signature as a line to draw in a box of a thousand by a thousand."""

    signs_as: str
    name: str
    line: str


class Shown(NamedTuple):
    """A visit with all that stands beside it."""

    visit: Visit
    order: Obligation | None
    people: tuple[VisitParticipant, ...]
    words: tuple[tuple[str, str], ...]  # what it is about and what was said; empty where it is private
    hidden: bool
    flags: tuple[Flagged, ...]
    signatures: tuple[Drawn, ...]
    pictures: tuple[Attachment, ...]
    others: int  # children seen on the same visit


def one_visit(visit: Visit, *, private: bool) -> Shown:
    """All of one visit; what is private only where the reader may read it."""
    hidden = visit.act.private and not private
    same = Visit.objects.filter(group=visit.group).count() - 1 if visit.group else 0
    return Shown(
        visit,
        visit.order(),
        tuple(visit.people.select_related("person").order_by("pk")),
        () if hidden else tuple(_words(visit)),
        hidden,
        tuple(flags_of(ACT, [str(visit.pk)]).get(str(visit.pk), ())),
        tuple(Drawn(each.signs_as, each.name, line_of(each.strokes)) for each in visit.signatures.all()),
        () if hidden else tuple(Attachment.objects.filter(act=visit.pk).order_by("at", "pk")),
        same,
    )


def line_of(strokes: list[list[list[int]]]) -> str:
    """The strokes as the path of a drawing; a point alone is a dot."""
    return " ".join(
        "M" + " L".join(f"{x} {y}" for x, y in (stroke if len(stroke) > 1 else stroke * 2))
        for stroke in strokes
    )


def _words(visit: Visit) -> list[tuple[str, str]]:
    items = [(label(term(VisitItem, code)), text) for code, text in visit.items.items()]
    said = [
        (_("走访目的"), visit.purpose),
        (_("怎么约的"), visit.appointed_how),
        (_("在哪里见的"), visit.where),
        (_("见到谁，孩子在哪里，为什么没来"), visit.findings),
        *items,
        (_("家长意见"), visit.guardian_view),
        (_("学生意见"), visit.child_view),
        (_("商定的做法"), visit.agreed),
    ]
    return [(name, text) for name, text in said if text]
