"""What people did about absent children: mostly in time, sometimes late, now and then not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from notoneless.batch.simulate.params import Params
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.facts import ActDone
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.spells import SEEN
from notoneless.core.stages import RETURNED
from notoneless.core.terms import Act, ActOutcome, CloseOutKind, ObligationState, Post, Stage

ROUNDS = 8  # an act may oblige a further one (a visit its report); no pack's chain is as long as this
HOURS = (8, 20)  # acts are done between these hours
IsGone = Callable[[date], bool]


def acts_about(
    history: History,
    calendar: SchoolCalendar,
    packs: PacksInForce,
    *,
    gone: IsGone,
    seed: int,
    params: Params,
    until: datetime,
) -> tuple[ActDone, ...]:
    """The acts that one child's obligations led people to, as known at `until`; none of those it has already.

    `gone` tells whether the child has really left on a day. Whether and when an obligation is answered hangs
    on the seed and the obligation's key alone, so looking further ahead changes nothing that was done.
    """
    people = _People(seed, params, gone, until)
    start = len(history.acts)
    for _ in range(ROUNDS):
        assessment = evaluate(history, calendar, packs, as_of=until)
        fresh = [
            *people.answers(assessment.obligations),
            *people.close_outs(history, calendar, packs, assessment),
        ]
        if not fresh:
            break
        history = history._replace(acts=(*history.acts, *fresh))
    return history.acts[start:]


class _People:
    """Those who act: each obligation gets one answer."""

    def __init__(self, seed: int, params: Params, gone: IsGone, until: datetime) -> None:
        self._seed = seed
        self._params = params
        self._gone = gone
        self._until = until
        self._seen: set[str] = set()

    def answers(self, obligations: Iterable[Obligation]) -> Iterator[ActDone]:
        """An act for each obligation that has had none, unless it lies ahead or is never done."""
        for obligation in obligations:
            if obligation.state is ObligationState.MET or not self._first_time(str(obligation.key)):
                continue
            rng = self._chance(str(obligation.key))
            at = self._moment(rng, obligation)
            if at is not None:
                yield from self._known(self._act(rng, obligation, at))

    def close_outs(
        self, history: History, calendar: SchoolCalendar, packs: PacksInForce, assessment: Assessment
    ) -> Iterator[ActDone]:
        """A case is closed out some days after the child has been back for as long as the pack asks."""
        closing = packs.closing(CloseOutKind.STABLE_RETURN)
        if closing is None or assessment.stage not in RETURNED:
            return
        back = next(each.at for each in reversed(assessment.path) if each.stage is Stage.BACK)
        name = f"{history.child}/close-out/{back.date()}"
        stable = _stable_on(history, calendar, back.date(), closing.present_school_days, self._until)
        if stable is not None and self._first_time(name):
            rng = self._chance(name)
            day = calendar.nth_school_day_after(stable, 1) if rng.random() < 0.4 else stable
            at = datetime.combine(day, back.timetz()).replace(
                hour=rng.randint(14, 17), minute=rng.randrange(60)
            )
            office = Post.SCHOOL_OFFICE
            yield from self._known(
                ActDone(Act.CLOSE_OUT, at, at, office, frozenset({office}), evidence=closing.evidence)
            )

    def _first_time(self, name: str) -> bool:
        first = name not in self._seen
        self._seen.add(name)
        return first

    def _chance(self, name: str) -> Random:
        return Random(f"{self._seed}/act/{name}")

    def _known(self, act: ActDone) -> Iterator[ActDone]:
        if act.learned_at <= self._until:
            yield act

    def _moment(self, rng: Random, obligation: Obligation) -> datetime | None:
        """When it is done: early in its time as a rule; None when nobody ever does it."""
        begins = max([obligation.arose_at, *(fact.learned_at for fact in obligation.facts)])
        due, fate, how_far = obligation.due.at, rng.random(), rng.uniform(0.08, 0.55)
        if due is None or fate < self._params.act_never:
            return None
        if fate < self._params.act_never + self._params.act_late:
            return _by_day(due + timedelta(hours=1 + 24 * how_far))
        if due <= begins:
            return _by_day(begins + timedelta(minutes=10 + 120 * how_far))
        at = _by_day(begins + (due - begins) * how_far)
        return at if begins <= at <= due else begins + (due - begins) * how_far

    def _act(self, rng: Random, obligation: Obligation, at: datetime) -> ActDone:
        duty = obligation.duty
        at = at.replace(second=0, microsecond=0)
        return ActDone(
            duty.act,
            max(at, obligation.arose_at),
            max(at, obligation.arose_at) + timedelta(minutes=rng.randrange(6)),
            duty.who,
            duty.taking_part | {duty.who},
            duty.to,
            self._outcome(rng, duty.act, at.date()),
            duty.needs,
            f"act/{obligation.key}",
        )

    def _outcome(self, rng: Random, act: Act, day: date) -> ActOutcome:
        gone, drawn = self._gone(day), rng.random()
        if act in (Act.CONTACT_GUARDIAN, Act.VERIFY, Act.FOLLOW_UP_CALL) and drawn < self._params.unreachable:
            return ActOutcome.UNREACHABLE
        if act in (Act.CONTACT_GUARDIAN, Act.FOLLOW_UP_CALL):
            return ActOutcome.REACHED
        if act is Act.HOME_VISIT:
            return ActOutcome.CONFIRMED_DROPOUT if gone and drawn < 0.6 else ActOutcome.PROMISED_RETURN
        if act is Act.PERSUADE:
            refused = gone and drawn < self._params.refused
            return ActOutcome.REFUSED if refused else ActOutcome.PROMISED_RETURN
        return ActOutcome.DONE


def _by_day(at: datetime) -> datetime:
    """The same day within the hours people are up and about."""
    first, last = HOURS
    if at.hour < first:
        return at.replace(hour=first, minute=30 + at.minute // 2)
    return at.replace(hour=last - 1) if at.hour >= last else at


def _stable_on(
    history: History, calendar: SchoolCalendar, back: date, wanted: int, until: datetime
) -> date | None:
    """The day on which `wanted` school days in a row since `back` had the child present; None if not yet."""
    not_present = {mark.day for mark in history.as_known_at(until).marks if mark.status not in SEEN}
    in_a_row = 0
    for day in calendar.school_days(back, until.date() + timedelta(days=1)):
        in_a_row = 0 if day in not_present else in_a_row + 1
        if in_a_row == wanted:
            return day
    return None
