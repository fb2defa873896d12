"""How pages say moments, days and what is left of a time limit, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.pack import CountOf, Period, Quota
from notoneless.core.policy.quota import Progress

Say = Callable[[str], str]
MINUTE = timedelta(minutes=1)
# Looked up when one is said, not all of them for each of a page's hundred moments.
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
NEAR = {0: gettext_lazy("今天"), 1: gettext_lazy("明天"), -1: gettext_lazy("昨天")}


def term_words(name: str) -> str:
    """A term as the reader's language calls it; a name that a county made up stays as it is."""
    if name.endswith("学年秋季学期"):
        return _("%(years)s学年秋季学期") % {"years": name.removesuffix("学年秋季学期")}
    if name.endswith("学年春季学期"):
        return _("%(years)s学年春季学期") % {"years": name.removesuffix("学年春季学期")}
    return name


def weekday_words(day: date) -> str:
    """The day of the week: 周五, Fri."""
    return str(WEEKDAYS[day.weekday()])


def day_words(day: date, today: date) -> str:
    """The day as people say it: 今天, 明天, 昨天, else 11月20日 周五, with the year when it is another."""
    near = NEAR.get((day - today).days)
    return str(near) if near else date_words(day, with_year=day.year != today.year)


def date_words(day: date, *, with_year: bool = False) -> str:
    """The date with its weekday: 11月20日 周五."""
    return _date_words(day, with_year, get_language())


@lru_cache(maxsize=2048)  # the rows of a list mostly have the same few days
def _date_words(day: date, with_year: bool, _language: str | None) -> str:
    values = {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "name": month_name(day.month),
        "weekday": weekday_words(day),
    }
    if with_year:
        return _("%(year)s年%(month)s月%(day)s日 %(weekday)s") % values
    return _("%(month)s月%(day)s日 %(weekday)s") % values


def month_name(month: int) -> str:
    """The short English name of a month; Chinese dates do not use it."""
    return ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]


def short_date_words(day: date) -> str:
    """The date alone: 1月15日."""
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day, "name": month_name(day.month)}


def quota_words(quota: Quota, progress: Progress) -> str:
    """How far a quota is: 本学期家访 12/40 人（至 1月15日）."""
    values = {
        "act": quota.act.label(get_language() or "zh"),
        "done": progress.done,
        "needed": progress.needed,
        "unit": _("人") if quota.counts is CountOf.CHILDREN else _("次"),
        "period": {Period.MONTH: _("本月"), Period.TERM: _("本学期")}.get(quota.per) or _("本学年"),
    }
    line = _("%(period)s%(act)s %(done)s/%(needed)s %(unit)s") % values
    if progress.due.at is None:
        return line
    return _("%(line)s（至 %(day)s）") % {"line": line, "day": short_date_words(progress.due.at.date())}


# Each of these may be given the words of a page, looked up once for all its lines.


def moment_words(at: datetime, now: datetime, _: Say = _) -> str:
    """The moment, the day in words where it is near: 今天 09:05."""
    at = at.astimezone(CHINA_TIME)
    return _("%(day)s %(time)s") % {"day": day_words(at.date(), now.date()), "time": f"{at:%H:%M}"}


def due_words(due_at: datetime, now: datetime, _: Say = _) -> str:
    """By when: 今天 09:05 前."""
    return _("%(moment)s 前") % {"moment": moment_words(due_at, now, _)}


def left_words(due_at: datetime, now: datetime, _: Say = _) -> str:
    """What is left, or how long past: 还剩 42 分, 已过 1 小时 5 分."""
    if now > due_at:
        return _("已过 %(span)s") % {"span": span_words(now - due_at, _)}
    return _("还剩 %(span)s") % {"span": span_words(due_at - now, _)}


def span_words(span: timedelta, _: Say = _) -> str:
    """A length of time in the two largest units that matter: 42 分, 3 小时 5 分, 2 天."""
    minutes = span // MINUTE
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return _("%(days)s 天") % {"days": days}
    if hours == 0:
        return _("%(minutes)s 分") % {"minutes": minutes}
    if minutes % 60 == 0:
        return _("%(hours)s 小时") % {"hours": hours}
    return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes % 60}
