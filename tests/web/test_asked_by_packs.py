"""The pages of reports and ledgers say which clause asks for them, and who gets the same report."""

from __future__ import annotations

from datetime import date

import pytest
from builders import at
from builders_db import a_person, a_school
from conftest import Clock, signed_in
from django.urls import reverse

from notoneless.core.policy.library import load
from notoneless.core.report_terms import ReportKind
from notoneless.core.terms import Post
from notoneless.services.reports.drawing import draw_up

pytestmark = pytest.mark.django_db
NOW = "2025-09-30 16:00"


def test_a_report_says_its_clause_and_who_gets_the_same_one(clock: Clock) -> None:
    clock(NOW)
    school = a_school(2, pack="seeds/two-basics-2007")
    drawer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    (rule,) = load("seeds/two-basics-2007").reports
    page = signed_in(drawer)
    drawing = page.get(reverse("web:draw_report", args=(school.place.pk, "monthly", date(2025, 9, 30))))
    report = draw_up(
        by=drawer, place=school.place, kind=ReportKind.MONTHLY, day=date(2025, 9, 30), at=at(NOW)
    )
    for shown in (drawing, page.get(reverse("web:report", args=(report.pk,)))):
        text = shown.content.decode()
        assert rule.says in text
        assert "同一份还给： 中心校" in text


def test_the_ledgers_that_policies_ask_a_school_for_stand_on_its_page(clock: Clock) -> None:
    clock(NOW)
    school = a_school(2, pack="fujian/jianning-2024", since=date(2025, 9, 1))
    text = signed_in(school.principal).get(reverse("web:ledgers", args=(school.place.pk,))).content.decode()
    asked = load("fujian/jianning-2024").ledgers
    assert asked
    assert all(rule.says in text for rule in asked)
    assert "县级建适龄儿童少年台账" not in text  # the county's own
