"""Made-up children under two packs: on which of their days the packs ask for different things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME, ActDone, Event, Leave, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.paper import WEEKDAYS
from notoneless.core.policy.draw import draw
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import (
    AbsenceTrigger,
    AfterTrigger,
    ChainTrigger,
    EventTrigger,
    LeaveTrigger,
    StageTrigger,
    Within,
)
from notoneless.core.policy.say import limit_line
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    DayKind,
    EventKind,
    Evidence,
    Post,
    SessionKind,
)

ORDINARY = date(2026, 11, 2)  # a Monday with no holiday near
FRIDAY = date(2026, 11, 6)
BEFORE_HOLIDAY = date(2026, 9, 29)  # two school days before the national holiday of 2026
DAYS, MONTH = 15, 23  # school days of absence tried, and the school days of a long month
FEW = 6  # absences with a day at school after each
NOT_ASKED = "不要求"
ACT_ON = 3  # the school day of absence on which somebody acts


class Step(NamedTuple):
    """A day (or a lesson) of a trial, from its moment on: what it is called, how many absences so far."""

    starts: datetime
    number: int
    word: str
    absent: int


class Trial(NamedTuple):
    """A made-up child: what is the matter, what is known, and the steps to look at."""

    about: str
    history: History
    steps: tuple[Step, ...]
    unit: str = "个上课日"


class _Unlike(NamedTuple):
    """One act, with its addressee, that the two packs ask for differently on one step."""

    step: Step
    act: str
    a: str
    b: str


Asked = dict[tuple[object, ...], str]  # duties as they bind, each with how people read it


def differing_days(
    a: PacksInForce, b: PacksInForce, calendar: SchoolCalendar
) -> Iterator[tuple[str, str, str]]:
    """Which days of which children are treated differently: the days in words, what 甲 asks, what 乙 asks.

    A later trial says only what the plain spell of absence has not said already.
    """
    told: set[tuple[int, str, str, str]] = set()
    for number, trial in enumerate(_trials(a, b, calendar)):
        found = [each for each in _unlike(trial, a, b, calendar) if _key(each) not in told]
        if number == 0:
            told |= {_key(each) for each in found}
        for same in _alike(found):
            yield f"{trial.about}，{_steps_words(same, trial)}", same[0].a, same[0].b


def _key(unlike: _Unlike) -> tuple[int, str, str, str]:
    return (unlike.step.absent, unlike.act, unlike.a, unlike.b)


def _alike(found: Iterable[_Unlike]) -> list[list[_Unlike]]:
    """The steps that show the same difference together, in order of the first of them."""
    by_content: dict[tuple[str, str, str], list[_Unlike]] = {}
    for each in sorted(found, key=lambda unlike: unlike.step.number):
        by_content.setdefault((each.act, each.a, each.b), []).append(each)
    return list(by_content.values())


def _steps_words(same: list[_Unlike], trial: Trial) -> str:
    """`第 2 个上课日（11-03 周二 旷课）`, or `第 1–3、5 个上课日`."""
    numbers = [each.step.number for each in same]
    word = f"（{same[0].step.word}）" if len(same) == 1 and same[0].step.word else ""
    return f"第 {_ranges(numbers)} {trial.unit}{word}"


def _ranges(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}–{run[-1]}" if run[1:] else f"{run[0]}" for run in runs)


# What a pack asks for on each step.


def _unlike(trial: Trial, a: PacksInForce, b: PacksInForce, calendar: SchoolCalendar) -> list[_Unlike]:
    asked_a, asked_b = (_asked(trial, packs, calendar) for packs in (a, b))
    found = []
    for place, act in sorted({*asked_a, *asked_b}):
        of_a, of_b = asked_a.get((place, act), {}), asked_b.get((place, act), {})
        if of_a.keys() != of_b.keys():
            found.append(_Unlike(trial.steps[place], act, _line(of_a), _line(of_b)))
    return found


def _line(asked: Asked) -> str:
    return f"要{'、'.join(sorted(set(asked.values())))}" if asked else NOT_ASKED


def _asked(trial: Trial, packs: PacksInForce, calendar: SchoolCalendar) -> dict[tuple[int, str], Asked]:
    """What the pack asks for, by the step it arose on and the act with its addressee."""
    as_of = datetime.combine(trial.steps[-1].starts.date(), time(23), CHINA_TIME)
    found: dict[tuple[int, str], Asked] = {}
    for obligation in evaluate(trial.history, calendar, packs, as_of=as_of).obligations:
        duty = obligation.duty
        place = max(0, sum(step.starts <= obligation.arose_at for step in trial.steps) - 1)
        binding = (duty.who, duty.taking_part, duty.needs, duty.times, obligation.due.at)
        asked = found.setdefault((place, f"{duty.act} {duty.to or ''}"), {})
        asked[binding] = _as_asked(obligation)
    return found


def _as_asked(obligation: Obligation) -> str:
    """`班主任家访（挂包教师参加，当日 23:59 前，须有家访记录）`."""
    duty = obligation.duty
    posts = "、".join(sorted(post.zh for post in duty.taking_part - {duty.who}))
    needs = "、".join(sorted(each.zh for each in duty.needs))
    more = [f"{posts}参加" if posts else "", _until(obligation), f"须有{needs}" if needs else ""]
    to = f"向{duty.to.zh}" if duty.to else ""
    return f"{duty.who.zh}{to}{duty.act.zh}（{'，'.join(filter(None, more))}）"


def _until(obligation: Obligation) -> str:
    due = obligation.due.at
    if due is not None and due.date() == obligation.arose_at.date():
        times = f"，{obligation.duty.times} 次" if obligation.duty.times > 1 else ""
        return f"当日 {due:%H:%M} 前{times}"
    return limit_line(obligation.duty)


# The children.


def _trials(a: PacksInForce, b: PacksInForce, calendar: SchoolCalendar) -> Iterator[Trial]:
    """The plain spell first, then whatever might make the two packs differ."""
    rules = [*a.rules, *b.rules]
    yield _absent("连续旷课", "A " * _longest_spell(rules), ORDINARY, calendar)
    yield _absent("旷课、请一天假、再旷课", "A A L" + " A" * (DAYS - 2), ORDINARY, calendar)
    yield _absent("旷课、一天没有点名、再旷课", "A A U" + " A" * (DAYS - 2), ORDINARY, calendar)
    yield _absent("原因不明的缺课", "? " * DAYS, ORDINARY, calendar)
    yield _absent("从周五起连着旷课，中间是周末", "A " * DAYS, FRIDAY, calendar)
    yield _absent("从国庆前两天起连着旷课，中间是国庆假期", "A " * DAYS, BEFORE_HOLIDAY, calendar)
    yield _absent("一天来一天不来", "A P " * _longest_sum(rules), ORDINARY, calendar)
    yield _absent(f"旷课 {DAYS} 天之后返校", "A " * DAYS + "P " * DAYS, ORDINARY, calendar)
    yield from _on_leave(rules, calendar)
    yield from _after_acts(rules, calendar)
    yield from _after_events(rules, calendar)
    if any(_counts_lessons(bound) for bound in rules):
        yield _lessons(calendar)


def _absent(about: str, letters: str, since: date, calendar: SchoolCalendar) -> Trial:
    marks = draw(letters, since, calendar, at=_first_session(calendar))
    return Trial(about, History("child", tuple(marks)), _steps(marks))


def _first_session(calendar: SchoolCalendar) -> time:
    return calendar.session_start(ORDINARY, "MORNING").time()


def _steps(marks: Iterable[Mark]) -> tuple[Step, ...]:
    steps: list[Step] = []
    absent = 0
    for number, mark in enumerate(marks, 1):
        absent += mark.status is AttendanceStatus.ABSENT
        starts = datetime.combine(mark.day, time.min, CHINA_TIME)
        word = f"{mark.day:%m-%d} 周{WEEKDAYS[mark.day.weekday()]} {mark.status.zh}"
        steps.append(Step(starts, number, word, absent))
    return tuple(steps)


def _longest_spell(rules: Iterable[BoundRule]) -> int:
    """Long enough for every amount of absence, and for every month a stage is held."""
    whens = [bound.rule.when for bound in rules]
    amounts = [w.amount.count for w in whens if isinstance(w, AbsenceTrigger)]
    held = [w.months * MONTH for w in whens if isinstance(w, StageTrigger)]
    return min(3 * MONTH, max([DAYS, *(n + 1 for n in amounts)]) + max([0, *held]))


def _longest_sum(rules: Iterable[BoundRule]) -> int:
    whens = (bound.rule.when for bound in rules)
    sums = [w.amount.count for w in whens if isinstance(w, AbsenceTrigger) and w.within is not Within.SPELL]
    return min(MONTH, max([FEW, *(n + 1 for n in sums)]))


def _on_leave(rules: list[BoundRule], calendar: SchoolCalendar) -> Iterator[Trial]:
    whens = (bound.rule.when for bound in rules)
    lasting = max([DAYS, *(w.lasts for w in whens if isinstance(w, LeaveTrigger))])
    yield _absent("连续请病假", "S " * lasting, ORDINARY, calendar)
    yield _absent("连续请事假", "L " * lasting, ORDINARY, calendar)
    marks = draw("S S S" + " A" * DAYS, ORDINARY, calendar, at=_first_session(calendar))
    granted = marks[0].at - timedelta(hours=1)
    leave = Leave(marks[0].day, marks[3].day, AbsenceReason.SICK, granted, granted, id="leave")
    yield Trial("病假三天期满仍未到校", History("child", tuple(marks), leaves=(leave,)), _steps(marks))


def _after_acts(rules: Iterable[BoundRule], calendar: SchoolCalendar) -> Iterator[Trial]:
    """For every act that some rule follows, an absent child for whom it is done from day three on."""
    for act, outcome, to, times in dict.fromkeys(wanted for bound in rules for wanted in _acts_wanted(bound)):
        marks = draw("A " * DAYS, ORDINARY, calendar, at=_first_session(calendar))
        moments = [mark.at.replace(hour=16, minute=0) for mark in marks[ACT_ON - 1 :][:times]]
        acts = tuple(_whole_act(act, outcome, to, at) for at in moments)
        found = f"（{outcome.zh}）" if outcome is not ActOutcome.DONE else ""
        often = f"自第 {ACT_ON} 天起 {times} 天每天" if times > 1 else f"第 {ACT_ON} 天"
        about = f"连续旷课，{often}{f'向{to.zh}' if to else ''}{act.zh}{found}"
        yield Trial(about, History("child", tuple(marks), acts=acts), _steps(marks))


def _acts_wanted(bound: BoundRule) -> Iterator[tuple[Act, ActOutcome, Post | None, int]]:
    when = bound.rule.when
    if isinstance(when, AfterTrigger):
        for outcome in sorted(when.outcomes) or [ActOutcome.DONE]:
            yield when.act, outcome, None, when.times
    if isinstance(when, ChainTrigger) and not when.missed:
        for duty in bound.pack.rule(when.rule).obliges:
            yield duty.act, ActOutcome.DONE, duty.to, duty.times


def _whole_act(act: Act, outcome: ActOutcome, to: Post | None, at: datetime) -> ActDone:
    """An act that lacks nothing: everybody took part and all evidence is there."""
    return ActDone(
        act, at, at, Post.PRINCIPAL, frozenset(Post), to, outcome, frozenset(Evidence), id=f"act {at}"
    )


def _after_events(rules: Iterable[BoundRule], calendar: SchoolCalendar) -> Iterator[Trial]:
    kinds = {b.rule.when.kind for b in rules if isinstance(b.rule.when, EventTrigger)}
    for kind in (each for each in EventKind if each in kinds):
        marks = draw("P " * DAYS, ORDINARY, calendar, at=_first_session(calendar))
        at = marks[0].at + timedelta(hours=2)
        event = Event(kind, at, at, id="event")
        yield Trial(f"记下“{kind.zh}”", History("child", tuple(marks), events=(event,)), _steps(marks))


def _counts_lessons(bound: BoundRule) -> bool:
    when = bound.rule.when
    return isinstance(when, AbsenceTrigger) and when.amount.unit is DayKind.LESSON


def _lessons(calendar: SchoolCalendar) -> Trial:
    """One day on which every lesson is missed, from the first to the last."""
    day = calendar.next_school_day(ORDINARY - ONE_DAY)
    lessons = [session for session in calendar.sessions if session.kind is SessionKind.LESSON]
    marks = []
    for session in lessons:
        at = calendar.session_start(day, session.code)
        why = AbsenceReason.UNEXCUSED
        marks.append(Mark(day, session.code, AttendanceStatus.ABSENT, at, at, why, id=session.code))
    steps = tuple(Step(mark.at, number, "", number) for number, mark in enumerate(marks, 1))
    return Trial("一天里连着缺课", History("child", tuple(marks)), steps, "节课")
