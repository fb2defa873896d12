"""What columns say something from, read for all lines at once and only when a column asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Act, KeyGroup, PlaceKind, Post, Stage
from notoneless.exchange.ledgers.layout import ledger_layout
from notoneless.records.access import GROUP_FIELDS, Fields
from notoneless.records.models import (
    ActRecord,
    Case,
    Child,
    ClassGroup,
    CloseOutReviewed,
    Guardian,
    InKeyGroup,
    LedgerLine,
    OnRoll,
    Pairing,
    Place,
    PlaceAct,
    PostHeld,
    ReasonStated,
    ReliefAsked,
    Residence,
    SpecialRoute,
    Tip,
    TuitionPlan,
    Visit,
)
from notoneless.records.scopes import during, live
from notoneless.services.ledgers.entry import Entry, View, day_in_china
from notoneless.services.ledgers.homes import some
from notoneless.services.ledgers.roll_lines import attending, stages_on
from notoneless.services.on_roll import why_away
from notoneless.services.paper_values.spell import Away, aways

_NUMBERED = ("pk", "year", "number", "closed__year", "closed__number")
_AS_SHOWN = ("name", "sex", "birth_on", "enrolment_no", "household", "identity_no_sealed")


class Numbered(NamedTuple):
    """The opening and closing number of a line; none of the latter while it is open."""

    pk: int
    year: int
    number: int
    closed_year: int | None
    closed_number: int | None


class Reached(NamedTuple):
    """A guardian and how it is reached."""

    name: str
    relation: str
    phone: str


class Sources:
    """All that the columns of these lines may need; `shown` is what the reader may see of a child."""

    def __init__(
        self,
        kind: LedgerKind,
        lines: Sequence[Entry],
        view: View,
        shown: frozenset[Fields],
        *,
        whole_identity: bool = False,
    ) -> None:
        self.kind, self.lines, self.view, self.shown = kind, lines, view, shown
        self.whole_identity = whole_identity
        self.layout = ledger_layout(kind)
        self.ids = list(dict.fromkeys(line.child for line in lines if line.child))

    # Numbers.

    @cached_property
    def numbers(self) -> dict[str, Numbered]:
        """The numbers of each entry that has been numbered."""
        found: dict[str, Numbered] = {}
        for keys in some(line.key for line in self.lines):
            rows = LedgerLine.objects.filter(ledger=self.kind, entry__in=keys, at__lte=self.view.known_at)
            found |= {entry: Numbered(*row) for entry, *row in rows.values_list("entry", *_NUMBERED)}
        return found

    @cached_property
    def earlier(self) -> dict[int, Numbered]:
        """By line, the one that the same child had before in the ledger."""
        found: dict[int, Numbered] = {}
        for ids in some(self.ids):
            last: dict[UUID, Numbered] = {}
            rows = LedgerLine.objects.filter(ledger=self.kind, child__in=ids).order_by("pk")
            for child, *row in rows.values_list("child_id", *_NUMBERED):
                line = Numbered(*row)
                if child in last:
                    found[line.pk] = last[child]
                last[child] = line
        return found

    # Children.

    def _by_child(self, rows: QuerySet[Any], column: str = "child") -> Iterable[Any]:
        for ids in some(self.ids):
            yield from rows.filter(**{f"{column}__in": ids})

    @cached_property
    def children(self) -> dict[UUID, Child]:
        """The children themselves."""
        return {child.pk: child for child in self._by_child(Child.objects.only(*_AS_SHOWN), "pk")}

    @cached_property
    def guardians(self) -> dict[UUID, list[Reached]]:
        """Their guardians in the order in which they were noted."""
        found: dict[UUID, list[Reached]] = defaultdict(list)
        rows = Guardian.objects.order_by("pk").values_list("child_id", "name", "relation", "phone")
        for child, *said in self._by_child(rows):
            found[child].append(Reached(*said))
        return found

    @cached_property
    def villages(self) -> dict[UUID, str]:
        """The village each lives in."""
        rows = Residence.objects.filter(during(self.view.as_of))
        return dict(self._by_child(rows.values_list("child_id", "place__name")))

    @cached_property
    def rolls(self) -> dict[UUID, str]:
        """On whose roll each is."""
        rows = OnRoll.objects.filter(during(self.view.as_of))
        named = rows.values_list("child_id", "school__name", "elsewhere")
        return {child: school or elsewhere for child, school, elsewhere in self._by_child(named)}

    @cached_property
    def groups(self) -> dict[UUID, list[KeyGroup]]:
        """The key groups of each of which the reader may know."""
        found: dict[UUID, list[KeyGroup]] = defaultdict(list)
        rows = InKeyGroup.objects.filter(during(self.view.as_of), recorded_at__lte=self.view.known_at)
        for row in self._by_child(rows.order_by("pk")):
            if GROUP_FIELDS[row.group] in self.shown:
                found[row.child_id].append(row.group)
        return found

    @cached_property
    def stages(self) -> dict[UUID, Stage]:
        """Where the case of each stands."""
        return stages_on(self.view)

    @cached_property
    def attending(self) -> set[UUID]:
        """Who is in a class and not held to have left."""
        return attending(self.view)

    @cached_property
    def why_away(self) -> dict[UUID, tuple[str, str]]:
        """What explains that a child is not in class."""
        found: dict[UUID, tuple[str, str]] = {}
        for ids in some(self.ids):
            found |= why_away(ids, self.view.as_of)
        return found

    @cached_property
    def aways(self) -> dict[UUID, Away]:
        """The absence of each."""
        found: dict[UUID, Away] = {}
        for ids in some(self.ids):
            found |= aways(ids, self.view.known_at)
        return found

    @cached_property
    def reasons(self) -> dict[UUID, ReasonStated]:
        """Why each stays away, as last stated."""
        rows = ReasonStated.objects.filter(at__lte=self.view.known_at).select_related("case")
        return {r.case.child_id: r for r in self._by_child(rows.order_by("at", "pk"), "case__child")}

    @cached_property
    def persuasions(self) -> dict[UUID, list[ActRecord]]:
        """The persuasions of each, the last at the end."""
        return self._acts(Act.PERSUADE)

    @cached_property
    def reports(self) -> dict[UUID, list[ActRecord]]:
        """What was reported upward about each."""
        return self._acts(Act.REPORT, Act.WRITTEN_REPORT)

    def _acts(self, *acts: Act) -> dict[UUID, list[ActRecord]]:
        found: dict[UUID, list[ActRecord]] = defaultdict(list)
        rows = ActRecord.objects.filter(act__in=acts, recorded_at__lte=self.view.known_at)
        for row in self._by_child(rows.select_related("by").order_by("happened_at", "pk")):
            found[row.child_id].append(row)
        return found

    @cached_property
    def close_outs(self) -> dict[UUID, CloseOutReviewed]:
        """The close-out of each case that was agreed to last."""
        rows = CloseOutReviewed.objects.filter(act__isnull=False, at__lte=self.view.known_at)
        rows = rows.select_related("asked__case", "by", "act").order_by("at")
        return {row.asked.case.child_id: row for row in self._by_child(rows, "asked__case__child")}

    @cached_property
    def cases(self) -> dict[UUID, Case]:
        """The case of each."""
        return {case.child_id: case for case in self._by_child(Case.objects.all())}

    # Places.

    @cached_property
    def places(self) -> dict[int, Place]:
        """The places of the lines and all around them."""
        found = Place.objects.filter(pk__in={line.where.place for line in self.lines})
        around = {int(part) for place in found for part in (place.path or "").split("/") if part}
        return {place.pk: place for place in Place.objects.filter(pk__in=around)}

    def place_above(self, line: Entry, kind: PlaceKind) -> str:
        """The name of the place of this kind around a line."""
        place = self.places.get(line.where.place)
        while place is not None and place.kind != kind:
            place = self.places.get(place.parent_id or 0)
        return place.name if place else ""

    @cached_property
    def classes(self) -> dict[int, ClassGroup]:
        """The classes of the lines."""
        return ClassGroup.objects.in_bulk({line.where.class_group for line in self.lines} - {None})

    @cached_property
    def heads(self) -> dict[tuple[Post, int], str]:
        """Who is class teacher of each class and principal of each school."""
        posts = PostHeld.objects.filter(live(self.view.as_of)).select_related("person").order_by("pk")
        teachers = posts.filter(post=Post.CLASS_TEACHER, class_group__in=self.classes)
        heads = posts.filter(post=Post.PRINCIPAL, place__in={line.where.place for line in self.lines})
        found = {(Post.CLASS_TEACHER, row.class_group_id or 0): row.person.name for row in teachers}
        return found | {(Post.PRINCIPAL, row.place_id or 0): row.person.name for row in heads}

    # The records that lines tell of.

    def _told(self, rows: QuerySet[Any], column: str = "pk") -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keys in some(line.source for line in self.lines if line.source):
            found |= {str(row.pk): row for row in rows.filter(**{f"{column}__in": keys})}
        return found

    @cached_property
    def routes(self) -> dict[str, SpecialRoute]:
        """Special routes."""
        return self._told(SpecialRoute.objects.all())

    @cached_property
    def plans(self) -> dict[UUID, TuitionPlan]:
        """The last plan of each child taught at home, with the lessons given."""
        rows = TuitionPlan.objects.filter(at__lte=self.view.known_at).prefetch_related("given")
        return {row.child_id: row for row in self._by_child(rows.order_by("at", "pk"))}

    @cached_property
    def pairings(self) -> dict[str, Pairing]:
        """Pairings with their contacts."""
        rows = Pairing.objects.select_related("helper", "ended").prefetch_related("contacts__act")
        return self._told(rows)

    @cached_property
    def visits(self) -> dict[str, Visit]:
        """Visits with whoever took part."""
        rows = Visit.objects.select_related("act__by", "village").prefetch_related("people__person")
        return self._told(rows)

    @cached_property
    def relief(self) -> dict[str, ReliefAsked]:
        """Relief and what was decided."""
        return self._told(ReliefAsked.objects.select_related("decided"))

    @cached_property
    def tips(self) -> dict[str, Tip]:
        """Tips with where they were passed on to; who gave them stays sealed."""
        rows = Tip.objects.defer("reporter_sealed").select_related("answer__by", "taken_up_by", "place")
        return self._told(rows.prefetch_related("forwarded__to"))

    @cached_property
    def place_acts(self) -> dict[str, PlaceAct]:
        """Meetings and publicity."""
        return self._told(PlaceAct.objects.select_related("by", "place", "class_group"))


def as_day(moment: datetime | date | None) -> str:
    """2026-11-20, or nothing."""
    if moment is None:
        return ""
    return (day_in_china(moment) if isinstance(moment, datetime) else moment).isoformat()
