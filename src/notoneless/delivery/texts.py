"""What people read: made of counts and moments alone, so that no name can get into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from notoneless.core.facts import CHINA_TIME

TITLE = {"zh": "一个都不能少：待办提醒", "en": "Not One Less: things to do"}
_LOG_IN = {"zh": "请登录查看。", "en": "Please sign in to see them."}


class Told(NamedTuple):
    """All that one message tells."""

    due: tuple[datetime, ...] = ()  # the due moments of what the person owes and has not done
    overdue: int = 0  # what the person owes and did not do in time
    below: int = 0  # what others did not do in time and the person must see to
    hand_overs: int = 0
    gaps: int = 0
    close_outs: int = 0
    cases: int = 0  # a hand-off to answer, a reason that is somebody else's to know
    break_glass: int = 0
    public: int = 0
    reports: int = 0
    contradictions: int = 0
    questions: int = 0
    inspections: int = 0
    report_turns: int = 0
    asked: int = 0
    decided: int = 0
    undelivered: int = 0
    others: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is something left to tell."""
        return bool(self.due or any(self[1:]))


def title(language: str) -> str:
    """The subject line of a mail."""
    return TITLE[_known(language)]


def text(told: Told, language: str, *, now: datetime, site: str = "") -> str:
    """The message as one paragraph in this language; `site` is the address of the first page."""
    known = _known(language)
    parts = [*(_due_zh(told.due, now) if known == "zh" else _due_en(told.due, now)), *_counts(told, known)]
    said = "，".join(parts) + "，" if known == "zh" else ", ".join(parts) + ". "
    opening = "您有 " if known == "zh" else "You have "
    return f"{opening}{said}{_LOG_IN[known]}" + (f" {site}" if site else "")


def _known(language: str) -> str:
    return "en" if language.startswith("en") else "zh"


def _due_zh(due: tuple[datetime, ...], now: datetime) -> Iterator[str]:
    if due:
        when = _when(min(due), now, "今日 {:%H:%M}", "{:%m月%d日 %H:%M}")
        yield f"{len(due)} 条{when} 前的待办" if len(set(due)) == 1 else f"{len(due)} 条待办，最早{when} 到期"


def _due_en(due: tuple[datetime, ...], now: datetime) -> Iterator[str]:
    if due:
        when = _when(min(due), now, "{:%H:%M} today", "{:%H:%M} on {:%d %B}")
        things = "1 thing" if len(due) == 1 else f"{len(due)} things"
        yield f"{things} to do by {when}" if len(set(due)) == 1 else f"{things} to do, the first by {when}"


def _when(due: datetime, now: datetime, today: str, otherwise: str) -> str:
    local = due.astimezone(CHINA_TIME)
    return (today if local.date() == now.astimezone(CHINA_TIME).date() else otherwise).format(local, local)


_COUNTS = (
    ("overdue", "{} 条逾期未办", "{} overdue"),
    ("below", "{} 条下级逾期事项需督办", "{} overdue with others to see to"),
    ("hand_overs", "{} 项移交待接收", "{} hand-over{s} to receive"),
    ("gaps", "{} 处岗位空缺待补", "{} gap{s} among posts to fill"),
    ("close_outs", "{} 件销号待办", "{} close-out{s} to see to"),
    ("cases", "{} 件个案事项待看", "{} matter{s} of a case to look at"),
    ("break_glass", "{} 次紧急查看待知悉", "{} look{s} by break-glass to know of"),
    ("public", "{} 件家长或群众来件待看", "{} item{s} from families or the public to read"),
    ("reports", "{} 份报表逾期未报", "{} report{s} overdue"),
    ("contradictions", "{} 批数据矛盾待核对", "{} set{s} of records that contradict each other"),
    ("questions", "{} 项存疑记录待核实", "{} question{s} about records to answer"),
    ("inspections", "{} 项督导整改事项待办", "{} finding{s} of inspections to see to"),
    ("report_turns", "{} 份报表待您办理", "{} report{s} waiting for you"),
    ("asked", "{} 项申请待您审批", "{} request{s} to decide"),
    ("decided", "{} 项申请有了结果", "{} request{s} answered"),
    ("undelivered", "{} 条提醒未送达", "{} message{s} not delivered"),
    ("others", "{} 条其他提醒", "{} other thing{s} to know"),
)


def _counts(told: Told, language: str) -> Iterator[str]:
    for name, zh, en in _COUNTS:
        count = getattr(told, name)
        if count:
            yield (zh if language == "zh" else en).format(count, s="" if count == 1 else "s")
