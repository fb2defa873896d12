"""One child's history under the policy in force: the stage, the obligations, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.history import History
from notoneless.core.obligations import Obligation, met_by, state_of
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import Anchor, Counting, Duty, StageTrigger
from notoneless.core.spells import Day, Spell, current_number, exceptional_days, spells
from notoneless.core.stages import EVENT_OF, Reached, stages
from notoneless.core.terms import Act, Stage, StageEvent
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
    days = exceptional_days(view, calendar)
    if not (days or view.acts or view.events):
        return NOTHING_OWED
    now = current_number(calendar, as_of.date(), _has_begun(calendar, as_of))
    by_counting = {counting: spells(days, counting, now) for counting in packs.countings}
    found = _Evaluation(view, calendar, packs, as_of, days, by_counting)
    found.run()
    return found.assessment()


def _has_begun(calendar: SchoolCalendar, as_of: datetime) -> bool:
    """True once the day's first roll call has begun; before it, today says nothing about anybody."""
    starts = min((s.starts for s in calendar.roll_call_sessions()), default=time.min)
    return as_of.timetz().replace(tzinfo=None) >= starts


class _Evaluation:
    """One run over the rules, in chain order; rules that look at stages come after the stages are known."""

    def __init__(
        self,
        history: History,
        calendar: SchoolCalendar,
        packs: PacksInForce,
        as_of: datetime,
        days: list[Day],
        by_counting: dict[Counting, list[Spell]],
    ) -> None:
        self.history = history
        self.calendar = calendar
        self.packs = packs
        self.as_of = as_of
        self.days = days
        self.by_counting = by_counting
        self.owed: dict[str, list[Obligation]] = {}
        self.events: list[tuple[datetime, StageEvent]] = []
        self.path: tuple[Reached, ...] = ()

    def run(self) -> None:
        late = []
        for bound in self.packs.rules:
            if isinstance(bound.rule.when, StageTrigger):
                late.append(bound)
            else:
                self._apply(bound)
        self.path = self._stages()
        for bound in late:
            self._apply(bound)

    def assessment(self) -> Assessment:
        owed = sorted((o for list_ in self.owed.values() for o in list_), key=lambda o: o.sort_key)
        nearest = self.by_counting[self.packs.layers[0][0].counting]
        return Assessment(tuple(owed), self.path, tuple(nearest), tuple(self._possible()))

    def _apply(self, bound: BoundRule) -> None:
        for firing in firings(bound.rule.when, self._situation(bound)):
            if bound.binds_on(firing.at.date()):
                if bound.rule.stage in EVENT_OF:
                    self.events.append((firing.at, EVENT_OF[bound.rule.stage]))
                owed = [self._obligation(bound, i, firing) for i in range(len(bound.rule.obliges))]
                self.owed.setdefault(bound.ref, []).extend(owed)

    def _situation(self, bound: BoundRule) -> Situation:
        spells = self.by_counting[bound.pack.counting]
        owed = {
            ref.split("#", 1)[1]: o for ref, o in self.owed.items() if ref.startswith(bound.pack.id + "#")
        }
        return Situation(self.history, self.calendar, self.as_of, self.days, spells, owed, self.path)

    def _obligation(self, bound: BoundRule, number: int, firing: Firing) -> Obligation:
        duty = bound.rule.obliges[number]
        moment = due(self._anchor(duty, firing), duty.by, self.calendar)
        act = met_by(self.history.acts, duty, firing.at)
        state = state_of(moment, act, self.as_of)
        return Obligation(
            self.history.child, bound, number, firing.occasion, firing.at, moment, state, firing.facts, act
        )

    def _anchor(self, duty: Duty, firing: Firing) -> datetime:
        if duty.anchor is Anchor.SPELL_START and firing.spell_start:
            return _midnight(firing.spell_start)
        if duty.anchor is Anchor.TERM_START:
            term = self.calendar.term_of(firing.at.date())
            return _midnight(term.first_day) if term else firing.at
        return firing.at

    def _stages(self) -> tuple[Reached, ...]:
        events = self.events
        if events:
            nearest = self.by_counting[self.packs.layers[0][0].counting]
            events += [(self._back_at(s), StageEvent.CAME_BACK) for s in nearest if not s.going_on]
            closed = (act for act in self.history.acts if act.act is Act.CLOSE_OUT)
            events += [(act.at, StageEvent.CLOSED_OUT) for act in closed]
        return stages(events)

    def _back_at(self, spell: Spell) -> datetime:
        """The first roll call of the first school day after the spell: the child was there."""
        day = self.calendar.next_school_day(date.fromordinal(spell.last_day.toordinal() + 1))
        sessions = self.calendar.roll_call_sessions()
        return self.calendar.session_start(day, sessions[0].code) if sessions else _midnight(day)

    def _possible(self) -> Iterator[tuple[str, Spell]]:
        for bound in self.packs.rules:
            for spell in possible(bound.rule.when, self._situation(bound)):
                yield bound.ref, spell


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA_TIME)
