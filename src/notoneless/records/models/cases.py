"""What was done about a child, what people stated, and the child's one case."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.terms import Act, ActOutcome, EventKind, Post, Stage, StageEvent
from notoneless.records.models.fields import TermField
from notoneless.records.models.journal import JournalEntry
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import Place


class ActRecord(models.Model):
    """已办动作: a contact, visit, persuasion, report … about a child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="acts")
    act = TermField(Act)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    taking_part = models.JSONField(default=list)  # posts
    participants = models.TextField(blank=True)  # people without a post here: grandmother, police …
    to_post = TermField(Post, blank=True)
    outcome = TermField(ActOutcome)
    evidence = models.JSONField(default=list)  # kinds of evidence that lie beside it
    note = models.TextField(blank=True)
    private = models.BooleanField(default=False)  # the note is for whoever must know
    next_contact_on = models.DateField(null=True, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, null=True, unique=True)


class EventRecord(models.Model):
    """事件: something a person states about a child, or a day that was fixed and is still to come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="events")
    kind = TermField(EventKind)
    # Where what follows from it is owed; the child's own class when empty.
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    note = models.TextField(blank=True)
    private = models.BooleanField(default=False)  # the note is for whoever must know
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["happened_at"], name="event_day")]


class CaseCounter(models.Model):
    """The last case number given in a county in a year; its row is the lock for the next one."""

    county = models.ForeignKey(Place, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "year"], name="one_counter_a_year")]


class Case(models.Model):
    """个案 (一人一案): one a child for good; reopening keeps the number."""

    number = models.CharField(max_length=140, unique=True)  # "示范县-2026-0001"
    child = models.OneToOneField(Child, models.PROTECT, related_name="case")
    opened_at = models.DateTimeField()
    stage = TermField(Stage, db_index=True)
    closed_at = models.DateTimeField(null=True)
    times_reopened = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.number


class CaseChange(models.Model):
    """One step of a case from stage to stage, with the moment it happened and the moment we knew."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    event = TermField(StageEvent, blank=True)  # empty when facts were corrected and the stage fell back
    stage_before = TermField(Stage)
    stage = TermField(Stage)
    note = models.CharField(max_length=300, blank=True)
    journal = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+", db_index=False)
