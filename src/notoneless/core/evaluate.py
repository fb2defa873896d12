"""One child's history under the policy in force: the stage, the obligations, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.facts import CHINA_TIME, ActDone
from notoneless.core.history import History
from notoneless.core.hold import held_on
from notoneless.core.obligations import Obligation, met_by, state_of
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import Anchor, ChainTrigger, Duty, PolicyPack, StageTrigger
from notoneless.core.spells import Day, Spell, current_number, exceptional_days, spells
from notoneless.core.stages import EVENT_OF, Reached, stages
from notoneless.core.terms import (
    Act,
    ActOutcome,
    AttendanceStatus,
    CloseOutKind,
    EventKind,
    Stage,
    StageEvent,
)
from notoneless.core.time_limit import due
from notoneless.core.triggers import Firing, Situation, firings, possible


class Assessment(NamedTuple):
    """What is owed for one child, where the child stands, and what unknown days might add."""

    obligations: tuple[Obligation, ...]
    path: tuple[Reached, ...]  # stages reached, in order
    spells: tuple[Spell, ...]  # by the nearest pack's counting
    possible: tuple[tuple[str, Spell], ...]  # rule reference and the spell that might reach it

    @property
    def stage(self) -> Stage:
        """Where the child stands now."""
        return self.path[-1].stage if self.path else Stage.ATTENDING


NOTHING_OWED = Assessment((), (), (), ())


def evaluate(
    history: History, calendar: SchoolCalendar, packs: PacksInForce, *, as_of: datetime
) -> Assessment:
    """What is owed for one child, judged only on what was known at `as_of`."""
    view = history.as_known_at(as_of)
    calendar = calendar.as_known_at(as_of)
    days = exceptional_days(view, calendar, as_of=as_of)
    if not (days or view.acts or view.events):
        return NOTHING_OWED
    if any(event.kind is EventKind.SAME_CHILD and event.at <= as_of for event in view.events):
        return NOTHING_OWED  # what is owed for the child is owed in the record that stays
    now = _last_school_day(view, calendar, as_of)
    found = _Evaluation(packs, _situations(view, calendar, packs, as_of, days, now), now)
    found.run()
    return found.assessment()


def _last_school_day(view: History, calendar: SchoolCalendar, as_of: datetime) -> int:
    """The number of the last school day on which silence meant presence: none after the enrolment ended."""
    if view.enrolled_until is not None and view.enrolled_until <= as_of.date():
        return calendar.school_day_number(view.enrolled_until - ONE_DAY)
    return current_number(calendar, as_of.date(), _has_begun(calendar, as_of))


def _has_begun(calendar: SchoolCalendar, as_of: datetime) -> bool:
    """True once the day's first roll call has begun; before it, today says nothing about anybody."""
    starts = min((s.starts for s in calendar.roll_call_sessions()), default=time.min)
    return as_of.timetz().replace(tzinfo=None) >= starts


def _situations(
    view: History, calendar: SchoolCalendar, packs: PacksInForce, as_of: datetime, days: list[Day], now: int
) -> list[Situation]:
    """What the triggers look at, once for each way of counting that the packs ask for."""
    return [
        Situation(view, calendar, as_of, days, spells(days, counting, now), {}, ())
        for counting in packs.countings
    ]


