"""学籍异动 as one table: what each change requires, whose turn it is, and what it does when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from notoneless.core.terms import Act, ChangeKind, ChangeStep, EventKind, Paper, Quadrant

LONGEST_SUSPENSION = 366  # calendar days: one school year, which may be renewed
REMINDED_BEFORE = timedelta(days=30)  # calendar days before a suspension ends
FIRST_GRADE, LAST_GRADE, LAST_OF_PRIMARY = 1, 9, (5, 6)  # the compulsory grades; primary ends with 5 or 6
FINAL = frozenset({ChangeStep.DONE, ChangeStep.REFUSED, ChangeStep.WITHDRAWN})


class Side(Enum):
    """Whose step it is: the school the child belongs to, the one it goes to, or the county above them."""

    SCHOOL = "school"
    RECEIVER = "receiver"
    BUREAU = "bureau"


class Effect(Enum):
    """What a change does to the roll and the class when it is done."""

    MOVES = "to the other school's roll and class"
    LEAVES_CLASS = "no class, on the roll as before"
    ENTERS_CLASS = "a class again"
    CHANGES_CLASS = "another class of the same school"
    LEAVES = "neither roll nor class"


class Clock(NamedTuple):
    """A clock that starts with a step: the event that sets the rule going, and the side that owes."""

    event: EventKind
    side: Side


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """One kind of change."""

    kind: ChangeKind
    papers: frozenset[Paper]  # beside the request
    chain: tuple[ChangeStep, ...]  # after ASKED; the last one completes it
    effect: Effect
    asked_by: Side = Side.SCHOOL
    grades: range = field(default=range(FIRST_GRADE, LAST_GRADE + 1))
    after_school_year: bool = False  # not before the spring term is over

    @property
    def between_schools(self) -> bool:
        """Whether two schools have a part in it."""
        return ChangeStep.RECEIVER_CONFIRMED in self.chain

    def next_after(self, step: ChangeStep) -> ChangeStep | None:
        """The step that follows; None when it is complete or at an end."""
        if step in FINAL:
            return None
        done = -1 if step is ChangeStep.ASKED else self.chain.index(step)
        return self.chain[done + 1] if done + 1 < len(self.chain) else None


_P, _S = Paper, ChangeStep
_BOTH = (_S.SCHOOL_AGREED, _S.RECEIVER_CONFIRMED)
_BUREAU = (_S.SCHOOL_AGREED, _S.BUREAU_AGREED)
_ALONE = (_S.SCHOOL_AGREED,)
_MOVING = frozenset({_P.GUARDIAN_REQUEST, _P.RESIDENCE_PROOF})

RULES: dict[ChangeKind, ChangeRule] = {
    rule.kind: rule
    for rule in (
        ChangeRule(ChangeKind.TRANSFER_OUT, _MOVING, _BOTH, Effect.MOVES),
        ChangeRule(ChangeKind.TRANSFER_IN, _MOVING, _BOTH, Effect.MOVES, asked_by=Side.RECEIVER),
        ChangeRule(
            ChangeKind.SUSPENSION,
            frozenset({_P.GUARDIAN_REQUEST, _P.MEDICAL_PROOF}),
            _BUREAU,
            Effect.LEAVES_CLASS,
        ),
        ChangeRule(
            ChangeKind.RESUMPTION,
            frozenset({_P.GUARDIAN_REQUEST, _P.HEALTH_PROOF}),
            _ALONE,
            Effect.ENTERS_CLASS,
        ),
        ChangeRule(
            ChangeKind.MOVED_ABROAD,
            frozenset({_P.GUARDIAN_REQUEST, _P.TRAVEL_PROOF}),
            _BUREAU,
            Effect.LEAVES,
        ),
        ChangeRule(
            ChangeKind.REPEAT,
            frozenset({_P.GUARDIAN_REQUEST, _P.SCHOOL_ASSESSMENT}),
            _BUREAU,
            Effect.CHANGES_CLASS,
        ),
        ChangeRule(
            ChangeKind.SKIP,
            frozenset({_P.GUARDIAN_REQUEST, _P.SCHOOL_ASSESSMENT}),
            _BUREAU,
            Effect.CHANGES_CLASS,
            grades=range(FIRST_GRADE, LAST_GRADE),
        ),
        ChangeRule(ChangeKind.DEATH, frozenset({_P.DEATH_CERTIFICATE}), _ALONE, Effect.LEAVES),
        ChangeRule(
            ChangeKind.GRADUATION,
            frozenset(),
            _ALONE,
            Effect.LEAVES,
            grades=range(LAST_GRADE, LAST_GRADE + 1),
            after_school_year=True,
        ),
        ChangeRule(
            ChangeKind.ADVANCEMENT,
            frozenset(),
            _BOTH,
            Effect.MOVES,
            grades=range(LAST_OF_PRIMARY[0], LAST_OF_PRIMARY[-1] + 1),
            after_school_year=True,
        ),
    )
}

SIDES: dict[ChangeStep, Side] = {
    _S.SCHOOL_AGREED: Side.SCHOOL,
    _S.RECEIVER_CONFIRMED: Side.RECEIVER,
    _S.BUREAU_AGREED: Side.BUREAU,
}
# What a school that we do not keep says, it says by a paper which the other school holds.
LETTERS: dict[Side, Paper] = {Side.SCHOOL: _P.SENDER_LETTER, Side.RECEIVER: _P.RECEIVER_LETTER}
# The act by which a step meets the duty that waited for it.
ACTS: dict[tuple[ChangeStep, bool], Act] = {
    (_S.SCHOOL_AGREED, True): Act.ANSWER_TRANSFER,
    (_S.RECEIVER_CONFIRMED, True): Act.CONFIRM_TRANSFER,
    (_S.BUREAU_AGREED, False): Act.APPROVE_CHANGE,
}
# Acts that end a duty only on their own page, where everything they stand for is done with them.
ON_THEIR_OWN_PAGE = frozenset({*ACTS.values(), Act.RESUME_OR_RENEW, Act.TAKE_IN, Act.EXPLAIN})
# Events that such steps record; nobody states them by hand.
NOT_STATED = frozenset(
    {
        EventKind.TRANSFER_ASKED,
        EventKind.TRANSFER_AGREED,
        EventKind.TRANSFER_ENDED,
        EventKind.CHANGE_AGREED,
        EventKind.CHANGE_ENDED,
        EventKind.SUSPENSION_ENDING,
        EventKind.SUSPENSION_ENDED,
        EventKind.RESUMED,
        EventKind.DIED,
        EventKind.DEFERRAL_ENDED,
        EventKind.NOT_ON_ROSTER,
        EventKind.NEVER_ENROLLED,
        EventKind.SAME_CHILD,
    }
)


def clock_of(rule: ChangeRule, step: ChangeStep) -> Clock | None:
    """The clock that starts with `step`: whoever's turn comes next has so many working days."""
    if rule.between_schools:
        return {
            _S.ASKED: Clock(EventKind.TRANSFER_ASKED, Side.SCHOOL),
            _S.SCHOOL_AGREED: Clock(EventKind.TRANSFER_AGREED, Side.RECEIVER),
        }.get(step)
    if step is _S.SCHOOL_AGREED and _S.BUREAU_AGREED in rule.chain:
        return Clock(EventKind.CHANGE_AGREED, Side.BUREAU)
    return None


