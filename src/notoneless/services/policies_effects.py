"""What other packs would change for a case: obligations lost, gained, moved to another moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.evaluate import evaluate
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.stages import SETTLED
from notoneless.core.terms import Act, ObligationState, Post
from notoneless.records import constants, models
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import LIVE, Case
from notoneless.records.packs import CaseStep, versions_on
from notoneless.services.assessments import AT_ONCE


class Owed(NamedTuple):
    """An obligation in short."""

    key: UUID
    ref: str  # "pack#rule"
    version: str  # of the pack
    act: Act
    who: Post
    to: Post | None
    arose_at: datetime
    due_at: datetime | None
    state: ObligationState


class Moved(NamedTuple):
    """The same obligation, due at another moment."""

    was: Owed
    now: Owed


class CaseEffect(NamedTuple):
    """What changes for one case; only obligations that are not yet met."""

    case: int
    number: str
    child: UUID
    was: str  # "pack@version …" the case stands on
    now: str
    lost: tuple[Owed, ...]
    gained: tuple[Owed, ...]
    moved: tuple[Moved, ...]

    def as_json(self) -> dict[str, object]:
        """For the journal: numbers and keys, no names."""
        return {
            "case": self.number,
            "was": self.was,
            "now": self.now,
            "lost": [str(each.key) for each in self.lost],
            "gained": [str(each.key) for each in self.gained],
            "moved": [str(each.now.key) for each in self.moved],
        }


Rebased = tuple[Case, Subject, Subject]  # as it stands, and on the packs in force


def rebased_subjects(cases: Sequence[Case], at: datetime) -> list[Rebased]:
    """Those of `cases` that are open and keep older packs, with the child before and after re-basing."""
    open_cases = {case.child_id: case for case in cases if case.stage not in SETTLED}
    children = list(open_cases)
    found: list[Rebased] = []
    for i in range(0, len(children), AT_ONCE):
        chunk = subjects(children[i : i + AT_ONCE], as_of=at)
        homes = constants.of_classes({subject.home.id for subject in chunk.values()})
        for child, subject in chunk.items():
            case = open_cases[child]
            steps = [*subject.record.case_steps, CaseStep(at, case.stage, case.stage)]
            home = constants.for_case(homes[subject.home.id], steps)
            if home.adopted != subject.home.adopted:
                found.append((case, subject, subject._replace(home=home)))
    return sorted(found, key=lambda each: each[0].number)


def effects_of(found: Iterable[Rebased], at: datetime) -> list[CaseEffect]:
    """What re-basing changes for each."""
    return [effect(case, before, before.home.packs, after.home.packs, at) for case, before, after in found]


def effect(
    case: Case,
    subject: Subject,
    was: PacksInForce,
    now: PacksInForce,
    at: datetime,
    since: datetime | None = None,
) -> CaseEffect:
    """What the packs `now` instead of `was` change for a case, of what arose at `since` or later."""
    before, after = (_by_key(subject, packs, at) for packs in (was, now))
    return CaseEffect(
        case.pk,
        case.number,
        case.child_id,
        versions_on(was, at.date()),
        versions_on(now, at.date()),
        tuple(_live(before, after.keys(), since)),
        tuple(_live(after, before.keys(), since)),
        tuple(_moved(before, after, since)),
    )


def _by_key(subject: Subject, packs: PacksInForce, at: datetime) -> dict[UUID, Owed]:
    found = evaluate(subject.history, subject.home.calendar, packs, as_of=at)
    return {owed.key: owed for owed in map(short, found.obligations)}


def short(o: Obligation) -> Owed:
    """The obligation in short."""
    version, duty = o.bound.pack.version, o.duty
    return Owed(o.key, o.bound.ref, version, duty.act, duty.who, duty.to, o.arose_at, o.due.at, o.state)


def _live(owed: dict[UUID, Owed], other: Iterable[UUID], since: datetime | None) -> Iterable[Owed]:
    elsewhere = set(other)
    for each in owed.values():
        if each.key not in elsewhere and each.state in LIVE and _recent(each, since):
            yield each


def _moved(before: dict[UUID, Owed], after: dict[UUID, Owed], since: datetime | None) -> Iterable[Moved]:
    for key, now in after.items():
        was = before.get(key)
        if was is not None and now.state in LIVE and was.due_at != now.due_at and _recent(now, since):
            yield Moved(was, now)


def _recent(owed: Owed, since: datetime | None) -> bool:
    return since is None or owed.arose_at >= since


def take_new_versions(found: Iterable[Rebased], at: datetime) -> None:
    """Live obligations that both versions of a pack ask for are counted by the new one from now on."""
    for _, _, after in found:
        for owed in _by_key(after, after.home.packs, at).values():
            if owed.state in LIVE:
                stored = models.Obligation.objects.filter(key=owed.key, state__in=LIVE)
                stored.exclude(pack_version=owed.version).update(pack_version=owed.version)