class _Evaluation:
    """One run over the rules, in chain order; rules that look at stages come after the stages are known."""

    def __init__(self, packs: PacksInForce, situations: list[Situation], now: int) -> None:
        self.packs = packs
        self.situations = situations
        self.now = now
        self.nearest = situations[0]
        self.acts: dict[Act, list[ActDone]] = {}
        for act in self.nearest.history.acts:
            self.acts.setdefault(act.act, []).append(act)
        self.owed: dict[str, list[Obligation]] = {}
        self.events: list[tuple[datetime, StageEvent]] = []
        self.path: tuple[Reached, ...] = ()

    def run(self) -> None:
        late: list[tuple[BoundRule, int]] = []
        for bound, counting in self.packs.child_rules:
            if _waits_for_stages(bound, late):
                late.append((bound, counting))
            else:
                self._apply(bound, self.situations[counting])
        self.path = self._stages()
        for bound, counting in late:
            self._apply(bound, self.situations[counting]._replace(path=self.path))

    def assessment(self) -> Assessment:
        owed = sorted((o for list_ in self.owed.values() for o in list_), key=lambda o: o.sort_key)
        return Assessment(tuple(owed), self.path, tuple(self.nearest.spells), tuple(self._possible()))

    def _apply(self, bound: BoundRule, situation: Situation) -> None:
        if isinstance(bound.rule.when, ChainTrigger):
            situation = situation._replace(owed=self._owed_in(bound.pack))
        for firing in firings(bound.rule.when, situation):
            if bound.binds_on(firing.at.date()):
                if bound.rule.stage in EVENT_OF:
                    self.events.append((firing.at, EVENT_OF[bound.rule.stage]))
                owed = [self._obligation(bound, i, firing) for i in range(len(bound.rule.obliges))]
                self.owed.setdefault(bound.ref, []).extend(owed)

    def _owed_in(self, pack: PolicyPack) -> dict[str, list[Obligation]]:
        """What the rules of one pack have brought so far, by rule id: a chain stays within its document."""
        return {rule.id: self.owed.get(f"{pack.id}#{rule.id}", []) for rule in pack.rules}

    def _obligation(self, bound: BoundRule, number: int, firing: Firing) -> Obligation:
        view, calendar, as_of = self.nearest.history, self.nearest.calendar, self.nearest.as_of
        duty = bound.rule.obliges[number]
        moment = due(self._anchor(duty, firing), duty.by, calendar)
        act = met_by(self._done_since(firing.at, duty.act), duty, firing.at)
        state = state_of(moment, act, as_of)
        return Obligation(
            view.child, bound, number, firing.occasion, firing.at, moment, state, firing.facts, act
        )

    def _done_since(self, moment: datetime, act: Act) -> Sequence[ActDone]:
        """The acts of a kind from a moment on; they stand in the order in which they were done."""
        acts = self.acts.get(act, ())
        return acts[bisect_left(acts, moment, key=_at) :]

    def _anchor(self, duty: Duty, firing: Firing) -> datetime:
        if duty.anchor is Anchor.SPELL_START and firing.spell_start:
            return _midnight(firing.spell_start)
        if duty.anchor is Anchor.TERM_START:
            term = self.nearest.calendar.term_of(firing.at.date())
            return _midnight(term.first_day) if term else firing.at
        return firing.at

    def _stages(self) -> tuple[Reached, ...]:
        events, entered = self.events, self._entered()
        events += [(at, StageEvent.NEVER_ENROLLED) for at in self._never_enrolled()]
        if events:
            events += [(at, StageEvent.CAME_BACK) for at in self._returns()]
            events += [(self._first_roll_call(*day), StageEvent.CAME_BACK) for day in entered]
            events += [(at, StageEvent.HELD) for at in self._held(entered)]
            events += self._by_acts()
        return stages(events)

    def _by_acts(self) -> Iterator[tuple[datetime, StageEvent]]:
        for act in self.nearest.history.acts:
            if act.act is Act.CLOSE_OUT:
                yield act.at, StageEvent.CLOSED_OUT
            elif act.outcome is ActOutcome.ELSEWHERE:
                yield act.at, StageEvent.FOUND_ELSEWHERE

    def _never_enrolled(self) -> list[datetime]:
        """When it was found that the child had never been to school; a day still to come is none."""
        kind, as_of = EventKind.NEVER_ENROLLED, self.nearest.as_of
        return [e.at for e in self.nearest.history.events if e.kind is kind and e.at <= as_of]

    def _entered(self) -> list[tuple[date, int]]:
        """For a child found never enrolled, its first day seen since: a day, and how many school days on."""
        first, found = self.nearest.history.enrolled_from, self._never_enrolled()
        if not found or first == date.min:
            return []
        before = max(first - ONE_DAY, found[-1].date())
        start = self.nearest.calendar.school_day_number(before)
        number = self._next_seen(start + 1)
        return [(before, number - start)] if number <= self.now else []

    def _returns(self) -> Iterator[datetime]:
        """After each spell, the day the child was seen again; a day on leave or unknown is no return."""
        for spell in self.nearest.spells:
            number = self._next_seen(spell.last_number + 1)
            if number <= self.now:
                yield self._first_roll_call(spell.last_day, number - spell.last_number)

    @cached_property
    def _away(self) -> frozenset[int]:
        """The numbers of the school days on which the child was not seen."""
        days = self.nearest.days
        return frozenset(day.number for day in days if day.outcome is not AttendanceStatus.PRESENT)

    def _next_seen(self, number: int) -> int:
        while number in self._away:
            number += 1
        return number

    def _held(self, entered: list[tuple[date, int]]) -> Iterator[datetime]:
        """After each absence, the day on which the return had lasted as long as the policy asks."""
        closing = self.packs.closing(CloseOutKind.STABLE_RETURN)
        if closing is None:
            return
        absent = {day.number: day.day for spell in self.nearest.spells for day in spell.days}
        number_of = self.nearest.calendar.school_day_number
        absent |= {number_of(before): before for before, _ in entered}
        for broken, held in held_on(absent, self._away, closing.present_school_days, self.now):
            yield self._first_roll_call(absent[broken], held - broken)

    def _first_roll_call(self, day: date, later: int) -> datetime:
        """The first roll call `later` school days after `day`."""
        calendar = self.nearest.calendar
        found = calendar.nth_school_day_after(day, later)
        sessions = calendar.roll_call_sessions()
        return calendar.session_start(found, sessions[0].code) if sessions else _midnight(found)

    def _possible(self) -> Iterator[tuple[str, Spell]]:
        if any(spell.unknown for situation in self.situations for spell in situation.spells):
            for bound, counting in self.packs.child_rules:
                for spell in possible(bound.rule.when, self.situations[counting]):
                    yield bound.ref, spell


def _waits_for_stages(bound: BoundRule, late: Collection[tuple[BoundRule, int]]) -> bool:
    """Whether the rule looks at stages, or is chained to one of `late` that does."""
    when = bound.rule.when
    if isinstance(when, ChainTrigger):
        return any(each.pack is bound.pack and each.rule.id == when.rule for each, _ in late)
    return isinstance(when, StageTrigger)


def _at(act: ActDone) -> datetime:
    return act.at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA_TIME)