# What is refused, each as a Chinese and an English sentence.

Said = tuple[str, str]
UNLAWFUL = ("退学", "开除", "取消学籍", "注销学籍", "劝退", "除名", "自动离校")
NO_LEAVING: Said = (
    "义务教育阶段不办理退学，也不得开除、取消学籍（义务教育法第二十七条、教基〔2025〕1号）。"
    "请登记“要求退学”，当天家访劝返；要换学校的办转学，因病的办休学。",
    "Nobody leaves school in the compulsory grades, nor is expelled or struck off (Compulsory Education Law, "
    "Article 27; enrolment rules of 2025). Record “asked to leave school” and visit the home the same day; "
    "for another school ask for a transfer, for illness a suspension.",
)


def asks_to_leave(text: str) -> bool:
    """Whether somebody asks, under whatever name, for what the law does not know."""
    return any(word in text for word in UNLAWFUL)


def missing_papers(rule: ChangeRule, papers: frozenset[Paper]) -> tuple[Paper, ...]:
    """The papers the request lacks, in the order of their vocabulary."""
    return tuple(paper for paper in Paper if paper in rule.papers - papers)


def wrong_grade(rule: ChangeRule, grade: int) -> Said | None:
    """Why this change is not for a child of this grade, or None."""
    if grade in rule.grades:
        return None
    only = "、".join(str(each) for each in rule.grades)
    return (
        f"“{rule.kind.zh}”只办给 {only} 年级；这名学生在 {grade} 年级。",
        f'"{rule.kind.en}" is for grade {only.replace("、", ", ")}; this child is in grade {grade}.',
    )


def wrong_days(rule: ChangeRule, from_day: date, until: date | None, year_ends: date) -> Said | None:
    """Why this change may not begin or end on these days, or None; `year_ends` closes the spring term."""
    if rule.after_school_year and from_day <= year_ends:
        return (
            f"“{rule.kind.zh}”在春季学期结束（{year_ends}）以后办理；在此以前离校的按转学、休学或劝返办。",
            f'"{rule.kind.en}" comes after the spring term ends ({year_ends}); whoever leaves earlier is '
            "transferred, suspended or persuaded to return.",
        )
    if rule.kind is not ChangeKind.SUSPENSION:
        return None
    if until is None or not 0 < (until - from_day).days <= LONGEST_SUSPENSION:
        return (
            f"休学要写明应复学的日子，在 {from_day} 之后、一学年以内；期满可以续办。",
            f"A suspension names the day of return, after {from_day} and within a school year; "
            "it may be renewed.",
        )
    return None


def quadrant(*, on_roll: bool, attending: bool) -> Quadrant:
    """四象限: where two independent facts put a child."""
    if on_roll:
        return Quadrant.ON_ROLL_ATTENDING if attending else Quadrant.ON_ROLL_AWAY
    return Quadrant.ATTENDING_OFF_ROLL if attending else Quadrant.NEITHER
