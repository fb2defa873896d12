"""PolicyPack, Rule, Trigger, Duty: frozen, and impossible to build wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from notoneless.core.calendar import Closure
from notoneless.core.facts import Fact
from notoneless.core.policy.case_rules import Closing as Closing
from notoneless.core.policy.case_rules import PairingRule as PairingRule
from notoneless.core.policy.case_rules import PlacementRule as PlacementRule
from notoneless.core.policy.case_rules import Tuition as Tuition
from notoneless.core.policy.report_rules import ExclusionRule as ExclusionRule
from notoneless.core.policy.report_rules import LedgerRule as LedgerRule
from notoneless.core.policy.report_rules import ReportRule as ReportRule
from notoneless.core.policy.report_rules import TargetRule as TargetRule
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    DayKind,
    EventKind,
    Evidence,
    ObligationState,
    Post,
    Stage,
)
from notoneless.core.time_limit import TimeLimit


class Amount(NamedTuple):
    """How much absence: a count and its unit (LESSON, SESSION, SCHOOL_DAY or CALENDAR_DAY)."""

    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks an amount for
    unit: DayKind


class Within(Enum):
    """Where absence is added up: one unbroken spell, a moving window of school days, or a term."""

    SPELL = "spell"
    WINDOW = "window"
    TERM = "term"


class Anchor(Enum):
    """The moment a time limit starts to run from."""

    TRIGGER = "trigger"
    SPELL_START = "spell start"
    TERM_START = "term start"


@dataclass(frozen=True, slots=True)
class AbsenceTrigger:
    """Absence without leave that adds up to an amount; `each` fires again for every further unit."""

    amount: Amount
    within: Within = Within.SPELL
    window: int = 0  # school days, only for Within.WINDOW
    each: bool = False
    reasons: frozenset[AbsenceReason] = frozenset()  # empty: any reason


@dataclass(frozen=True, slots=True)
class LeaveTrigger:
    """Leave that lasts an amount of school days, from the first one when `lasts` is 1."""

    lasts: int
    reasons: frozenset[AbsenceReason] = frozenset()


@dataclass(frozen=True, slots=True)
class LeaveOverrunTrigger:
    """A child still away on the n-th school day after the leave ended."""

    days: int


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """Something a person states."""

    kind: EventKind


@dataclass(frozen=True, slots=True)
class AfterTrigger:
    """The n-th act of a kind (with an outcome) within one spell of absence."""

    act: Act
    outcomes: frozenset[ActOutcome] = frozenset()  # empty: whatever it found
    times: int = 1


@dataclass(frozen=True, slots=True)
class ChainTrigger:
    """Another rule of the pack was missed (its due moment passed unmet) or done."""

    rule: str
    missed: bool


@dataclass(frozen=True, slots=True)
class StageTrigger:
    """A stage reached, or held for so many calendar months without change."""

    stage: Stage
    months: int = 0


@dataclass(frozen=True, slots=True)
class RollCallTrigger:
    """A session that must be called on every school day, for every class group.

    A code ("MORNING", "L3") or a kind ("LESSON": every lesson); a timetable without it owes nothing.
    """

    session: str


class Period(Enum):
    """What a date brings: the periods a recurring duty may name."""

    SCHOOL_DAY = "school day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TERM = "term"
    TERM_START = "term start"
    SCHOOL_YEAR = "school year"
    MONTHS = "named months"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class EveryTrigger:
    """A date comes round: once a period, from the period's first day.

    A HOLIDAY period is the week before a break of three or more days without school.
    """

    period: Period
    level: str = "school"  # who owes it: class, school, township, county, city, province
    months: tuple[int, ...] = ()  # only for Period.MONTHS


Trigger = (
    AbsenceTrigger
    | LeaveTrigger
    | LeaveOverrunTrigger
    | EventTrigger
    | AfterTrigger
    | ChainTrigger
    | StageTrigger
    | RollCallTrigger
    | EveryTrigger
)


@dataclass(frozen=True, slots=True)
class Duty:
    """What a rule obliges: an act, by a post, within a time limit that names its kind of day."""

    act: Act
    who: Post
    by: TimeLimit
    anchor: Anchor = Anchor.TRIGGER
    to: Post | None = None
    taking_part: frozenset[Post] = frozenset()
    needs: frozenset[Evidence] = frozenset()
    times: int = 1
    form: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy document: its clause, our words, how we count, the trigger and the duties."""

    id: str
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    when: Trigger
    obliges: tuple[Duty, ...]
    stage: Stage | None = None
    refines: str = ""  # "pack#rule" of a farther pack that this one stands in for
    floor: bool = False  # law: a refinement may be stricter, never laxer


class OfLeave(Enum):
    """What a day on leave does to a spell."""

    PAUSES = "pauses the spell"
    ENDS = "ends it"
    COUNTS = "counts"


class OfUnrecorded(Enum):
    """What a day without a roll call does to a spell; either way it never counts as absence."""

    BRIDGES = "bridges the spell"
    ENDS = "ends it"


