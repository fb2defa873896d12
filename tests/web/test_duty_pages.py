"""What dates brought, on the pages: today's list, why, 已办, the board's count, and how far quotas are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from builders_db import TERM_START, School, a_class, a_person, a_pupil, a_school, at
from conftest import Clock, signed_in
from django.http import HttpResponse
from django.test import Client

from notoneless.core.terms import Act, Post
from notoneless.records.models import Obligation, PlaceAct, PostHeld
from notoneless.services import casework
from notoneless.services.due import tick

FUJIAN, TEN_RULES = "fujian/jianning-2024", "seeds/ten-rules-2020"


@pytest.fixture
def school(db: None, clock: Clock) -> School:
    """A school whose office reports daily; the worker has looked on Monday at 08:05."""
    found = a_school(pack=FUJIAN)
    tick(now=clock("2025-09-08 08:05"))
    return found


def the(rule: str) -> Obligation:
    return Obligation.objects.filter(rule=rule).order_by("occasion")[0]


def page(client: Client, url: str = "/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def routine(client: Client) -> str:
    """The routine part of somebody's day; empty when there is none."""
    found = page(client)
    return found[found.index('id="routine"') :] if 'id="routine"' in found else ""


def say_done(client: Client, owed: Obligation, **more: Any) -> HttpResponse:
    form = {"happened_at": "2025-09-08T08:00", "note": "已核对", "key": "k1", **more}
    return client.post(f"/duty/{owed.pk}/", form)  # type: ignore[return-value]


def test_each_post_sees_its_own_with_moment_and_clause(school: School, office: Client) -> None:
    mine = routine(office)
    assert f"o-{the('school-daily-report').pk}" in mine
    assert f"o-{the('school-monthly-report').pk}" not in mine
    assert "今天 23:59 前" in mine
    assert "建宁县" in mine
    principal = routine(signed_in(school.principal))
    assert f"o-{the('school-monthly-report').pk}" in principal
    bureau = routine(signed_in(school.bureau))
    assert f"o-{the('county-quarterly-review').pk}" in bureau
    assert f"o-{the('school-monthly-report').pk}" not in bureau
    assert routine(signed_in(school.teacher)) == ""


def test_routine_is_not_among_what_children_need(school: School, office: Client) -> None:
    found = page(office)
    assert "今天没有到期事项" in found[: found.index('id="routine"')]


def test_a_vacant_post_s_work_is_shown_to_those_above_as_vacant(school: School) -> None:
    owed = the("enrolment-system-daily")
    principal = signed_in(school.principal)
    assert f"o-{owed.pk}" in routine(principal)
    assert "学籍管理员 · 无人任岗" in routine(principal)
    assert "无人任岗" in page(principal, f"/duty/{owed.pk}/")
    a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    assert f"o-{owed.pk}" not in routine(principal)


def test_done_is_said_once_and_leaves_the_list(school: School, office: Client) -> None:
    owed = the("school-daily-report")
    answer = say_done(office, owed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/#routine")
    assert say_done(office, owed).status_code == 302
    act = PlaceAct.objects.get()
    assert (act.note, act.by, act.happened_at) == ("已核对", school.office, at("2025-09-08 08:00"))
    assert f"o-{owed.pk}" not in routine(office)
    done = page(office, f"/duty/{owed.pk}/")
    assert "已核对" in done
    assert '<form method="post" action="/duty/' not in done


def test_why_says_clause_words_reading_and_limit(school: School, office: Client) -> None:
    owed = the("school-daily-report")
    found = page(office, f"/duty/{owed.pk}/")
    for words in ("建宁县", "怎么算", "2025-09-08 00:00", "2025-09-08 23:59", "当日", "因日期到了"):
        assert words in found, words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"happened_at": ""}, "请填写时间"),
        ({"happened_at": "2025-09-08T09:00"}, "晚于现在"),
        ({"happened_at": "2025-09-07T23:00"}, "从 2025-09-08 00:00 起算"),
    ],
)
def test_a_wrong_moment_is_answered_with_what_would_be_right(
    school: School, office: Client, wrong: dict[str, str], said: str
) -> None:
    answer = say_done(office, the("school-daily-report"), **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PlaceAct.objects.exists()


def test_whoever_may_only_look_is_told_whose_it_is(school: School) -> None:
    owed = the("school-daily-report")
    bureau = signed_in(school.bureau)
    found = page(bureau, f"/duty/{owed.pk}/")
    assert "由教导处或其上级办理" in found
    assert "<textarea" not in found
    assert say_done(bureau, owed).status_code == 422


def test_out_of_scope_looks_like_not_there(school: School, clock: Clock) -> None:
    other = a_school(pack=FUJIAN, name="青石完小")
    owed = the("school-daily-report")
    for person in (school.teacher, other.office, other.principal):
        client = signed_in(person)
        assert client.get(f"/duty/{owed.pk}/").status_code == 404
        assert say_done(client, owed).status_code == 404
    roll_call = Obligation.objects.filter(act=Act.TAKE_ROLL_CALL)[0]
    assert signed_in(school.office).get(f"/duty/{roll_call.pk}/").status_code == 404


def test_the_board_counts_overdue_routine_apart_and_names_vacancies(
    school: School, office: Client, clock: Clock
) -> None:
    tick(now=clock("2025-09-09 08:05"))
    school.roll_call("", "2025-09-09 08:05")
    found = page(office, "/board/")
    counts = dict(re.findall(r'about=(\w+)" class="[^"]*"><b>(\d+)</b>', found))
    # The roll call of Monday nobody took; the report and the log-in of Monday.
    assert (counts["children"], counts["dates"]) == ("1", "2")
    assert "学籍管理员 · 无人任岗" in found
    PostHeld.objects.filter(person=school.office, post=Post.SCHOOL_OFFICE).update(post=Post.PRINCIPAL)
    assert "教导处 · 无人任岗" in page(signed_in(school.principal), "/board/")


def test_what_is_late_is_told_to_those_above(school: School, clock: Clock) -> None:
    tick(now=clock("2025-09-10 08:05"))
    found = page(signed_in(school.principal))
    escalated = found[found.index("逾期报到我这里的") :]
    assert f"o-{the('school-daily-report').pk}" in escalated


# Quotas.


def visit(school: School, pupil: int, moment: str, by: Any = None) -> None:
    when = at(f"2025-{moment}")
    casework.record_visit(
        by=by or school.teacher, child=school.pupils[pupil], happened_at=when, at=when, note="见到家长"
    )


def quotas(client: Client) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", each).strip()
        for each in re.findall(r"<summary>(.*?)</summary>", page(client).partition('class="quotas"')[2])
    ]


