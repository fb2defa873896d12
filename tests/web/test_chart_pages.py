"""Charts: each figure equals the list it opens, each chart has its table, and a file of its own."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from builders import at, day
from conftest import Clock, Standing, signed_in
from django.test import Client
from world import a_holder

from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.terms import Post
from notoneless.records.models import Place, ReportDrawn, ReportStepTaken
from notoneless.web.charts_lines import Point, Series, lines
from notoneless.web.read.charts import months_until, trend

pytestmark = pytest.mark.django_db
LATE = "2025-09-19 16:00"
FIGURE = re.compile(r'<td class="number"><a href="([^"]*/charts/of/[^"]*)">(\d+)')


def reader(world: Standing, post: Post) -> Client:
    return signed_in(a_holder(world.world, post))


@pytest.mark.parametrize(("post", "where"), [(Post.PRINCIPAL, "school"), (Post.COUNTY_BUREAU, "county")])
def test_every_figure_of_every_chart_is_as_long_as_its_list(
    standing_world: Standing, clock: Clock, post: Post, where: str
) -> None:
    clock(LATE)
    client = reader(standing_world, post)
    place: Place = getattr(standing_world.world, where)
    page = client.get(f"/in/{place.pk}/charts/").content.decode()
    figures = {(unescape(url), int(count)) for url, count in FIGURE.findall(page)}
    assert len(figures) == 15
    for url, count in figures:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer.context["total"] == count, url
        assert answer.context["part"].total + answer.context["hidden"] == count


def test_a_chart_stands_beside_its_table_with_the_same_figures(
    standing_world: Standing, clock: Clock
) -> None:
    clock(LATE)
    page = reader(standing_world, Post.COUNTY_BUREAU).get(
        f"/in/{standing_world.world.county.pk}/charts/?months=12"
    )
    for drawing in page.context["drawings"]:
        drawn = set(re.findall(r'href="([^"]+)" aria-label', drawing.svg))
        told = {cell.url for row in drawing.rows for cell in row if cell.url}
        assert {unescape(url) for url in drawn} == told
        assert drawing.note


def test_what_was_reported_then_stands_beside_what_is_known_now(standing_world: Standing) -> None:
    world = standing_world.world
    report = ReportDrawn.objects.create(
        kind=ReportKind.MONTHLY,
        place=world.school,
        first=day("09-01"),
        last=day("09-18"),
        counts={"CLOSING": {"1": 40, "2": 3}, "SUSPECTED": {}},
        digest="",
        by=world.targets[0].teacher,
        by_post=Post.SCHOOL_OFFICE,
        at=at(LATE),
    )
    found = trend(world.school, 2, at=at(LATE))
    assert found.then[Tally.CLOSING] == (None,), "drawn, and not signed"
    ReportStepTaken.objects.create(
        report=report, step=ReportStep.SIGNED, post=Post.PRINCIPAL, by=report.by, at=at(LATE), digest=""
    )
    found = trend(world.school, 2, at=at(LATE))
    assert found.then[Tally.CLOSING] == (43,)
    assert found.then[Tally.SUSPECTED] == (0,)
    assert found.then[Tally.DROPOUTS] == (None,)
    assert len(found.months) == 1, "of August nothing is known"


def test_months_end_with_the_day_and_go_back_over_the_year() -> None:
    months = months_until(day("09-19"), 10)
    assert (months[-1].first, months[-1].last) == (day("09-01"), day("09-19"))
    assert [f"{each.first:%Y-%m}" for each in months][:2] == ["2024-12", "2025-01"]


def test_a_line_runs_from_zero_and_two_names_never_cover_each_other() -> None:
    points = tuple(Point(f"{n}月", n, str(n), f"/{n}/") for n in (0, 5, 10))
    svg = lines(
        "月末",
        (
            Series("疑似辍学", "疑似", points),
            Series("辍学", "辍学", points),
            Series("当时", "上报", points, dashed=True),
        ),
    )
    heights = [float(y) for y in re.findall(r'<circle class="dot [^"]*" cx="[^"]+" cy="([^"]+)"', svg)[:3]]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    names = sorted(float(y) for y in re.findall(r'<text class="\w+ end" x="[^"]+" y="([^"]+)"', svg))
    assert min(b - a for a, b in pairwise(names)) >= 14
    assert svg.count("<a href") == 9
    assert lines("月末", (Series("疑似辍学", "疑似", (Point("9月", None, "—"),)),)).count("dot") == 0


@pytest.mark.parametrize(
    ("form", "begins"), [("svg", b"<svg xmlns"), ("png", b"\x89PNG"), ("csv", b"\xef\xbb\xbf")]
)
def test_each_chart_is_taken_out_as_a_file_without_links(
    standing_world: Standing, clock: Clock, form: str, begins: bytes
) -> None:
    clock(LATE)
    client = reader(standing_world, Post.COUNTY_BUREAU)
    for name in ("away", "ladder", "townships"):
        answer = client.get(f"/in/{standing_world.world.county.pk}/charts/{name}.{form}")
        assert answer.content.startswith(begins)
        assert b"href" not in answer.content
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"/in/{standing_world.world.county.pk}/charts/nothing.{form}").status_code == 404


def test_a_list_that_no_chart_has_and_days_to_come_are_not_there(
    standing_world: Standing, clock: Clock
) -> None:
    clock(LATE)
    client, place = reader(standing_world, Post.PRINCIPAL), standing_world.world.school
    for rest in ("BASELINE/", "CLOSING/?last=2099-01-01", "CLOSING/?first=x", "CLOSING/?page=9", "x/"):
        assert client.get(f"/in/{place.pk}/charts/of/{rest}").status_code == 404, rest
