"""Children's histories and small rule books, drawn in a line or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from notoneless.core.calendar import Closure, SchoolCalendar, default_calendar
from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.facts import CHINA_TIME, ActDone, Event, Fact, Leave, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.draw import draw
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.pack import Counting, PolicyPack
from notoneless.core.policy.read import read_pack
from notoneless.core.spells import Spell, current_number, exceptional_days, spells
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    EventKind,
    Evidence,
    ObligationState,
    Post,
)

CHINA = default_calendar()
USUAL = Counting()  # leave pauses a spell, days without a roll call bridge it
MON, TUE, WED, THU, FRI = (date(2025, 9, day) for day in range(8, 13))  # an ordinary week, all school days


def day(text: str) -> date:
    """`2025-09-08`, or `09-08` of 2025."""
    return date.fromisoformat(_with_year(text))


def at(text: str) -> datetime:
    """`2025-09-08 08:00` in China time, or `09-08 08:00` of 2025."""
    return datetime.fromisoformat(_with_year(text)).replace(tzinfo=CHINA_TIME)


def _with_year(text: str) -> str:
    return text if text[4] == "-" else f"2025-{text}"


# Facts.


def absences(
    letters: str,
    since: str = "2025-09-08",
    *,
    taken: str = "08:00",
    session: str = "MORNING",
    calendar: SchoolCalendar = CHINA,
    facts: Iterable[Fact] = (),
) -> History:
    """One child's mornings, a letter a school day ("A A L U | P"), and whatever other facts there are."""
    marks = draw(letters, day(since), calendar, at=time.fromisoformat(taken), session=session)
    return history(*marks, *facts)


def history(
    *facts: Fact, child: str = "child", enrolled_from: date = date.min, enrolled_until: date | None = None
) -> History:
    """These facts as one child's history, in the order given."""
    return History(
        child,
        marks=tuple(f for f in facts if isinstance(f, Mark)),
        leaves=tuple(f for f in facts if isinstance(f, Leave)),
        acts=tuple(f for f in facts if isinstance(f, ActDone)),
        events=tuple(f for f in facts if isinstance(f, Event)),
        enrolled_from=enrolled_from,
        enrolled_until=enrolled_until,
    )


def mark(
    moment: str,
    status: str,
    session: str = "MORNING",
    *,
    reason: str = "",
    learned: str = "",
    id: str = "",  # noqa: A002  # the field's own name
    supersedes: str = "",
) -> Mark:
    """One mark, taken at `moment`; learned then too unless `learned` says when."""
    taken = at(moment)
    why = AbsenceReason(reason) if reason else None
    learned_at = at(learned) if learned else taken
    status_ = AttendanceStatus(status)
    return Mark(
        taken.date(), session, status_, taken, learned_at, why, id or f"{moment}/{session}", supersedes
    )


def correction_of(wrong: Mark, status: str, learned: str) -> Mark:
    """The same session said otherwise, learned later, and pointing back."""
    corrected = wrong._replace(status=AttendanceStatus(status), reason=None, supersedes=wrong.id)
    return corrected._replace(learned_at=at(learned), id=f"{wrong.id} corrected")


def lessons(letters: str, on: str) -> list[Mark]:
    """The seven lessons of a day: A absent, P present, U unrecorded, "." nothing written down."""
    statuses = {"A": "ABSENT", "P": "PRESENT", "U": "UNRECORDED"}
    marked = [(n, statuses[each]) for n, each in enumerate(letters, 1) if each != "."]
    starts = {n: CHINA.session(f"L{n}").starts for n, _ in marked}
    return [mark(f"{on} {starts[n]:%H:%M}", status, f"L{n}") for n, status in marked]


def leave(
    from_day: str,
    until: str,
    reason: str = "SICK",
    *,
    granted: str = "",
    id: str = "",  # noqa: A002
    supersedes: str = "",
) -> Leave:
    """Leave up to `until` (exclusive), granted at 07:00 of its first day unless `granted` says when."""
    moment = at(granted or f"{from_day} 07:00")
    return Leave(
        day(from_day),
        day(until),
        AbsenceReason(reason),
        moment,
        moment,
        id or f"leave {from_day}",
        supersedes,
    )


