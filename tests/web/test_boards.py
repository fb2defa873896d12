"""The boards of the posts: each figure is its list, each post sees its own place, and nobody waits for it."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from builders_db import School, a_class, a_person, a_place, a_pupil, a_school, at
from conftest import Clock, signed_in
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from leaking import leaks
from world import LATER, World, a_holder, spot_of, the_world

from notoneless.core.facts import CHINA_TIME
from notoneless.core.stages import EVENT_TO
from notoneless.core.terms import Act, AttendanceStatus, EventKind, KeyGroup, PlaceKind, Post, Stage
from notoneless.records.access import ADDRESSES, TABLE, Asked, Scope
from notoneless.records.models import (
    ActRecord,
    Assigned,
    Case,
    CaseChange,
    Child,
    ClosureDeclared,
    Guardian,
    InKeyGroup,
    JournalEntry,
    Obligation,
    Person,
    Place,
    PostHeld,
    Residence,
)
from notoneless.services import casework, roll_calls
from notoneless.services.due import tick
from notoneless.services.reviewing import last_review, mark_reviewed
from notoneless.web.read import lists

OF_A_PLACE = (
    "township",
    "county",
    "list_cases",
    "list_returns",
    "list_absent",
    "list_overdue",
)
KINDS = {"township": PlaceKind.TOWNSHIP, "county": PlaceKind.COUNTY}


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def in_place(name: str, place: Place) -> str:
    return reverse(f"web:{name}", args=(place.pk,))


def bureau(school: School) -> Client:
    return signed_in(school.bureau)


def total(page: str) -> int:
    """How many a list says that it has."""
    found = re.search(r"<h1>[^<]*(?:<[^s][^>]*>[^<]*)*<small>(\d+)</small>", page)
    assert found, page
    return int(found[1])


def figures(page: str) -> list[tuple[str, int]]:
    """Each figure of the line on top: the list it opens, and the number."""
    block = page[page.index('class="figures"') : page.index('class="columns"')]
    return [(unescape(url), int(n)) for url, n in re.findall(r'<a href="([^"]+)"[^>]*><b>(\d+)</b>', block)]


def linked_counts(page: str) -> set[tuple[str, int]]:
    """Every number of the page that is a link to a list."""
    found = re.findall(r'<a href="(/in/[^"]+)"[^>]*>(?:<b>)?(\d+)(?:</b>)?[^<]*</a>', page)
    found += re.findall(r'<a href="(/in/[^"]+)" aria-label="[^"]*? (\d+)(?: 人)?[" ]', page)
    return {(unescape(url), int(n)) for url, n in found}


def a_case(child: Child, stage: Stage, moment: str = "2025-09-08 09:00", *, learned: str = "") -> Case:
    """An open case at a stage, with the step that led there."""
    known = at(learned or moment)
    case, _ = Case.objects.update_or_create(
        child=child, defaults={"number": f"例-{child.pk}", "opened_at": at(moment), "stage": stage}
    )
    CaseChange.objects.create(
        case=case, at=at(moment), recorded_at=known, stage_before=Stage.ATTENDING, stage=stage,
        event=EVENT_TO[stage] or "",
    )  # fmt: skip
    return case


# Who sees which place.


@pytest.mark.parametrize("name", OF_A_PLACE)
def test_a_place_is_there_for_those_who_answer_for_the_whole_of_it(name: str, db: None, clock: Clock) -> None:
    world = the_world()
    clock(LATER)
    asked = ADDRESSES[f"web:{name}"]
    assert isinstance(asked, Asked)
    whole = {
        p
        for r in TABLE
        if (r.thing, r.scope) == (asked.thing, Scope.PLACE)
        for p in r.posts
        if asked.see in r.verbs
    }
    for post in (
        Post.CLASS_TEACHER,
        Post.PRINCIPAL,
        Post.VILLAGE_CADRE,
        Post.TOWNSHIP,
        Post.COUNTY_BUREAU,
        Post.PROVINCE,
    ):
        client, spot = signed_in(a_holder(world, post)), spot_of(world, post).get("place")
        for place in places(world, name):
            may = post in whole and spot is not None and spot.contains(place)
            answer = client.get(in_place(name, place))
            assert (answer.status_code == 200) == may, (post, place)
            assert leaks(answer, post, world) == [], (post, place)


def places(world: World, name: str) -> list[Place]:
    """The places near and far to which the address could be about."""
    near = [world.school, world.township, world.county, *(t.school for t in world.targets)]
    around = {place for each in near for place in above(each)}
    return [place for place in around if name not in KINDS or place.kind == KINDS[name]]


def above(place: Place | None) -> list[Place]:
    found = []
    while place is not None:
        found.append(place)
        place = place.parent
    return found


def test_a_villages_own_people_do_not_see_the_lists_of_schools_that_stand_there(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    there = a_place(PlaceKind.SCHOOL, "村小", village)
    a_pupil("别家孩子", a_class(there))
    cadre = signed_in(a_person("村干部", Post.VILLAGE_CADRE, village))
    for name in ("list_cases", "list_absent", "list_overdue", "list_schools", "principal", "season"):
        assert cadre.get(in_place(name, there)).status_code == 404, name


def test_each_person_lands_on_the_board_of_the_widest_post(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    homes = {
        school.bureau: in_place("county", school.county),
        school.principal: in_place("principal", school.place),
        school.office: f"/board/{school.place.pk}/",
        a_person("学籍员", Post.ENROLMENT_OFFICER, school.place): in_place("enrolment", school.place),
        school.teacher: "/",
        a_person("科任", Post.SUBJECT_TEACHER, school.class_group): "/lessons/",
        a_person("乡干部", Post.TOWNSHIP, school.township): in_place("township", school.township),
        a_person("村干部", Post.VILLAGE_CADRE, village): "/village/",
        a_person("审计", Post.AUDIT_OFFICER, school.county): "/",
    }
    for person, home in homes.items():
        answer = signed_in(person).get("/first/")
        assert answer.headers["Location"] == home, person
        assert signed_in(person).get(home).status_code == 200, person


def test_whoever_holds_several_posts_has_a_tab_for_each(school: School) -> None:
    other = a_place(PlaceKind.SCHOOL, "石门完小", school.township)
    PostHeld.objects.create(
        person=school.principal, post=Post.PRINCIPAL, place=other, held_from=date(2025, 9, 1)
    )
    page = html(signed_in(school.principal), "/")
    assert "校长 云岭完小" in page
    assert "校长 石门完小" in page


def test_a_post_that_has_ended_takes_its_tab_and_its_board_along(school: School) -> None:
    client = signed_in(school.principal)
    assert in_place("principal", school.place) in html(client, "/")
    PostHeld.objects.filter(person=school.principal).update(held_until=date(2025, 9, 8))
    assert in_place("principal", school.place) not in html(client, "/")
    assert client.get(in_place("principal", school.place)).status_code == 404


# A figure is a list.


def a_county(school: School) -> School:
    """Four pupils more in another township: one of each stage, one absent, one late with everything."""
    other = a_school(name="石门完小")
    for pupil, stage in zip(
        school.pupils, (Stage.AT_RISK, Stage.SUSPECTED_DROPOUT, Stage.DROPOUT), strict=False
    ):
        a_case(pupil, stage)
    a_case(other.pupils[0], Stage.SUSPECTED_DROPOUT)
    other.roll_call("..AL")
    tick(now=at("2025-09-08 10:30"))
    return other


def test_every_figure_on_the_countys_board_is_as_long_as_its_list(school: School, clock: Clock) -> None:
    a_county(school)
    clock("2025-09-08 10:30")
    client = bureau(school)
    page = html(client, in_place("county", school.county))
    lists = {
        each for each in linked_counts(page) if "/schools/" not in each[0] and "/township/" not in each[0]
    }
    assert len(lists) > 12
    assert {n for _, n in lists} > {0, 1, 2}
    for url, number in lists:
        assert total(html(client, url)) == number, url


def test_every_figure_on_the_other_boards_is_as_long_as_its_list(school: School, clock: Clock) -> None:
    a_county(school)
    clock("2025-09-08 10:30")
    client = bureau(school)
    boards = (in_place("township", school.township), in_place("principal", school.place))
    seen = set()
    for board in (*boards, f"/board/{school.place.pk}/"):
        page = html(client, board)
        for url, number in re.findall(r'<a href="([^"]+)"[^>]*><b>(\d+)</b>', page):
            path, _, part = unescape(url).partition("#")
            shown = rows_under(html(client, path or board), part) if part else None
            if "/schools/" in path:
                shown = len(re.findall(r"已点 0/", html(client, path)))
            assert int(number) == (total(html(client, path)) if shown is None else shown), (board, url)
            seen.add(int(number))
    assert len(seen) > 1


def rows_under(page: str, heading: str) -> int:
    """How many lines the list below a heading has."""
    below = page[page.index(f'id="{heading}"') :].partition("</h2>")[2].partition("<h2")[0]
    return len(re.findall("<li", below.partition("</section>")[0]))


def test_the_townships_figures_sum_to_the_countys(school: School, clock: Clock) -> None:
    a_county(school)
    clock("2025-09-08 10:30")
    client = bureau(school)
    whole = [
        total(html(client, in_place(f"list_{n}", school.county))) for n in ("cases", "absent", "overdue")
    ]
    parts = Place.objects.filter(kind=PlaceKind.TOWNSHIP)
    each = [
        [total(html(client, in_place(f"list_{n}", p))) for n in ("cases", "absent", "overdue")] for p in parts
    ]
    assert [sum(column) for column in zip(*each, strict=True)] == whole
    assert all(whole)


def test_from_the_county_to_a_child_it_is_four_clicks_at_most(school: School, clock: Clock) -> None:
    a_county(school)
    clock("2025-09-08 10:30")
    client = bureau(school)
    seen, reached = {client.get("/first/").headers["Location"]}, ""
    for _click in range(4):
        pages = [html(client, url) for url in seen]
        links = {
            unescape(u) for page in pages for u in re.findall(r'href="(/(?:in|child|board)/[^"#]*)"', page)
        }
        reached = next((url for url in links if url.startswith("/child/")), "")
        if reached:
            break
        seen = links
    assert client.get(reached).status_code == 200


def test_a_long_list_comes_in_pages_of_fifty_with_its_whole_length(school: School) -> None:
    for n in range(60):
        a_case(a_pupil(f"多{n:02d}", school.class_group), Stage.AT_RISK)
    client, url = bureau(school), in_place("list_cases", school.county)
    first, second = html(client, url), html(client, f"{url}?page=2")
    assert total(first) == total(second) == 60
    names = [set(re.findall(r"多\d\d", page)) for page in (first, second)]
    assert (len(names[0]), len(names[1])) == (50, 10)
    assert not names[0] & names[1]
    assert client.get(f"{url}?page=3").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["list_cases/?stage=EXPELLED", "list_cases/?week=2025-09-09", "list_cases/?page=0", "list_cases/?page=x",
     "list_cases/?grade=x", "list_returns/?span=31", "list_group/?group=RICH", "list_overdue/?who=NOBODY"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_not_there(query: str, school: School) -> None:
    name, _, asked = query.partition("/")
    assert bureau(school).get(in_place(name, school.county) + asked).status_code == 404


def test_a_child_that_left_its_class_stays_in_the_figures_until_another_takes_it(school: School) -> None:
    child = school.pupils[0]
    a_case(child, Stage.DROPOUT)
    child.enrolments.update(until=date(2025, 9, 8))
    assert total(html(bureau(school), in_place("list_cases", school.county))) == 1
    elsewhere = a_school(name="外县学校", county="外县")
    a_pupil_moves(child, elsewhere)
    assert total(html(bureau(school), in_place("list_cases", school.county))) == 0


def a_pupil_moves(child: Child, to: School) -> None:
    child.enrolments.create(class_group=to.class_group, from_day=date(2025, 9, 8))


def test_a_mark_that_was_corrected_is_no_absence(school: School, clock: Clock) -> None:
    school.roll_call("AA")
    clock("2025-09-08 09:00")
    url = in_place("list_absent", school.county)
    assert total(html(bureau(school), url)) == 2
    roll_calls.correct(
        by=school.teacher, child=school.pupils[0], day=date(2025, 9, 8), session="MORNING",
        status=AttendanceStatus.LATE, reason=None, happened_at=at("2025-09-08 08:20"),
        at=at("2025-09-08 08:30"),
    )  # fmt: skip
    assert total(html(bureau(school), url)) == 1


# The county's order of worry.


def test_a_school_is_silent_from_the_first_session_until_one_class_has_called(
    school: School, clock: Clock
) -> None:
    a_pupil("另一班", a_class(school.place, "四年级1班"))
    url, client = in_place("county", school.county), bureau(school)
    clock("2025-09-08 07:30")
    assert "今天的点名还没有开始" in html(client, url)
    clock("2025-09-08 08:30")
    assert figures(html(client, url))[0][1] == 1
    school.roll_call()
    assert figures(html(client, url))[0][1] == 0
    assert "没点完 1" in html(client, url)


def test_a_closed_school_is_not_silent(school: School, clock: Clock) -> None:
    clock("2025-09-08 08:30")
    ClosureDeclared.objects.create(
        place=school.township, from_day=date(2025, 9, 8), until=date(2025, 9, 9), reason="暴雨",
        declared_at=at("2025-09-08 06:00"), by=school.principal,
    )  # fmt: skip
    assert figures(html(bureau(school), in_place("county", school.county)))[0][1] == 0
    assert "停课：暴雨" in html(bureau(school), in_place("list_schools", school.county))


def test_new_is_what_was_learned_since_the_board_was_last_looked_at(school: School, clock: Clock) -> None:
    a_case(school.pupils[0], Stage.SUSPECTED_DROPOUT, learned="2025-09-08 09:00")
    clock("2025-09-08 10:00")
    client, url = bureau(school), in_place("county", school.county)
    page = html(client, url)
    assert figures(page)[1][1] == 1
    seen = re.search(r'name="seen_at" value="([^"]+)"', page)
    assert seen
    # Learned while the page lay open: the button speaks of the page, not of the moment it is pressed.
    a_case(school.pupils[1], Stage.SUSPECTED_DROPOUT, learned="2025-09-08 10:10")
    clock("2025-09-08 10:20")
    answer = client.post(in_place("reviewed", school.county), {"seen_at": unescape(seen[1])})
    assert answer.status_code == 302
    assert figures(html(client, url))[1][1] == 1
    assert "县局 看到 2025-09-08 10:00" in html(client, url)
    entry = JournalEntry.objects.get(act="BOARD_REVIEWED")
    assert (entry.by, f"{entry.at.astimezone(CHINA_TIME):%H:%M}") == (school.bureau, "10:20")


def test_a_very_long_list_of_what_is_overdue_is_not_counted_to_its_end_but_read_to_it(
    school: School, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr(lists, "COUNTED", 3)
    school.roll_call("AAAA")
    tick(now=clock("2025-09-09 23:59"))
    client, url = bureau(school), in_place("list_overdue", school.county)
    whole = Obligation.objects.filter(state="OVERDUE").count()
    assert whole > 5
    seen: list[str] = []
    for number in range(1, -(-whole // 2) + 1):
        page = html(client, f"{url}?page={number}")
        rows = re.findall(r'href="(/child/[^"]+/obligation/[^"]+|/duty/[^"]+)"', page)
        seen += rows
        last = number * 2 >= whole
        assert (f"<small>{whole}</small>" in page) == last
        assert ("<small>3+</small>" in page) == (not last)
        assert ('rel="next"' in page) == (not last)
    assert len(set(seen)) == len(seen)
    assert client.get(f"{url}?page={-(-whole // 2) + 1}").status_code == 404


def test_a_page_older_than_the_last_review_takes_nothing_back(school: School) -> None:
    for seen in ("09:50", "09:40", "09:50"):
        mark_reviewed(
            by=school.bureau, place=school.county, seen_at=at(f"2025-09-08 {seen}"), at=at("2025-09-08 10:00")
        )
    review = last_review(school.county)
    assert review is not None
    assert review.seen_at == at("2025-09-08 09:50")
    assert JournalEntry.objects.filter(act="BOARD_REVIEWED").count() == 1


def test_a_review_of_what_is_still_to_come_is_refused(school: School) -> None:
    client, url = bureau(school), in_place("reviewed", school.county)
    for given in ("2025-09-09T08:00:00+08:00", "gestern", ""):
        client.post(url, {"seen_at": given})
    assert not JournalEntry.objects.filter(act="BOARD_REVIEWED").exists()
    assert signed_in(school.principal).post(url, {"seen_at": "2025-09-08T08:00:00+08:00"}).status_code == 404


def test_a_return_holds_when_nothing_happened_for_so_many_school_days(school: School, clock: Clock) -> None:
    held, lost, young = school.pupils[:3]
    for child in (held, lost):
        a_case(child, Stage.BACK, "2025-09-08 08:00")
    a_case(lost, Stage.AT_RISK, "2025-10-20 08:00")
    a_case(young, Stage.BACK, "2025-11-03 08:00")
    clock("2025-11-05 10:00")
    page = html(bureau(school), in_place("county", school.county))

    url = in_place("list_returns", school.county)
    kept, gone = html(bureau(school), f"{url}?span=30&held=1"), html(bureau(school), f"{url}?span=30")
    assert (total(kept), total(gone)) == (1, 1)
    assert held.name in kept
    assert lost.name in gone
    assert ">1/2</text>" in page


def test_a_small_count_of_a_key_group_is_hidden_from_whoever_may_not_see_the_children(school: School) -> None:
    for n in range(6):
        in_group(a_pupil(f"低{n}", school.class_group), KeyGroup.LOW_INCOME)
    in_group(school.pupils[0], KeyGroup.DISABLED)
    in_group(school.pupils[1], KeyGroup.ORPHAN)
    supervisor = signed_in(a_person("督学", Post.SUPERVISION_OFFICE, school.county))
    url = in_place("county", school.county)
    rows = {
        who: group_rows(html(client, url))
        for who, client in (("bureau", bureau(school)), ("other", supervisor))
    }
    assert rows["bureau"] == {"低保": "6", "孤儿": "1", "残疾": "&lt;5"}
    assert rows["other"] == {"低保": "6", "孤儿": "&lt;5", "残疾": "&lt;5"}
    group = f"{in_place('list_group', school.county)}?group="
    assert total(html(bureau(school), f"{group}ORPHAN")) == 1
    assert bureau(school).get(f"{group}DISABLED").status_code == 404
    assert supervisor.get(f"{group}ORPHAN").status_code == 404


def in_group(child: Child, group: KeyGroup) -> None:
    InKeyGroup.objects.create(
        child=child, group=group, from_day=date(2025, 9, 1), recorded_at=at("2025-09-01 08:00")
    )


def group_rows(page: str) -> dict[str, str]:
    block = page[page.index('id="groups"') : page.index('id="season"')]
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="number">(.*?)</td>', block)
    return {name: re.sub(r"<[^>]+>", "", cell) for name, cell in rows}


# Township, village, principal, subject teacher.


def test_a_township_sees_its_cases_by_village_with_whoever_answers_there(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    a_person("马干部", Post.VILLAGE_CADRE, village)
    lives(school.pupils[0], village)
    for pupil in school.pupils[:2]:
        a_case(pupil, Stage.DROPOUT)
    client = signed_in(a_person("乡干部", Post.TOWNSHIP, school.township))
    page = html(client, in_place("township", school.township))
    assert "包保：马干部" in page
    assert "住址未登记或在外" in page
    for url, number in linked_counts(page) | set(figures(page)[:1]):
        if "/cases/" in url:
            assert total(html(client, url)) == number, url
    assert school.pupils[0].name in html(client, in_place("list_cases", village))
    assert school.pupils[1].name not in html(client, in_place("list_cases", village))


def test_a_villages_list_from_above_holds_only_children_of_the_townships_schools(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    far = a_school(name="城关小学", county="外县")
    lives(far.pupils[0], village)
    a_case(far.pupils[0], Stage.DROPOUT)
    client = signed_in(a_person("乡干部", Post.TOWNSHIP, school.township))
    assert total(html(client, in_place("list_cases", village))) == 0


def lives(child: Child, village: Place) -> None:
    Residence.objects.create(child=child, place=village, from_day=date(2025, 9, 1))


@pytest.fixture
def cadre(school: School) -> Client:
    """A cadre of a village in which the first two pupils live."""
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    for pupil in school.pupils[:2]:
        lives(pupil, village)
    Guardian.objects.create(child=school.pupils[0], name="安父", relation="父", phone="000-1111")
    a_case(school.pupils[0], Stage.AT_RISK)
    a_case(school.pupils[2], Stage.DROPOUT)
    return signed_in(a_person("马干部", Post.VILLAGE_CADRE, village))


def test_a_cadre_sees_the_villages_own_children_that_need_something(school: School, cadre: Client) -> None:
    page = html(cadre, "/village/")
    assert [pupil.name in page for pupil in school.pupils] == [True, False, False, False]
    assert "000-1111" in page
    assert "您名下另有 1 个孩子" in page


def test_an_assigned_child_is_a_cadres_wherever_it_lives(school: School, cadre: Client) -> None:
    Assigned.objects.create(
        child=school.pupils[2], person=Person.objects.get(name="马干部"), post=Post.VILLAGE_CADRE,
        from_day=date(2025, 9, 1), recorded_at=at("2025-09-01 08:00"),
    )  # fmt: skip
    assert school.pupils[2].name in html(cadre, "/village/")


@pytest.mark.parametrize(
    ("found", "act", "outcome"),
    [
        ("REACHED", Act.CONTACT_GUARDIAN, "REACHED"),
        ("UNREACHABLE", Act.CONTACT_GUARDIAN, "UNREACHABLE"),
        ("PROMISED_RETURN", Act.PERSUADE, "PROMISED_RETURN"),
        ("REFUSED", Act.PERSUADE, "REFUSED"),
        ("ELSEWHERE", Act.VERIFY, "ELSEWHERE"),
    ],
)
def test_one_choice_and_one_line_become_an_act(
    found: str, act: Act, outcome: str, school: School, cadre: Client
) -> None:
    url = reverse("web:update", args=(school.pupils[0].pk,))
    given = {"found": found, "line": "奶奶说明天送来", "key": "k1"}
    for _twice in range(2):
        assert cadre.post(url, given).headers["Location"] == "/village/"
    kept = ActRecord.objects.get(child=school.pupils[0])
    assert (kept.act, kept.outcome, kept.note) == (act, outcome, "奶奶说明天送来")
    assert kept.by_post == Post.VILLAGE_CADRE


def test_back_in_school_is_an_event_and_told_twice_it_is_kept_once(school: School, cadre: Client) -> None:
    url = reverse("web:update", args=(school.pupils[0].pk,))
    for key in ("k1", "k2"):
        assert cadre.post(url, {"found": "CAME_BACK", "line": "", "key": key}).status_code == 302
    assert [event.kind for event in school.pupils[0].events.all()] == [EventKind.CAME_BACK]


def test_a_refusal_to_return_needs_its_line(school: School, cadre: Client) -> None:
    url = reverse("web:update", args=(school.pupils[0].pk,))
    for given in ({"found": "REFUSED", "line": " "}, {"found": ""}):
        answer = cadre.post(url, given)
        assert answer.status_code == 422
    assert "请选一种情况" in answer.content.decode()
    assert not ActRecord.objects.exists()


def test_somebody_elses_child_is_not_there_for_a_cadre(school: School, cadre: Client) -> None:
    url = reverse("web:update", args=(school.pupils[2].pk,))
    assert cadre.get(url).status_code == 404
    assert cadre.post(url, {"found": "REACHED"}).status_code == 404


def test_the_principal_sees_who_is_away_for_three_days_and_who_is_ready_to_be_closed_out(
    school: School, clock: Clock
) -> None:
    school.calls("09-08 A", "09-09 A", "09-10 AA")
    clock("2025-09-10 09:00")
    client, url = signed_in(school.principal), in_place("principal", school.place)
    page = html(client, url)
    long_away = page[page.index('id="long-away"') : page.index('id="grave"')]
    assert school.pupils[0].name in long_away
    assert school.pupils[1].name not in long_away
    casework.record_event(
        by=school.teacher, child=school.pupils[0], kind=EventKind.CAME_BACK,
        happened_at=at("2025-09-11 08:00"), at=at("2025-09-11 08:10"),
    )  # fmt: skip
    school.calls("09-11", "09-12", "09-15", "09-16", "09-17")
    number = Case.objects.get(child=school.pupils[0]).number
    for moment, ready in (("2025-09-12 09:00", False), ("2025-09-17 09:00", True)):
        clock(moment)
        page = html(client, url)
        assert ("到校 2/5" in page) == (not ready)
        assert (reverse("web:close", args=(number,)) in page) == ready


def test_a_subject_teacher_sees_the_lesson_under_way_and_who_is_not_there(
    school: School, clock: Clock
) -> None:
    teacher = signed_in(a_person("科任", Post.SUBJECT_TEACHER, school.class_group))
    school.roll_call("AL")
    clock("2025-09-08 09:15")
    page = html(teacher, "/lessons/")
    assert f"/roll-call/{school.class_group.pk}/2025-09-08/L2/" in page
    assert [pupil.name in page for pupil in school.pupils] == [True, True, False, False]
    clock("2025-09-08 17:00")
    assert "今天的课上完了" in html(teacher, "/lessons/")
    clock("2025-09-07 09:00")
    assert "今天不上课" in html(teacher, "/lessons/")


# Pages as they are.


def test_what_a_board_weighs_on_a_telephone(school: School, clock: Clock) -> None:
    for person, url in (
        (school.bureau, in_place("county", school.county)),
        (school.principal, in_place("principal", school.place)),
        (school.teacher, "/"),
    ):
        client = signed_in(person)
        answer = client.get(url, headers={"accept-encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip" or url == "/"
        assert wire(client, answer.content, client.get(url).content.decode()) <= 150_000


def wire(client: Client, packed: bytes, page: str) -> int:
    """Bytes over the wire: the page as it came, its styles and scripts compressed."""
    files = {url.removeprefix("/static/") for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
    found = [finders.find(each) for each in files]
    assert found
    assert all(found)
    return len(packed) + sum(len(gzip.compress(Path(str(each)).read_bytes())) for each in found)


def test_a_countys_own_map_is_shown_with_its_approval_number_or_not_at_all(
    school: School, settings: Any, tmp_path: Path
) -> None:
    ring = [[117.0, 26.0], [117.2, 26.0], [117.2, 26.2], [117.0, 26.0]]
    shape = {
        "properties": {"code": school.township.code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"features": [shape]}), "utf-8")
    client, url = bureau(school), in_place("county", school.county)
    settings.MAP_FILE = str(file)
    page = html(client, url)
    assert "地图文件没有审图号" in page
    assert "示意图" in page
    settings.MAP_APPROVAL = "闽S〔2026〕1号"
    page = html(client, url)
    assert "审图号：闽S〔2026〕1号" in page
    assert "<path class=" in page[page.index('class="map"') :]
    file.write_text("{}", "utf-8")
    assert "不是 GeoJSON" in html(client, url)


def test_charts_bring_no_style_and_no_script_of_their_own(school: School, clock: Clock) -> None:
    a_county(school)
    clock("2025-09-08 10:30")
    page = html(bureau(school), in_place("county", school.county))
    drawn = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert "aria-label" in drawn
    assert not re.search(r"<style|<script|style=|onclick|javascript:|http", drawn)
