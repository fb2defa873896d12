"""What a check is: a name, a sentence, whose it is to mend and how, and one reading of the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Post, Term
from notoneless.records.access import Fields

SCHOOL_DAYS = 5  # to mend or to explain what was found, where a check does not say otherwise
Said = str | list[str]  # a value for people; in both languages where it is a word of ours


class Row(NamedTuple):
    """One of the rows that cannot all be true: what it is, its id, and what it says."""

    kind: str
    id: str
    says: Mapping[str, Said]


class Seen(NamedTuple):
    """What a check saw; where it lies is found out for all of them together, unless it is said."""

    rows: tuple[Row, ...]
    child: UUID | None = None
    class_group: int | None = None
    place: int | None = None


class Moment(NamedTuple):
    """When the records are looked at; attendance is looked at as far back as the school year."""

    now: datetime

    @property
    def on(self) -> date:
        """The day."""
        return self.now.astimezone(CHINA_TIME).date()

    @property
    def since(self) -> date:
        """The first of September before."""
        on = self.on
        return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


Find = Callable[[Moment], Iterable[Seen]]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of contradiction."""

    id: str
    zh: str
    en: str
    says: tuple[str, str]  # with {0[word]}: what row 0 says under that word
    fix: tuple[str, str]
    owner: Post
    find: Find
    leads: str = "child"  # where it is mended: child, enrolment, case, report, places, outside
    needs: Fields | None = None  # the part of a child's data that it gives away
    days: int = SCHOOL_DAYS

    def label(self, language: str = "zh") -> str:
        """The title."""
        return self.en if language.startswith("en") else self.zh

    def sentence(self, rows: Iterable[Row], language: str = "zh") -> str:
        """What is wrong, with what the rows say."""
        english = language.startswith("en")
        values = [{word: said(value, language) for word, value in row.says.items()} for row in rows]
        return self.says[english].format(*values)

    def remedy(self, language: str = "zh") -> str:
        """What would put it right."""
        return self.fix[language.startswith("en")]


CHECKS: dict[str, Check] = {}


def check(
    code: str,
    title: tuple[str, str],
    says: tuple[str, str],
    fix: tuple[str, str],
    owner: Post = Post.ENROLMENT_OFFICER,
    *,
    leads: str = "enrolment",
    needs: Fields | None = None,
    days: int = SCHOOL_DAYS,
) -> Callable[[Find], Find]:
    """Put a reading of the records among the checks."""

    def put(find: Find) -> Find:
        assert code not in CHECKS, code
        CHECKS[code] = Check(code, *title, says, fix, owner, find, leads, needs, days)
        return find

    return put


# What rows say, and how it is called.

WORDS: Mapping[str, tuple[str, str]] = {
    "class": ("班级", "class"),
    "school": ("学校", "school"),
    "other": ("另一方", "the other"),
    "from": ("起", "from"),
    "until": ("止", "until"),
    "day": ("日期", "day"),
    "session": ("节次", "session"),
    "status": ("标记", "mark"),
    "kind": ("类型", "kind"),
    "step": ("环节", "step"),
    "at": ("发生时间", "happened"),
    "recorded": ("录入时间", "written down"),
    "stage": ("个案阶段", "stage"),
    "number": ("编号", "number"),
    "birth": ("出生日期", "born"),
    "grade": ("年级", "grade"),
    "count": ("数目", "count"),
    "left": ("一边", "one side"),
    "right": ("另一边", "other side"),
    "what": ("项目", "item"),
    "who": ("经办人", "by"),
    "cell": ("表格位置", "cell"),
    "office": ("来表单位", "sent by"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "child": ("学生", "child"),
    "enrolment": ("在班记录", "stay in a class"),
    "roll": ("学籍", "on a roll"),
    "change": ("学籍异动", "enrolment change"),
    "route": ("特殊安置", "special route"),
    "group": ("重点对象", "key group"),
    "bed": ("住宿", "bed"),
    "class": ("班级", "class"),
    "roll_call": ("点名", "roll call"),
    "mark": ("考勤标记", "attendance mark"),
    "leave": ("请假", "leave"),
    "act": ("走访、联系记录", "visit or contact"),
    "obligation": ("应办事项", "obligation"),
    "case": ("个案", "case"),
    "close_out": ("销号", "close-out"),
    "pairing": ("结对帮扶", "pairing"),
    "lesson": ("送教记录", "lesson at home"),
    "relief": ("资助", "relief"),
    "paper": ("文书", "paper"),
    "report": ("报表", "report"),
    "ledger": ("台账", "ledger line"),
    "count": ("统计项", "count"),
    "table": ("外来表", "table from outside"),
}


def row(kind: str, id_: object, /, **says: object) -> Row:
    """A row with what it says; a word may end in "_" where Python has it already."""
    return Row(kind, str(id_), {word.rstrip("_"): _value(value) for word, value in says.items()})


def _value(value: object) -> Said:
    """A value as people read it."""
    if isinstance(value, Term):
        return [value.zh, value.en]
    if isinstance(value, tuple | list):
        return [str(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M")
    return "—" if value is None or value == "" else str(value)


def said(value: Said, language: str = "zh") -> str:
    """The value in one language."""
    return value if isinstance(value, str) else value[language.startswith("en")]
