"""The board: who has not called, who is away, who must act; and the day of the person who is signed in."""

from __future__ import annotations

import re

from builders_db import School, a_person, a_place, a_pupil, a_school, at
from conftest import Clock, signed_in
from django.test import Client

from notoneless.core.terms import PlaceKind, Post
from notoneless.services.due import tick


def board(client: Client, url: str = "/board/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def figures(page: str) -> list[int]:
    """Not called, day 1, day 2, day 3 and more, overdue, routine overdue."""
    block = page[page.index('class="figures"') : page.index('class="columns"')]
    return [int(n) for n in re.findall(r"<b>(\d+)</b>", block)]


def test_a_class_that_was_not_called_stands_on_the_board_until_it_is(
    school: School, office: Client, clock: Clock
) -> None:
    clock("2025-09-08 08:30")
    assert figures(board(office))[0] == 1
    assert "白老师" in board(office)
    school.roll_call()
    assert figures(board(office))[0] == 0
    assert "各班都点过名了" in board(office)


def test_before_the_session_nobody_is_late(school: School, office: Client, clock: Clock) -> None:
    clock("2025-09-08 07:30")
    assert figures(board(office)) == [0, 0, 0, 0, 0, 0]


def test_absence_moves_from_column_to_column_day_by_day(school: School, office: Client, clock: Clock) -> None:
    seen = []
    for day in ("09-08", "09-09", "09-10", "09-11"):
        school.calls(f"{day} A")
        clock(f"2025-{day} 08:30")
        seen.append(figures(board(office))[1:4])
    assert seen == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_a_child_who_is_back_leaves_the_board(school: School, office: Client, clock: Clock) -> None:
    school.calls("09-08 A", "09-09")
    clock("2025-09-09 08:30")
    assert figures(board(office))[1:4] == [0, 0, 0]


def test_leave_is_no_absence_without_explanation(school: School, office: Client, clock: Clock) -> None:
    school.calls("09-08 L")
    clock("2025-09-08 08:30")
    assert figures(board(office))[1:4] == [0, 0, 0]


def test_what_is_overdue_is_counted_and_marked(school: School, office: Client, clock: Clock) -> None:
    school.calls("09-08 A")
    clock("2025-09-08 09:06")
    tick(now=at("2025-09-08 09:06"))
    page = board(office)
    assert figures(page)[4] == 1
    assert 'class="state overdue"' in page


def test_what_can_still_be_done_in_time_stands_before_what_cannot(
    school: School, office: Client, clock: Clock
) -> None:
    school.calls("09-08 A", "09-09", "09-10 .A")
    clock("2025-09-10 08:30")
    page = board(office)
    page = page[page.index('id="clocks"') :]
    assert page.index(school.pupils[1].name) < page.index(school.pupils[0].name)


def test_a_long_list_shows_its_beginning_and_folds_the_rest(school: School, office: Client) -> None:
    for n in range(8):
        school.pupils.append(a_pupil(f"后来{n}", school.class_group))
    school.roll_call("A" * 12)
    page = office.get("/").content.decode()
    assert "还有 2 项" in page
    assert all(child.name in page for child in school.pupils)


def test_the_board_of_another_school_is_not_there(school: School, office: Client, teacher: Client) -> None:
    other = a_school(name="石门完小")
    assert office.get(f"/board/{other.place.pk}/").status_code == 404
    assert teacher.get(f"/board/{school.place.pk}/").status_code == 404
    assert "您的事项在“今天”" in board(teacher)


def test_the_county_chooses_among_its_schools(school: School) -> None:
    other = a_school(name="石门完小")
    bureau = signed_in(school.bureau)
    page = board(bureau)
    assert f"/board/{school.place.pk}/" in page
    assert f"/board/{other.place.pk}/" in page
    assert "石门完小" in board(bureau, f"/board/{other.place.pk}/")


def test_a_school_without_classes_has_an_empty_board(school: School) -> None:
    empty = a_place(PlaceKind.SCHOOL, "新学校", school.township)
    assert figures(board(signed_in(a_person("新主任", Post.SCHOOL_OFFICE, empty)))) == [0, 0, 0, 0, 0, 0]


def test_today_lists_what_the_posts_of_the_person_owe_soonest_first(
    school: School, teacher: Client, office: Client
) -> None:
    school.roll_call("AA")
    mine = teacher.get("/").content.decode()
    assert mine.count("<span>报告教导处</span>") == 2
    assert "家访" not in mine
    theirs = office.get("/").content.decode()
    assert theirs.count("今天 23:59 前") == 2


def test_today_before_during_and_after_the_roll_call(school: School, teacher: Client, clock: Clock) -> None:
    clock("2025-09-08 07:30")
    assert "08:00 开始点名" in teacher.get("/").content.decode()
    clock("2025-09-08 08:05")
    tick(now=at("2025-09-08 08:05"))
    page = teacher.get("/").content.decode()
    assert "今天 08:20 前" in page
    assert "还剩 1" in page
    clock("2025-09-08 08:31")
    assert 'class="state overdue"' in teacher.get("/").content.decode()
    school.roll_call("A", "2025-09-08 08:31")
    assert "白老师 08:31 已点名" in teacher.get("/").content.decode()


def test_today_counts_as_corrected(school: School, teacher: Client, office: Client) -> None:
    school.roll_call("A")
    counts = re.compile(r"应到<b>(\d+)</b>.*实到<b>(\d+)</b>.*缺<b>(\d+)</b>")
    assert counts.findall(teacher.get("/").content.decode()) == [("4", "3", "1")]
    for child, status in zip(school.pupils, ("LATE", "ABSENT", "LEAVE"), strict=False):
        sent = {"status": status, "reason": "SICK", "happened_at": "2025-09-08T08:05"}
        office.post(f"/child/{child.pk}/correct/2025-09-08/MORNING/", sent)
    assert counts.findall(teacher.get("/").content.decode()) == [("4", "2", "2")]


def test_what_stays_undone_is_told_step_by_step_to_those_above(school: School, clock: Clock) -> None:
    school.calls("09-08 A")
    told = {}
    for day in ("2025-09-08 10:00", "2025-09-10 10:00", "2025-09-12 10:00"):
        clock(day)
        tick(now=at(day))
        people = (school.office, school.principal, school.bureau)
        told[day] = ["报到我这里" in board(signed_in(person), "/") for person in people]
    assert list(told.values()) == [[True, False, False], [True, True, False], [True, True, True]]


def test_a_day_without_school_asks_for_nothing(school: School, teacher: Client, clock: Clock) -> None:
    clock("2025-09-07 09:00")
    assert "今天不上课：周末" in teacher.get("/").content.decode()