class Counting(NamedTuple):
    """Readings that hold for a whole pack."""

    leave: OfLeave = OfLeave.PAUSES
    unrecorded: OfUnrecorded = OfUnrecorded.BRIDGES


class CountOf(Enum):
    """What a quota counts: different children, or every single time."""

    CHILDREN = "children"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Quota:
    """A count of acts that a post must reach within a period: a share of its children, or a number."""

    id: str
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    act: Act
    who: Post
    counts: CountOf
    count: int  # children or times; 0 where `share` is given
    share: int  # per cent of the children, 0 where `count` is given
    per: Period  # TERM, SCHOOL_YEAR or MONTH
    of: str  # whose children: class, teacher, school or case
    days_before: int = 0  # calendar days before the period in which acts count already


@dataclass(frozen=True, slots=True)
class QuotaExample:
    """A worked example of a quota: how many children there are, who was seen when, and what is reached."""

    quota: str
    about: str
    children: int
    done: tuple[tuple[datetime, str], ...]
    at: str
    expect: tuple[int, int, str, bool]  # done, needed, due, met


class ClauseKind(Enum):
    """What a clause is that no rule and no quota counts."""

    TARGET = "target"
    FORMULA = "formula"
    LEDGER = "ledger"
    FORM = "form"
    CHAIN = "chain"
    PLACEMENT = "placement"
    SUPPORT = "support"
    RECOGNITION = "recognition"
    CONSEQUENCE = "consequence"
    PUBLICITY = "publicity"
    CONDUCT = "conduct"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that no rule counts: what it is, and whether the product runs, waits with or refuses it."""

    id: str
    pointer: str
    kind: ClauseKind
    says: str
    waits: str = ""  # the capability it needs, from CAPABILITIES
    runs_in: str = ""  # the part of the product where its work is done, from PARTS
    law: str = ""  # why it is refused
    instead: str = ""  # what the product does in place of a refused clause
    figure: str = ""  # the formula id of a target
    bound: str = ""  # its bound, as people write it
    because: str = ""  # why a clause that rules count stands here as well

    @property
    def state(self) -> str:
        """`runs` (has its place in the product, or is shown to its reader), `waits` or `refused`."""
        if self.kind is ClauseKind.REFUSED:
            return "refused"
        return "waits" if self.waits else "runs"


# What clauses may wait for, each with its Chinese name.
CAPABILITIES = {
    "papers": "表单与文书",
    "responsibility": "责任链",
    "support": "资助与帮扶",
    "enrolment": "学籍异动",
    "groups": "重点对象",
    "publicity": "宣传活动",
}


# Where clauses run that no rule counts: each part of the product with its Chinese name.
PARTS = {
    "relief": "减免缓助补",
    "pairing": "结对帮扶",
    "papers": "表单与文书",
    "enrolment": "学籍异动",
    "routes": "特殊就学",
    "figures": "指标与名单",
    "ledgers": "台账",
    "registers": "花名册与名册比对",
    "checks": "数据核对",
    "feedback": "意见反馈",
    "supervision": "督导与问责",
    "recognition": "评先",
}

# Parts that lay facts before people, who decide; nothing there follows by itself.
DECIDED_BY_PEOPLE = frozenset({"supervision", "recognition"})


class Expected(NamedTuple):
    """One obligation an example expects."""

    act: Act
    who: Post
    due: str  # "2026-11-20 09:05", or "unknown"
    state: ObligationState | None = None
    to: Post | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: facts on a time line, a moment, and all that the rule then owes."""

    rule: str
    about: str
    facts: tuple[Fact, ...]
    at: str
    expect: tuple[Expected, ...]
    closures: tuple[Closure, ...] = ()
    drawn: tuple[tuple[date, AttendanceStatus], ...] = ()  # the marks as drawn, for the page


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """The rules of one policy document, as data; a pack that exists can be applied."""

    id: str
    title: str
    regime: str  # R01 … R23, N for the nation, or a county's own
    issuer: str
    document: str
    in_force_from: date
    in_force_until: date | None
    extends: str
    counting: Counting
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    closings: tuple[Closing, ...]
    placements: tuple[PlacementRule, ...]
    tuitions: tuple[Tuition, ...]
    pairings: tuple[PairingRule, ...]
    reports: tuple[ReportRule, ...]
    targets: tuple[TargetRule, ...]
    exclusions: tuple[ExclusionRule, ...]
    ledgers: tuple[LedgerRule, ...]
    other_clauses: tuple[Clause, ...]
    quotas: tuple[Quota, ...]
    quota_examples: tuple[QuotaExample, ...]
    version: str  # first 12 hex digits of the file's SHA-256
    file: str  # as people know it, for refusals that only show when packs meet
    lines: Mapping[str, int] = field(compare=False, repr=False)  # "extends", or a rule's id → its line

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; KeyError names the pack."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(f"{self.id} has no rule {rule_id}")