@pytest.fixture
def rules(db: None, clock: Clock) -> School:
    """A class of four whose teacher must visit half of it each term."""
    clock("2025-10-20 08:05")
    return a_school(pack=TEN_RULES)


def test_a_quota_counts_each_child_once_within_the_term(rules: School) -> None:
    teacher = signed_in(rules.teacher)
    assert any("本学期家访 0/2 人（至 1月" in line for line in quotas(teacher))
    visit(rules, 0, "09-10 16:00")
    visit(rules, 0, "09-20 16:00")
    assert any("本学期家访 1/2 人" in line for line in quotas(teacher))
    visit(rules, 1, "10-10 16:00")
    assert any("本学期家访 2/2 人" in line for line in quotas(teacher))


def test_a_visit_to_another_class_or_of_another_kind_does_not_count(rules: School) -> None:
    other = a_school(pack=TEN_RULES, name="青石完小")
    visit(other, 0, "09-10 16:00")
    when = at("2025-09-11 16:00")
    casework.record_contact(by=rules.teacher, child=rules.pupils[0], happened_at=when, at=when, note="电话")
    assert any("本学期家访 0/2 人" in line for line in quotas(signed_in(rules.teacher)))


def test_a_visit_that_was_corrected_away_does_not_count(rules: School) -> None:
    visit(rules, 0, "09-10 16:00")
    wrong = rules.pupils[0].acts.get()
    when = at("2025-09-12 16:00")
    casework.record_contact(
        by=rules.teacher,
        child=rules.pupils[0],
        happened_at=when,
        at=when,
        note="没有去成，打了电话",
        supersedes=wrong,
    )
    assert any("本学期家访 0/2 人" in line for line in quotas(signed_in(rules.teacher)))


def test_a_subject_teacher_s_quota_is_their_own_in_times(rules: School) -> None:
    colleague = a_person("黎老师", Post.SUBJECT_TEACHER, rules.class_group)
    visit(rules, 0, "09-10 16:00", by=colleague)
    visit(rules, 0, "09-20 16:00", by=colleague)
    visit(rules, 1, "09-21 16:00")
    (line,) = quotas(signed_in(colleague))
    assert "本学期家访 2/10 次" in line


def test_the_class_as_it_is_today_is_what_is_visited(rules: School) -> None:
    a_pupil("新同学", rules.class_group)
    assert any("本学期家访 0/3 人" in line for line in quotas(signed_in(rules.teacher)))


def test_quotas_that_stand_alike_are_one_line_with_all_their_clauses(rules: School) -> None:
    lines = quotas(signed_in(rules.teacher))
    assert len(lines) == len(set(lines))
    found = page(signed_in(rules.teacher)).partition('class="quotas"')[2]
    assert found.count("<blockquote") == 5


def test_the_class_is_named_where_a_teacher_has_several(rules: School) -> None:
    assert not any("三年级2班" in line for line in quotas(signed_in(rules.teacher)))
    second = a_class(rules.place, "三年级3班")
    a_pupil("新同学", second)
    PostHeld.objects.create(
        person=rules.teacher, post=Post.CLASS_TEACHER, class_group=second, held_from=TERM_START
    )
    lines = quotas(signed_in(rules.teacher))
    assert any(line.startswith("三年级2班 本学期家访 0/2 人") for line in lines)
    assert any(line.startswith("三年级3班 本学期家访 0/1 人") for line in lines)


def test_a_school_without_quotas_shows_none(school: School, teacher: Client) -> None:
    assert 'class="quotas"' not in page(teacher)


def test_a_day_with_quotas_asks_a_bounded_number_of_times(
    rules: School, django_assert_max_num_queries: object
) -> None:
    teacher = signed_in(rules.teacher)
    page(teacher)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        page(teacher)
