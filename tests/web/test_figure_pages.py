"""Figures as pages: every number opens a list of its length, and nobody reads more than they may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import pytest
from builders_db import at
from conftest import Clock, signed_in
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.terms import KeyGroup, PlaceKind, Post
from notoneless.records.models import (
    ClassGroup,
    CountGiven,
    Enrolment,
    InKeyGroup,
    JournalEntry,
    PackAdopted,
    Person,
    Place,
    PostHeld,
)
from notoneless.services import demo
from notoneless.services.assessments import follow_up
from notoneless.services.counting import lines
from notoneless.services.demo.loading import load_facts
from notoneless.services.figures import asked_of, asked_on, parts_of, value, values

NOW = "2026-11-20 08:05"
LINK = re.compile(r'<span class="of"><a href="([^"]+)">(\d+) ')
TOTAL = re.compile(r"<h1>.*?<small>(\d+)</small></h1>")


class Demo(NamedTuple):
    """A made-up county on a morning in November."""

    county: Place
    township: Place
    school: Place


@pytest.fixture(scope="module")
def standing_demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """Made once for the file; what a test does to it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = simulate(
            shipped_params(), seed=1, schools=3, pupils=120, until=at(NOW), calendar=default_calendar()
        )
        passwords = {each.username: "x" for each in demo.LOGINS}
        entry = load_facts(made, at=at(NOW), passwords=passwords)
        gone = sorted({each.child for each in made.gone})
        follow_up([made.children[no].id for no in gone], as_of=at(NOW), entry=entry)
        school = Place.objects.get(name="云岭完小")
        yield Demo(Place.objects.get(kind=PlaceKind.COUNTY), _town(school), school)
        transaction.set_rollback(True)


def _town(school: Place) -> Place:
    town = school.above(PlaceKind.TOWNSHIP)
    assert town is not None
    return town


@pytest.fixture
def here(standing_demo: Demo, db: None, clock: Clock) -> Demo:
    clock(NOW)
    return standing_demo


def of_post(post: Post, place: Place) -> Client:
    person = Person.objects.create(name=f"任{post.zh}")
    PostHeld.objects.create(person=person, post=post, place=place, held_from=at("2026-09-01 00:00").date())
    return signed_in(person)


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def page_of(place: Place, query: str = "") -> str:
    return f"/in/{place.pk}/figures/{query}"


def numbers_on(text: str) -> set[tuple[str, int]]:
    return {(unescape(url), int(number)) for url, number in LINK.findall(text)}


def test_every_number_on_the_pages_is_the_length_of_its_list(here: Demo) -> None:
    client = of_post(Post.COUNTY_BUREAU, here.county)
    checked = 0
    for place, query in (
        (here.county, "?by=F-LOSS-R21"),
        (here.township, "?by=F-DR-CASE"),
        (here.school, "?by=F-DROP-STOCK"),
    ):
        for url, number in numbers_on(html(client, page_of(place, query))):
            found = TOTAL.search(html(client, url))
            assert found is not None, url
            assert int(found[1]) == number, url
            checked += 1
    assert checked > 60


def test_the_parts_of_a_county_are_its_figure(here: Demo) -> None:
    asked = asked_on(here.county, at(NOW).date(), at(NOW))
    whole = value(Figure.DROP_STOCK, asked)
    parts = [value(Figure.DROP_STOCK, asked._replace(place=each)) for each in parts_of(here.county)]
    assert whole.below == sum(each.below for each in parts) > 0
    assert whole.above == sum(each.above for each in parts)


def test_each_end_of_each_figure_is_made_of_lists(here: Demo) -> None:
    asked = asked_on(here.school, at(NOW).date(), at(NOW))
    for each in values(asked).values():
        for part in (*each.numerator, *each.denominator):
            question = asked_of(asked, part.tally)
            assert part.count == len(lines(question, part.tally, without=tuple(part.without)))


def test_a_reader_opens_those_it_may_see_and_is_told_of_the_others(here: Demo) -> None:
    client = of_post(Post.PRINCIPAL, here.school)
    url = f"/in/{here.school.pk}/figures/list/?tally=BASELINE&last=2026-11-20"
    before = int(TOTAL.search(html(client, url))[1])  # type: ignore[index]
    gone = lines(asked_on(here.school, at(NOW).date(), at(NOW)), Tally.BASELINE)[0].child
    Enrolment.objects.filter(child=gone).update(until="2026-11-19", end_recorded_at=at(NOW))
    other = ClassGroup.objects.exclude(school=here.school)[0]
    Enrolment.objects.create(child_id=gone, class_group=other, from_day="2026-11-19", recorded_at=at(NOW))
    text = html(client, url)
    assert f"共 {before} 人，其中您可查看 {before - 1} 人" in text
    assert str(gone) not in text


