"""Random children with everything that can go wrong: corrections, late news, equal moments, closures."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from builders import CHINA, in_a_pack, rule
from hypothesis import strategies as st

from notoneless.core.calendar import Closure
from notoneless.core.facts import CHINA_TIME, ActDone, Event, Leave, Mark
from notoneless.core.history import History
from notoneless.core.policy.draw import LETTERS
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import pack_ids, packs_in_force
from notoneless.core.terms import AbsenceReason, Act, ActOutcome, AttendanceStatus, EventKind, Evidence, Post

F = TypeVar("F", Mark, Leave, ActDone, Event)

# Ordinary weeks; the National Day week with its make-up days; a vacation between terms; where the known
# public holidays end, so that some due moments cannot be named.
STARTS = (date(2025, 11, 3), date(2025, 9, 22), date(2026, 1, 12), date(2026, 11, 16))
SPAN = 45  # days
HOURS = (time(8), time(8), time(9, 10), time(16), time(23, 59))  # few, so that moments often coincide
DELAYS = (0, 0, 0, 0, 3, 26, 190)  # hours until we learned

WORDS: dict[str, str] = {
    "window": 'absence = "3 school days", of = "10 school days"',
    "term": 'absence = "4 school days", of = "term", kind = ["UNEXCUSED"]',
    "lessons": 'absence = "2 lessons"',
    "calendar-days": 'absence = "5 calendar days"',
    "sessions": 'absence = "2 sessions", each = true',
    "leave": 'leave = { lasts = "2 school days" }',
    "overrun": 'leave_overrun = "1 school day"',
    "event": 'event = "SIGNS_OF_LEAVING"',
    "thrice": 'after = { act = "persuade", times = 3 }',
    "missed": 'missed = "calendar-days"',
    "missed-again": 'missed = "missed"',
    "done": 'done = "window"',
    "still": 'stage = "SUSPECTED_DROPOUT", for = "1 month"',
    "back": 'stage = "BACK"',
}
STAGES = {"window": "AT_RISK", "sessions": "SUSPECTED_DROPOUT", "thrice": "DROPOUT"}
DUTIES = (
    '{ act = "verify", who = "class_teacher", by = "same day" },'
    '{ act = "persuade", who = "principal", by = "2 school days", from = "spell start" },'
    '{ act = "report", who = "principal", to = "township", by = "3 working days", times = 2 }'
)


def every_word(counting: str = "") -> PacksInForce:
    """A pack that uses the whole vocabulary of triggers, in a wrong order on purpose."""
    texts = [
        rule(when, id=name, obliges=DUTIES, more=f'stage = "{STAGES[name]}"' if name in STAGES else "")
        for name, when in reversed(WORDS.items())
    ]
    return in_a_pack(*texts, counting=counting)


PACKS: dict[str, PacksInForce] = {
    **{pack_id: packs_in_force(pack_id) for pack_id in pack_ids()},
    "every word": every_word(),
    "every word, strictly": every_word('leave = "counts"\nunrecorded = "ends it"'),
    "every word, by letter": every_word('leave = "ends it"'),
}
pack_names = st.sampled_from(sorted(PACKS))

ACTS = (
    Act.VERIFY,
    Act.PERSUADE,
    Act.REPORT,
    Act.HOME_VISIT,
    Act.CONTACT_GUARDIAN,
    Act.CLOSE_OUT,
    Act.REGISTER,
)
POSTS = (Post.CLASS_TEACHER, Post.PRINCIPAL, Post.ASSIGNED_TEACHER, Post.VILLAGE_COMMITTEE)
ADDRESSEES = (None, Post.SCHOOL_OFFICE, Post.TOWNSHIP, Post.COUNTY_BUREAU)
KINDS = (EventKind.SIGNS_OF_LEAVING, EventKind.ON_ROLL_NOT_ATTENDING)
NO_EVIDENCE: frozenset[Evidence] = frozenset()


class Drawn(NamedTuple):
    """A child, the closures declared whenever, and the moment of judgement."""

    history: History
    closures: tuple[Closure, ...]
    as_of: datetime


class _Chance:
    """Draws one child's facts; the same seed and size give the same child."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.start = self.random.choice(STARTS)

    def child(self) -> Drawn:
        left = self.start + timedelta(self.random.randint(SPAN // 2, SPAN))
        marks = [*self.mornings(), *(self.other_mark() for _ in range(self.upto(4)))]
        child = History(
            "child",
            marks=self.revised(marks, "m"),
            leaves=self.revised([self.leave() for _ in range(self.upto(3))], "l"),
            acts=self.revised([self.act() for _ in range(self.upto(8))], "a"),
            events=self.revised([self.event() for _ in range(self.upto(4))], "e"),
            enrolled_from=self.start + timedelta(self.random.choice((0, 0, 0, 3))),
            enrolled_until=self.random.choice((None, None, left)),
        )
        closures = tuple(self.closure() for _ in range(self.upto(2)))
        return Drawn(child, closures, self.moment())

    def upto(self, most: int) -> int:
        return self.random.randint(0, min(most, self.size))

    def moment(self) -> datetime:
        day = self.start + timedelta(self.random.randint(0, min(SPAN, 3 * self.size)))
        return datetime.combine(day, self.random.choice(HOURS), CHINA_TIME)

    def learned(self, moment: datetime) -> datetime:
        return moment + timedelta(hours=self.random.choice(DELAYS))

    def mornings(self) -> list[Mark]:
        """A roll call a school day; long absences are as likely as they are in the files that matter."""
        letters = self.random.choice(("AAAAAA?P", "AAAAUL", "AASSLPT", "APU"))
        days = CHINA.school_days(self.start, self.start + timedelta(SPAN))[: self.upto(20)]
        return [self.morning(day, *LETTERS[self.random.choice(letters)]) for day in days]

    def morning(self, day: date, status: AttendanceStatus, reason: AbsenceReason | None) -> Mark:
        moment = datetime.combine(day, time(8), CHINA_TIME)
        return Mark(day, "MORNING", status, moment, self.learned(moment), reason)

    def other_mark(self) -> Mark:
        """A mark of any session on any day, Sundays too."""
        moment = self.moment()
        session = self.random.choice(("MORNING", "L1", "L2", "L7"))
        status, reason = self.random.choice([*LETTERS.values()])
        return Mark(moment.date(), session, status, moment, self.learned(moment), reason)

    def leave(self) -> Leave:
        moment = self.moment()
        first = moment.date() + timedelta(self.random.randint(-2, 3))
        until = first + timedelta(self.random.randint(1, 6))
        reason = self.random.choice(list(AbsenceReason))
        return Leave(first, until, reason, moment, self.learned(moment))

    def act(self) -> ActDone:
        moment, pick = self.moment(), self.random.choice
        return ActDone(
            pick(ACTS),
            moment,
            self.learned(moment),
            pick(POSTS),
            frozenset(self.random.sample(POSTS, self.random.randint(0, 2))),
            pick(ADDRESSEES),
            pick(list(ActOutcome)),
            pick((NO_EVIDENCE, frozenset(Evidence))),
        )

    def event(self) -> Event:
        moment = self.moment()
        return Event(self.random.choice(KINDS), moment, self.learned(moment))

    def closure(self) -> Closure:
        first = self.moment().date()
        return Closure(first, first + timedelta(self.random.randint(1, 3)), "停课", self.moment())

    def revised(self, facts: list[F], prefix: str) -> tuple[F, ...]:
        """The facts with ids or without, and some said anew: superseding the first word, or just later."""
        if self.random.random() < 0.6:
            facts = [fact._replace(id=f"{prefix}{i}") for i, fact in enumerate(facts)]
        again = [self.said_anew(self.random.choice(facts), prefix, i) for i in range(self.upto(3)) if facts]
        return (*facts, *again)

    def said_anew(self, old: F, prefix: str, i: int) -> F:
        learned = old.learned_at + timedelta(hours=self.random.choice((0, 1, 20, 100)))
        supersedes = self.random.choice((old.id, ""))
        new = old._replace(learned_at=learned, id=f"{prefix}+{i}" if old.id else "", supersedes=supersedes)
        if isinstance(new, Mark):
            status, reason = self.random.choice([*LETTERS.values()])
            new = new._replace(status=status, reason=reason)
        return new


def drawn() -> st.SearchStrategy[Drawn]:
    """A child with a rich and troubled history, and a moment to judge it at; small ones are simple."""
    # One seed instead of a hundred draws: ten times the children in the time of one run.
    return st.builds(
        lambda seed, size: _Chance(seed, size).child(), st.integers(0, 1 << 32), st.integers(0, 20)
    )
