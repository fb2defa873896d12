"""督导: questions about records, samples nobody can choose, inspections and what followed, recognition."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.case_terms import Decision
from notoneless.core.report_terms import (
    FindingStep,
    InspectionKind,
    MeasureKind,
    QuestionKind,
    QuestionOutcome,
    RecognitionKind,
)
from notoneless.core.terms import Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place


class Question(models.Model):
    """存疑事项: facts that a supervisor should look at; found once, answered by a person, never a verdict."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True)
    kind = TermField(QuestionKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="questions")  # where the records are
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+", db_index=False)
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="questions")
    about = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    facts = models.JSONField()  # [[kind, id, {values for people}], …]
    to_post = TermField(Post)
    to_place = models.ForeignKey(Place, models.PROTECT, related_name="questions_to")
    found_at = models.DateTimeField()
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["to_place", "to_post"], name="question_to")]


class QuestionAnswered(models.Model):
    """存疑答复: what the supervisor found, in words."""

    question = models.OneToOneField(Question, models.PROTECT, related_name="answered")
    outcome = TermField(QuestionOutcome)
    note = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()


class SampleAnnounced(models.Model):
    """抽样公告: which public number, drawn after this, will choose; so that nobody can choose it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="samples")
    seed_source = models.CharField(max_length=200)  # 福彩双色球 2026年第133期红球号码
    seed_on = models.DateField()  # the day on which it becomes known
    size = models.PositiveSmallIntegerField()
    of = models.CharField(max_length=40)  # what is drawn from: VISITS, RETURNS, PRESENT
    first = models.DateField()
    last = models.DateField()
    frame_digest = models.CharField(max_length=64)  # of the numbered list that is drawn from
    frame_size = models.PositiveIntegerField()
    frame = models.TextField()  # that list, a row id a line
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class SampleDrawn(models.Model):
    """抽样结果: the number as published and the lines it chose; anybody can draw it again."""

    announced = models.OneToOneField(SampleAnnounced, models.PROTECT, related_name="drawn")
    seed = models.CharField(max_length=200)
    chosen = models.JSONField()  # ids of rows in the order drawn
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class SampleVisited(models.Model):
    """回访结果: whether what was recorded was found to be so."""

    drawn = models.ForeignKey(SampleDrawn, models.PROTECT, related_name="visited")
    row = models.CharField(max_length=40)
    as_recorded = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drawn", "row"], name="each_row_visited_once")]


class Inspection(models.Model):
    """督导: who went where and when, and on what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = TermField(InspectionKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="inspections")
    day = models.DateField()
    inspectors = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class InspectionFinding(models.Model):
    """督导问题: one thing that was found, on what ground, and who answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    what = models.TextField()
    ground = models.CharField(max_length=300)  # the clause or fact it rests on
    responsible = TermField(Post)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(null=True)  # of the order to rectify; empty: nothing to mend

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "number"], name="findings_in_order")]


class FindingStepTaken(models.Model):
    """整改环节: the order, the report, the re-inspection."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(InspectionFinding, models.PROTECT, related_name="steps")
    step = TermField(FindingStep)
    due_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class MeasureTaken(models.Model):
    """约谈、通报: what was said to a place, on which facts; people decide, nothing here is automatic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = TermField(MeasureKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="measures")
    finding = models.ForeignKey(InspectionFinding, models.PROTECT, null=True, related_name="measures")
    day = models.DateField()
    who = models.CharField(max_length=200)  # posts, not children
    reason = models.TextField()
    number = models.CharField(max_length=100, blank=True)  # of the document
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class RecognitionAsked(models.Model):
    """评选申报: for which time a class, a grade or a school is put forward, with the facts of that moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = TermField(RecognitionKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="recognitions")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="recognitions")
    grade = models.PositiveSmallIntegerField(null=True)
    first = models.DateField()
    last = models.DateField()
    facts = models.JSONField()  # what was counted: outcome and reporting, apart
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class RecognitionDecided(models.Model):
    """评选结果: what was decided, and why where it was not agreed."""

    asked = models.OneToOneField(RecognitionAsked, models.PROTECT, related_name="decided")
    decision = TermField(Decision)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
