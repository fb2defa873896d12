"""How long records have been kept, what lies encrypted, and what guardians asked for."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.apps import apps
from django.db.models import BinaryField, Count, F, Func, Max, Min, Model, Q

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import ContestKind, ContestOutcome
from notoneless.records.models import (
    ActRecord,
    Attachment,
    AttendanceMark,
    Case,
    Child,
    Contest,
    Enrolment,
    GuardianLink,
    JournalEntry,
    Message,
    Obligation,
    OfflineReceived,
    PaperIssued,
    RollCall,
    SignIn,
    Tip,
)
from notoneless.services.compliance.asked import YearAsked
from notoneless.services.pack_sections import Section, Words, label, said

# What is kept of children and of people, with the moment or day by which its age is told.
KEPT: tuple[tuple[Words, type[Model], str], ...] = (
    (("学生编班", "classes of children"), Enrolment, "from_day"),
    (("点名", "roll calls"), RollCall, "recorded_at"),
    (("考勤标记", "attendance marks"), AttendanceMark, "recorded_at"),
    (("个案", "cases"), Case, "opened_at"),
    (("已办动作（联系、家访、劝返）", "acts: contacts, visits, persuasion"), ActRecord, "recorded_at"),
    (("应办事项", "obligations"), Obligation, "opened_at"),
    (("签发的文书", "papers issued"), PaperIssued, "at"),
    (("照片和扫描件", "pictures and scans"), Attachment, "at"),
    (("离线上传的记录", "records sent from telephones"), OfflineReceived, "received_at"),
    (("家长异议", "what guardians contested"), Contest, "at"),
    (("群众线索", "tips"), Tip, "at"),
    (("已发通知", "messages sent"), Message, "created_at"),
    (("登录", "sign-ins"), SignIn, "at"),
    (("流水", "journal"), JournalEntry, "at"),
)


def retention(asked: YearAsked) -> Section:
    """The oldest and the newest row of each kind of record."""
    rows = [(said(words, asked.language), *_ages(model, field)) for words, model, field in KEPT]
    return Section(
        "retention",
        ("保存期限的事实", "How long records have been kept"),
        (
            "全系统各类记录现有行数和最早、最近一条的日期，直接查表；保存多久由本单位按档案规定决定，"
            "系统只增不删。",
            "In the whole system: rows, oldest and newest of each kind, read from the tables; the system "
            "adds and never deletes.",
        ),
        (("记录", "records"), ("行数", "rows"), ("最早", "oldest"), ("最近", "newest")),
        [
            (("学生" if not asked.language.startswith("en") else "children"), Child.objects.count(), "", ""),
            *rows,
        ],
    )


def _ages(model: type[Model], field: str) -> tuple[int, str, str]:
    found = model._default_manager.aggregate(n=Count("pk"), first=Min(field), last=Max(field))
    return found["n"], _day(found["first"]), _day(found["last"])


def _day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(CHINA_TIME).date()
    return value.isoformat() if value else ""


def encryption(asked: YearAsked) -> Section:
    """Every column that lies encrypted, and under which number of a key; never a key."""
    return Section(
        "encryption",
        ("加密和密钥", "Encryption and keys"),
        (
            "全系统逐列查表：密文开头两个字节是密钥编号。算法 AES-256-GCM，密文绑定所在的行和列；"
            "密钥本身不在数据库，也不在本材料中。",
            "The whole system, column by column: the first two bytes name the key. AES-256-GCM, bound to "
            "row and column; "
            "keys lie neither in the database nor here.",
        ),
        (("表", "table"), ("列", "column"), ("密钥编号", "key number"), ("密文数", "sealed values")),
        [row for model in apps.get_app_config("records").get_models() for row in _sealed(model)],
    )


def _sealed(model: type[Model]) -> list[tuple[str, str, str, int]]:
    rows: list[tuple[str, str, str, int]] = []
    for column in model._meta.get_fields():
        if isinstance(column, BinaryField) and column.name.endswith("sealed"):
            rows += [(model._meta.db_table, column.name, key, n) for key, n in _keys(model, column.name)]
    return rows


def _keys(model: type[Model], column: str) -> list[tuple[str, int]]:
    head = Func(F(column), 1, 2, function="substr", output_field=BinaryField())
    filled = model._default_manager.exclude(**{column: None})
    counted = filled.order_by().annotate(key_head=head).values_list("key_head").annotate(key_n=Count("pk"))
    return sorted((str(int.from_bytes(bytes(key), "big")), n) for key, n in counted)


def guardians(asked: YearAsked) -> Section:
    """What guardians asked for or contested, and how it ended."""
    rows = Contest.objects.filter(school__path__startswith=asked.path, at__gte=asked.begin, at__lt=asked.end)
    counted: Counter[tuple[ContestKind, ContestOutcome | None]] = Counter()
    late: Counter[tuple[ContestKind, ContestOutcome | None]] = Counter()
    for each in rows.select_related("answer"):
        answer = getattr(each, "answer", None)
        key = (each.kind, answer.outcome if answer else None)
        counted[key] += 1
        ended = answer.at if answer else asked.at
        late[key] += each.due_at is not None and ended > each.due_at
    links = GuardianLink.objects.filter(made_by__in=asked.people)
    made = links.filter(made_at__gte=asked.begin, made_at__lt=asked.end).count()
    revoked = links.filter(revoked_at__gte=asked.begin, revoked_at__lt=asked.end).count()
    return Section(
        "guardians",
        ("家长的异议和索取", "What guardians contested and asked for"),
        (
            "当年收到的每件按结果归并，答复晚于期限或至今未答复且已过期的为超期。另：当年开出家长链接 "
            f"{made} 个，撤销 {revoked} 个。",
            "Each received in the year by its outcome; late if answered, or still open, after its time "
            "limit. "
            f"Also: {made} guardian links made, {revoked} revoked.",
        ),
        (("事项", "matter"), ("结果", "outcome"), ("件数", "how many"), ("其中超期", "of them late")),
        [
            (
                label(kind, asked.language),
                label(outcome, asked.language) or said(OPEN, asked.language),
                n,
                late[kind, outcome],
            )
            for (kind, outcome), n in sorted(counted.items(), key=lambda each: (each[0][0], each[0][1] or ""))
        ],
    )


OPEN: Words = ("尚未答复", "not answered yet")


def minors_under_14(asked: YearAsked) -> tuple[int, int]:
    """How many of the children are under 14 on the day, and how many have no date of birth."""
    on = asked.at.astimezone(CHINA_TIME).date()
    line = date(on.year - 14, on.month, min(on.day, 28) if on.month == 2 else on.day)
    young = Child.objects.filter(birth_on__gt=line).count()
    return young, Child.objects.filter(Q(birth_on=None)).count()
