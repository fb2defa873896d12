"""What was read that is shown on request only, what was taken out, and what was refused at the door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from notoneless.core.terms import SensitiveRead
from notoneless.records.models import JournalEntry, WrongPasswords
from notoneless.services.compliance.asked import YearAsked
from notoneless.services.pack_sections import Section, label

NO_OFFICE = ("（无任职）", "(held no post)")


def sensitive_reads(asked: YearAsked) -> Section:
    """Looks at what is shown on request only, by office and kind."""
    kinds = [each for each in SensitiveRead if each is not SensitiveRead.EXPORT]
    entries = asked.entries(each.value for each in kinds)
    counted: Counter[tuple[str, str]] = Counter()
    who: dict[tuple[str, str], set[int]] = defaultdict(set)
    children: dict[tuple[str, str], set[str]] = defaultdict(set)
    reasons: Counter[tuple[str, str]] = Counter()
    for entry in entries.only("act", "at", "by", "subject_kind", "subject_id", "reason"):
        key = (_office(asked, entry), entry.act)
        counted[key] += 1
        who[key].add(entry.by_id or 0)
        reasons[key] += bool(entry.reason)
        if entry.subject_kind == "child" and entry.subject_id:
            children[key].add(entry.subject_id)
    rows = [
        (
            office,
            label(SensitiveRead[act], asked.language),
            n,
            len(who[office, act]),
            len(children[office, act]),
            reasons[office, act],
        )
        for (office, act), n in sorted(counted.items())
    ]
    return Section(
        "sensitive-reads",
        ("敏感读取和紧急查看", "Sensitive reads and break-glass"),
        (
            "流水中每次查看完整证件号、照片、举报人和紧急查看各为一条；按查看人当天任职的单位归并，"
            "人次去重。",
            "One entry of the journal a look; counted by the office of the reader's post that day.",
        ),
        (
            ("单位", "office"),
            ("种类", "kind"),
            ("次数", "times"),
            ("查看人", "readers"),
            ("涉及学生", "children"),
            ("写明理由的", "with a reason"),
        ),
        rows,
    )


def exports(asked: YearAsked) -> Section:
    """What was taken out as files, by office and kind of list."""
    files: Counter[tuple[str, str]] = Counter()
    lines: Counter[tuple[str, str]] = Counter()
    whole: Counter[tuple[str, str]] = Counter()
    for entry in asked.entries([SensitiveRead.EXPORT.value]).only("act", "at", "by", "body", "subject_kind"):
        key = (_office(asked, entry), what_of(entry.body))
        files[key] += 1
        lines[key] += children_in(entry)
        whole[key] += "IDENTITY" in (entry.body.get("fields") or ())
    return Section(
        "exports",
        ("导出", "Exports"),
        (
            "流水中每次导出为一条；“学生人次”是各文件所含学生数之和，同一学生多次导出计多次。",
            "One entry of the journal a file; a child in two files counts twice.",
        ),
        (
            ("单位", "office"),
            ("导出的内容", "what"),
            ("文件数", "files"),
            ("学生人次", "children, summed"),
            ("带完整证件号的文件", "files with identity numbers"),
        ),
        [(*key, n, lines[key], whole[key]) for key, n in sorted(files.items())],
    )


def what_of(body: Mapping[str, Any]) -> str:
    """What an export was of, as its entry tells it."""
    return str(body.get("what") or body.get("register") or body.get("ledger") or body.get("kind") or "FILE")


def children_in(entry: JournalEntry) -> int:
    """How many children an exported file named."""
    for key in ("children", "rows"):
        if isinstance(given := entry.body.get(key), int):
            return given
    return int(entry.subject_kind == "child")


def at_the_door(asked: YearAsked) -> Section:
    """What was tried and did not work."""
    missed = asked.entries([SensitiveRead.MISSED_BREAK_GLASS.value]).count()
    locked = asked.entries(["LOCK_GUARDIAN_LINK"]).count()
    wrong = WrongPasswords.objects.filter(since__lte=asked.at).aggregate(Sum("count"))["count__sum"] or 0
    rows = [
        (_zh_en(asked, "近一天登录口令输错次数", "wrong passwords within the last day"), wrong),
        (_zh_en(asked, "当年紧急查看未找到的次数", "break-glass numbers that led to nobody"), missed),
        (_zh_en(asked, "当年因多次输错而锁住的家长链接", "guardian links locked after wrong tries"), locked),
    ]
    return Section(
        "failed-tries",
        ("失败的登录和查看", "Failed sign-ins and looks"),
        (
            "输错口令只按不可还原的键保留一天，用于限制再试，因此没有全年数；另两项取自流水。",
            "Wrong passwords are kept for a day under a key that names nobody; the others are from the "
            "journal.",
        ),
        (("事项", "what"), ("次数", "times")),
        rows,
    )


def incidents(asked: YearAsked) -> Section:
    """The system keeps no register of incidents; the sheet is for writing them by hand."""
    return Section(
        "incidents",
        ("信息安全事件", "Incidents"),
        (
            "系统不设事件登记；发生泄露、篡改、丢失的，由本单位在此逐件填写（时间、影响、告知、处置），"
            "没有的写“无”。",
            "The system keeps no register of incidents: write each here (when, whom it touched, who was "
            "told, what was done), or none.",
        ),
        (
            ("时间", "when"),
            ("经过", "what happened"),
            ("涉及人数", "people touched"),
            ("告知情况", "who was told"),
            ("处置", "what was done"),
        ),
        [],
    )


def _office(asked: YearAsked, entry: JournalEntry) -> str:
    return asked.office_of(entry.by_id, entry.at) or _zh_en(asked, *NO_OFFICE)


def _zh_en(asked: YearAsked, zh: str, en: str) -> str:
    return en if asked.language.startswith("en") else zh