def done(
    act: str,
    moment: str,
    by: str = "CLASS_TEACHER",
    *,
    with_: Sequence[str] = (),
    to: str = "",
    outcome: str = "DONE",
    evidence: Sequence[str] = (),
    learned: str = "",
    id: str = "",  # noqa: A002
    supersedes: str = "",
) -> ActDone:
    """An act somebody did, learned at once unless `learned` says when."""
    return ActDone(
        Act(act),
        at(moment),
        at(learned or moment),
        Post(by),
        frozenset(Post(post) for post in with_),
        Post(to) if to else None,
        ActOutcome(outcome),
        frozenset(Evidence(each) for each in evidence),
        id or f"{act} {moment}",
        supersedes,
    )


def happened(kind: str, moment: str, **more: str) -> Event:
    """Something a person stated at `moment`."""
    return Event(EventKind(kind), at(moment), at(moment), **{"id": f"{kind} {moment}"} | more)


def closed(from_day: str, until: str, declared: str) -> Closure:
    """School closed for everybody up to `until` (exclusive)."""
    return Closure(day(from_day), day(until), "暴雪", at(declared))


# Rules.

DUTY = '{ act = "verify", who = "class_teacher", by = "same day" }'


def rule(when: str, *, obliges: str = DUTY, id: str = "rule", more: str = "") -> str:  # noqa: A002
    """The TOML of one rule: `when` is what stands between the braces."""
    return (
        f'[[rule]]\nid = "{id}"\nclause = ["C1"]\npointer = "一"\nsays = "说"\nreading = "读"\n'
        f"when = {{ {when} }}\nobliges = [{obliges}]\n{more}\n"
    )


def pack_text(*rules: str, id: str = "test/pack", counting: str = "", top: str = "") -> str:  # noqa: A002
    """The TOML of a pack in force since 2020."""
    return (
        f'id = "{id}"\ntitle = "题"\nissuer = "县"\ndocument = "文"\n{top}\n'
        f"in_force_from = 2020-01-01\n[counting]\n{counting}\n" + "\n".join(rules)
    )


def pack(*rules: str, **more: str) -> PolicyPack:
    """A pack of these rules."""
    return read_pack(pack_text(*rules, **more), file="policies/test/pack.toml")


def in_a_pack(*rules: str, **more: str) -> PacksInForce:
    """These rules in force, alone."""
    return in_force(pack(*rules, **more), {}.__getitem__)


# Questions.


def runs(
    child: History, as_of: str, counting: Counting = USUAL, calendar: SchoolCalendar = CHINA
) -> list[Spell]:
    """The child's spells as known at a moment of the day when roll calls have begun."""
    moment = at(as_of)
    calendar = calendar.as_known_at(moment)
    days = exceptional_days(child.as_known_at(moment), calendar, as_of=moment)
    return spells(days, counting, current_number(calendar, moment.date(), started=True))


def assess(
    child: History, rules: str | PacksInForce, as_of: str, calendar: SchoolCalendar = CHINA
) -> Assessment:
    """The evaluator's answer; `rules` may be the inside of one rule's `when`."""
    packs = in_a_pack(rule(rules)) if isinstance(rules, str) else rules
    return evaluate(child, calendar, packs, as_of=at(as_of))


def owed(
    child: History, rules: str | PacksInForce, as_of: str, calendar: SchoolCalendar = CHINA
) -> tuple[Obligation, ...]:
    """All the child's obligations, soonest first."""
    return assess(child, rules, as_of, calendar).obligations


def fired(
    child: History, rules: str | PacksInForce, as_of: str = "12-01 12:00", calendar: SchoolCalendar = CHINA
) -> list[str]:
    """The moments at which obligations arose, `09-08 08:00`, in order."""
    moments = sorted(o.arose_at for o in owed(child, rules, as_of, calendar))
    return [f"{moment:%m-%d %H:%M}" for moment in moments]


def states(obligations: Iterable[Obligation]) -> list[ObligationState]:
    """How each of them stands."""
    return [o.state for o in obligations]