def test_small_numbers_of_disabled_children_are_kept_from_those_who_need_not_know(here: Demo) -> None:
    child = Enrolment.objects.filter(class_group__school=here.school, until=None).first()
    assert child is not None
    InKeyGroup.objects.filter(group=KeyGroup.DISABLED).delete()
    InKeyGroup.objects.create(
        child=child.child,
        group=KeyGroup.DISABLED,
        from_day="2026-09-01",
        recorded_at=at("2026-09-01 08:00"),
    )
    url = f"/in/{here.school.pk}/figures/list/?tally=DISABLED"
    principal, office = of_post(Post.PRINCIPAL, here.school), of_post(Post.ENROLMENT_OFFICER, here.school)
    assert "tally=DISABLED" in html(principal, page_of(here.school))
    assert int(TOTAL.search(html(principal, url))[1]) == 1  # type: ignore[index]
    kept = html(office, page_of(here.school))
    assert "tally=DISABLED" not in kept
    assert "&lt;5" in kept
    assert office.get(url).status_code == 404
    assert office.get(f"/in/{here.school.pk}/figures/list/?tally=CLOSING&without=DISABLED").status_code == 404
    assert office.get(f"/in/{here.school.pk}/figures/F-DIS-ENROL/known/").status_code == 404
    file = office.post(f"/in/{here.school.pk}/figures/file/csv/").content.decode()
    row = next(line for line in file.splitlines() if line.startswith("F-DIS-ENROL"))
    assert "<5" in row
    assert "100.00" not in row


def test_what_lies_ahead_is_refused_in_a_sentence(here: Demo) -> None:
    client = of_post(Post.PRINCIPAL, here.school)
    assert "这一天还没有到" in html(client, page_of(here.school, "?on=2026-12-24"))
    assert "这个时间还没有到" in html(client, page_of(here.school, "?known=2026-12-24T08:00"))
    assert client.get(f"/in/{here.school.pk}/figures/list/?last=2027-01-01").status_code == 404


def test_then_and_now_differ_by_the_children_in_between(here: Demo) -> None:
    client = of_post(Post.PRINCIPAL, here.school)
    row = Enrolment.objects.filter(class_group__school=here.school, until=None).first()
    assert row is not None
    Enrolment.objects.filter(pk=row.pk).update(until="2026-11-10", end_recorded_at=at("2026-11-19 09:00"))
    text = html(client, page_of(here.school, "?on=2026-11-15&known=2026-11-16T08:00"))
    assert "差在哪里" in text
    text = html(
        client, f"/in/{here.school.pk}/figures/F-DENOM-FIX/known/?on=2026-11-15&known=2026-11-16T08:00"
    )
    found = re.search(r"<small>(\d+) → (\d+)</small>", text)
    assert found is not None
    assert int(found[1]) - int(found[2]) == 1 == text.count("<b>−1</b>")
    assert "得知 2026-11-19 09:00" in text


def test_the_file_has_every_figure_with_its_formula_and_moments(here: Demo) -> None:
    client = of_post(Post.COUNTY_BUREAU, here.county)
    answer = client.post(f"/in/{here.county.pk}/figures/file/csv/?on=2026-11-19")
    text = answer.content.decode()
    assert all(figure.value in text for figure in Figure)
    assert text.count("2026-11-19,2026-11-20 08:05") == len(Figure)
    assert client.post(f"/in/{here.county.pk}/figures/file/xlsx/").content.startswith(b"PK")
    assert JournalEntry.objects.filter(act="EXPORT", body__figures=len(Figure)).count() == 2


def test_a_number_from_paper_stands_where_there_is_no_list_and_names_its_paper(here: Demo) -> None:
    client = of_post(Post.PRINCIPAL, here.school)
    url = f"/in/{here.school.pk}/figures/typed/"
    asked = asked_on(here.school, at(NOW).date(), at(NOW))
    assert value(Figure.CONSOL_SCH, asked).below == 0
    sent = {"tally": "INTAKE", "school_year": 2021, "number": 30, "source": "2021年基层报表", "key": "k1"}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent | {"number": 33, "key": "k2"}).status_code == 302
    assert list(CountGiven.objects.order_by("at", "number").values_list("number", flat=True)) == [30, 33]
    later = asked._replace(known_at=at("2026-11-20 23:00"))
    assert value(Figure.CONSOL_SCH, later).below == 33
    text = html(client, page_of(here.school))
    assert "填报：2021年基层报表" in text
    assert "已改填" in html(client, url)


def test_a_mean_is_over_those_who_were_there_and_is_not_kept(here: Demo) -> None:
    client = of_post(Post.PRINCIPAL, here.school)
    text = html(client, page_of(here.school, "?by=F-DENOM-FIX"))
    group = re.search(r'<option value="(\d+)"', text)
    assert group is not None
    asked = asked_on(here.school, at(NOW).date(), at(NOW))
    n = len(
        [x for x in lines(asked_of(asked, Tally.ORIGINAL), Tally.ORIGINAL) if x.class_group == int(group[1])]
    )
    url = page_of(here.school, f"?by=F-DENOM-FIX&group={group[1]}&scores={n * 80}")
    assert f"÷ 原有 {n} 人 = 80.00" in html(client, url)


def test_a_target_stands_beside_what_is_and_says_whether_it_is_met(here: Demo) -> None:
    morning = at("2026-09-07 00:00")
    PackAdopted.objects.create(
        place=here.school,
        pack_id="seeds/shandong-primary",
        pack_version="",
        from_day=morning.date(),
        adopted_at=morning,
    )
    client = of_post(Post.PRINCIPAL, here.school)
    text = html(client, page_of(here.school, "?by=F-DENOM-FIX"))
    assert '<span class="state met">达标</span> ≤ 0 %（1–6年级）' in text
    assert ">各班 ≥ 100 %（1–6年级）</a>" in text
    classes = set(lines(asked_on(here.school, at(NOW).date(), at(NOW)), Tally.CLOSING))
    groups = {line.class_group for line in classes}
    assert len(re.findall(r'<span class="state \w+">\S+</span> ≥ 100 %', text)) == len(groups)
