"""The chain of proof on the screen and as a file; what is handed out is journalled."""

from __future__ import annotations

import pytest
from conftest import Clock, signed_in
from django.urls import reverse
from world import LATER, NEAR, World, a_holder, the_world

from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, clock: Clock) -> World:
    made = the_world()
    clock(LATER)
    return made


def test_the_screen_shows_rule_moment_and_journal(world: World) -> None:
    target = world.targets[NEAR]
    answer = signed_in(a_holder(world, Post.PRINCIPAL)).get(reverse("web:proof", args=(target.child.pk,)))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert target.case.number in text
    assert target.obligation.due_at is None or "前" in text
    assert not JournalEntry.objects.filter(act="EXPORT").exists()


def test_the_file_is_a_pdf_and_in_the_journal(world: World) -> None:
    target = world.targets[NEAR]
    answer = signed_in(a_holder(world, Post.PRINCIPAL)).post(reverse("web:proof", args=(target.child.pk,)))
    assert answer.content.startswith(b"%PDF")
    assert target.child.name not in answer["Content-Disposition"]
    assert JournalEntry.objects.get(act="EXPORT").subject_id == str(target.child.pk)
