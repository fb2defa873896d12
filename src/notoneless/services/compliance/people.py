"""Who may see what, who could, who signs in how, and from which telephones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Max
from django_otp.plugins.otp_totp.models import TOTPDevice

from notoneless.core.terms import Term
from notoneless.records.access import TABLE, Row
from notoneless.records.models import Device, Person, PostHeld, SignIn
from notoneless.services.accounts import FACTOR_POSTS
from notoneless.services.compliance.asked import YearAsked
from notoneless.services.pack_sections import Section, day, label, moment, said

YES, NO = ("是", "yes"), ("否", "no")


def access_table(asked: YearAsked) -> Section:
    """The one table that decides who may see what."""
    return Section(
        "access",
        ("谁能看什么（权限矩阵）", "Who may see what"),
        (
            "取自系统判定权限的唯一一张表，逐行照录；表中没有的岗位不能做，范围以外与不存在一样。",
            "Row by row from the one table that decides; what it does not name may not be done.",
        ),
        (
            ("对象", "thing"),
            ("岗位", "posts"),
            ("范围", "scope"),
            ("可以", "may"),
            ("看到学生的", "sees of a child"),
        ),
        [_access_row(row, asked.language) for row in TABLE],
    )


def _access_row(row: Row, language: str) -> tuple[str, ...]:
    listed = (_in_order(row.posts, language), label(row.scope, language))
    return (
        label(row.thing, language),
        *listed,
        _in_order(row.verbs, language),
        _in_order(row.fields, language),
    )


def _in_order(terms: Iterable[Term], language: str) -> str:
    order = {term: n for one in terms for n, term in enumerate(type(one))}
    between = ", " if language.startswith("en") else "、"
    return between.join(label(term, language) for term in sorted(terms, key=order.__getitem__))


def people_with_access(asked: YearAsked) -> Section:
    """Everybody who held a post on any day of the year, and what began or ended in it."""
    held = [row for row in asked.posts if _in_year(row, asked)]
    return Section(
        "people",
        ("全年有权限的人员及变动", "People with access, and what changed"),
        (
            f"全年任一天任职的全部记录，共 {len(held)} 条、{len({row.person_id for row in held})} 人；"
            "权限随任职开始和结束，没有长期账号权限。",
            f"Every post held on any day of the year: {len(held)} rows, "
            f"{len({row.person_id for row in held})} people; access begins and ends with the post.",
        ),
        (
            ("单位", "office"),
            ("岗位", "post"),
            ("姓名", "name"),
            ("起", "from"),
            ("止（不含）", "until (exclusive)"),
            ("当年开始", "began this year"),
            ("当年结束", "ended this year"),
            ("代理", "deputy"),
            ("依据", "basis"),
        ),
        [_post_row(row, asked) for row in held],
    )


def _in_year(row: PostHeld, asked: YearAsked) -> bool:
    return row.held_from <= asked.last and (row.held_until is None or row.held_until > asked.first)


def _post_row(row: PostHeld, asked: YearAsked) -> tuple[str, ...]:
    place = row.class_group or row.place
    school = f"{row.class_group.school.name} " if row.class_group else ""
    ended = row.held_until is not None and asked.first <= row.held_until <= asked.last
    flags = (row.held_from >= asked.first, ended, row.deputising_for_id is not None)
    return (
        f"{school}{place.name if place else ''}",
        label(row.post, asked.language),
        row.person.name,
        day(row.held_from),
        day(row.held_until),
        *(said(YES if flag else NO, asked.language) for flag in flags),
        row.basis,
    )


def without_factor(asked: YearAsked) -> Section:
    """Accounts whose posts ask for a second factor and that have set up none."""
    must = {row.person_id for row in asked.posts if row.post in FACTOR_POSTS and _holds(row, asked)}
    people = Person.objects.filter(pk__in=must, user__is_active=True).select_related("user")
    with_one = set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    lacking = [person for person in people.order_by("pk") if person.user_id not in with_one]
    last = dict(SignIn.objects.filter(person__in=lacking).values_list("person").annotate(Max("at")))
    posts = {p.pk: "、".join(_posts(p.pk, asked)) for p in lacking}
    return Section(
        "no-second-factor",
        ("应有而没有第二重验证的账号", "Accounts without the second factor they must have"),
        (
            f"截至导出时任职须有第二重验证的在用账号 {len(people)} 个，其中没有设置的 {len(lacking)} 个，"
            "逐个列出；"
            "没有设置的，下次登录时必须先设置才能进入。",
            f"Of {len(people)} active accounts whose posts ask for a second factor, {len(lacking)} have "
            "none; "
            "each must set one up at its next sign-in before it gets in.",
        ),
        (("姓名", "name"), ("岗位", "posts"), ("最近登录", "last signed in")),
        [(p.name, posts[p.pk], moment(last.get(p.pk))) for p in lacking],
    )


def _holds(row: PostHeld, asked: YearAsked) -> bool:
    on = asked.at.date()
    return row.held_from <= on and (row.held_until is None or row.held_until > on)


def _posts(person: int, asked: YearAsked) -> Iterator[str]:
    for row in asked.posts:
        if row.person_id == person and _holds(row, asked):
            yield label(row.post, asked.language)


def devices(asked: YearAsked) -> Section:
    """Telephones that could write without signal, by whether they still can."""
    rows = Device.objects.filter(person__in=asked.people, registered_at__lt=asked.end).select_related(
        "person"
    )
    revoked = sum(asked.begin <= row.revoked_at < asked.end for row in rows if row.revoked_at)
    working = sum(row.revoked_at is None for row in rows)
    return Section(
        "devices",
        ("离线设备登记与撤销", "Telephones that write without signal"),
        (
            f"登记过的全部设备 {len(rows)} 台，在用 {working} 台，当年撤销 {revoked} 台；"
            "撤销后设备上的数据不能再打开。",
            f"{len(rows)} telephones ever registered, {working} working, {revoked} revoked in the year.",
        ),
        (
            ("持有人", "whose"),
            ("单位", "office"),
            ("登记", "registered"),
            ("最近联系", "last seen"),
            ("撤销", "revoked"),
        ),
        [
            (
                row.person.name,
                asked.office_of(row.person_id, row.registered_at),
                moment(row.registered_at),
                moment(row.last_seen_at),
                moment(row.revoked_at),
            )
            for row in rows.order_by("registered_at", "pk")
        ],
    )
