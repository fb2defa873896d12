"""制度的采用: a place adopts a pack from a day on; open cases keep theirs until they are re-based."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Case, ClassGroup, JournalEntry, PackAdopted, Person, Place
from notoneless.records.pack_texts import keep_shipped, versions_text
from notoneless.records.packs import packs_at, versions_on
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.deriving import Changes, derive
from notoneless.services.finding import answering_at, the_person
from notoneless.services.permissions import posts_in, refusal, require
from notoneless.services.policies_effects import CaseEffect, effects_of, rebased_subjects, take_new_versions
from notoneless.services.policies_loads import Load
from notoneless.services.policies_plan import planned
from notoneless.services.policies_preview import Preview, preview
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

__all__ = [
    "CaseEffect",
    "Load",
    "Preview",
    "adopt",
    "held_cases",
    "may_adopt",
    "may_rebase",
    "preview",
    "rebase",
    "would_rebase",
]

WHY = "个案改按现行制度办理"


def may_adopt(person: Person, place: Place, on: date) -> Refusal | None:
    """Why this person may not adopt a pack for this place, or None."""
    posts = posts_in(person, Thing.POLICY, Verb.ADOPT, place, on)
    if place.kind is PlaceKind.SCHOOL:
        if Post.PRINCIPAL in posts:
            return None
        return Refusal(
            "MAY_NOT_ADOPT",
            f"{place.name}采用什么制度由本校校长决定。",
            f"What {place.name} adopts is for its principal to decide.",
        )
    if Post.COUNTY_BUREAU in posts:
        return None
    return Refusal(
        "MAY_NOT_ADOPT",
        f"{place.name}采用什么制度由县教育局决定。",
        f"What {place.name} adopts is for the county education bureau to decide.",
    )


def may_rebase(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not re-base cases of this class, or None."""
    return refusal(person, Thing.CASE, Verb.REBASE, class_group, on)


@one_act
def adopt(*, by: Person | int, place: Place | int, pack_id: str, from_day: date, at: datetime) -> PackAdopted:
    """Adopt the shipped pack, in the version of today, for a place from a day on. Raises Refusal.

    The place keeps this version, and those of all it extends, until it adopts again: a new release of the
    product changes nobody's obligations. Cases that are open on `from_day` keep what they began with.
    """
    person = the_person(by)
    number = place if isinstance(place, int) else place.pk
    where = Place.objects.select_for_update().get(pk=number)
    if (no := may_adopt(person, where, at.date())) is not None:
        raise no
    plan = planned(where, pack_id, from_day, at=at)
    before = versions_on(packs_at(where), from_day)
    keep_shipped(pack.id for pack in plan.packs)
    row = PackAdopted.objects.create(
        place=where,
        pack_id=pack_id,
        pack_version=plan.packs[0].version,
        versions=versions_text(plan.packs),
        from_day=from_day,
        adopted_at=at,
        by=person,
    )
    after = versions_on(packs_at(where), from_day)
    body = {"pack": pack_id, "from": str(from_day), "versions": row.versions, "was": before, "now": after}
    JournalEntry.objects.create(
        at=at, by=person, act="ADOPT_PACK", subject_kind="place", subject_id=str(number), body=body
    )
    return row


# Cases.


def held_cases(place: Place, *, at: datetime) -> list[Case]:
    """The open cases of a place that keep packs which the place has replaced, by number."""
    ours = Case.objects.filter(child__enrolments__class_group__school__path__startswith=place.path or "/")
    return [case for case, _, _ in rebased_subjects(list(ours.distinct().order_by("number")), at)]


def would_rebase(cases: Collection[Case | int], *, at: datetime) -> list[CaseEffect]:
    """What `rebase` would change for each of these cases; writes nothing."""
    return effects_of(rebased_subjects(_rows(cases), at), at)


@one_act
def rebase(*, by: Person | int, cases: Collection[Case | int], reason: str, at: datetime) -> list[CaseEffect]:
    """Put open cases on the packs now in force where they are; what changed for each. Raises Refusal.

    An adoption then binds the child from the day it binds its class. What was done stays done; what is owed
    no longer is withdrawn with the reason. Cases already on the packs in force are passed over.
    """
    person, rows = the_person(by), _rows(cases)
    for case in rows:
        require(person, Thing.CASE, Verb.REBASE, answering_at(case.child, at.date()), at.date())
    if not reason.strip():
        raise Refusal(
            "NO_REASON",
            "请写明改按现行制度办理的理由。",
            "Say why the cases are to follow the packs in force.",
        )
    hold([case.child_id for case in rows])
    found = rebased_subjects(_rows(rows), at)
    if not found:
        raise Refusal(
            "NOTHING_TO_REBASE",
            "所选个案没有需要改按现行制度的：有的已按现行制度办理，有的已经结束。",
            "None of these cases keeps an older pack: they follow the packs in force, or are settled.",
        )
    effects, changes = effects_of(found, at), Changes()
    for case, _, after in found:
        stage = case.stage.value
        changes.writes.case_change.append((case.child_id, at, at, "", stage, stage, f"{WHY}：{reason}"[:300]))
        derive(after, as_of=at, why=f"{WHY}：{reason}"[:300], into=changes)
    listed = [effect.as_json() for effect in effects]
    subject = str(found[0][0].child_id) if len(found) == 1 else ""
    keep(changes, at=at, entry=Entry("REBASE", "child", subject, {"cases": listed}, person, reason[:300]))
    take_new_versions(found, at)
    return effects


def _rows(cases: Collection[Case | int]) -> list[Case]:
    numbers = [case if isinstance(case, int) else case.pk for case in cases]
    return list(Case.objects.filter(pk__in=numbers).select_related("child").order_by("number"))
