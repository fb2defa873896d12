"""个案办理: reasons, plan and steps, hand-off, placement, and the close-out with its second reviewer."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.case_terms import Decision, HandOffOutcome, PlacementKind
from notoneless.core.terms import CloseOutKind, Evidence, Post
from notoneless.records.models.cases import ActRecord, Case
from notoneless.records.models.enrolment import EnrolmentChange
from notoneless.records.models.fields import TermField
from notoneless.records.models.papers import PaperIssued
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place
from notoneless.records.models.visits import Attachment


class ReasonStated(models.Model):
    """原因认定: why the child stays away as known on a day; the last statement stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="reasons")
    reasons = models.JSONField()  # CaseReason codes, the chief one first
    note = models.TextField(blank=True)
    private = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class PlanMade(models.Model):
    """劝返方案: what is to be done for one child; the last one stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    goal = models.TextField()
    review_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class PlanStep(models.Model):
    """方案措施: one step of a plan, owed by each of its posts by a day."""

    plan = models.ForeignKey(PlanMade, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=300)
    posts = models.JSONField()  # Post codes; done when each of them did its part
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="steps_in_order")]


class PlanStepDone(models.Model):
    """措施落实: one post's part of a step."""

    step = models.ForeignKey(PlanStep, models.PROTECT, related_name="done")
    post = TermField(Post)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "post"], name="each_post_once")]


class HandOff(models.Model):
    """个案移送: a case offered to another school or county; it stays with the sender until confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="hand_offs")
    from_place = models.ForeignKey(Place, models.PROTECT, related_name="cases_sent")
    to_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="cases_offered")
    elsewhere = models.CharField(max_length=100, blank=True)  # a receiver outside this system
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class HandOffAnswered(models.Model):
    """移送答复: what the receiver said, or that the sender took it back."""

    hand_off = models.OneToOneField(HandOff, models.PROTECT, related_name="answered")
    outcome = TermField(HandOffOutcome)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    number = models.CharField(max_length=100, blank=True)  # of an outside receiver's letter
    note = models.CharField(max_length=300, blank=True)


class Placement(models.Model):
    """返校安置: where a child was placed that came back, beside what the policy says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="placements")
    kind = TermField(PlacementKind)
    advised = TermField(PlacementKind, blank=True)  # by the policy in force, empty where it says nothing
    days_away = models.PositiveIntegerField()  # calendar days
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+", db_index=False)
    from_day = models.DateField()
    why = models.CharField(max_length=300, blank=True)  # needed where it departs from the advice
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class EvidencePiece(models.Model):
    """佐证: one piece of evidence about a child, with what it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="evidence")
    evidence = TermField(Evidence)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", db_index=False)
    paper = models.ForeignKey(PaperIssued, models.PROTECT, null=True, related_name="+", db_index=False)
    change = models.ForeignKey(EnrolmentChange, models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.CharField(max_length=100, blank=True)  # of the document outside this system
    issuer = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class CloseOutAsked(models.Model):
    """销号申请: what one person holds to be settled; nothing closes before a second one agrees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="close_outs")
    kind = TermField(CloseOutKind)
    evidence = models.JSONField(default=list)  # ids of EvidencePiece
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class CloseOutReviewed(models.Model):
    """销号复核: what the second person decided; with agreement the case is closed by `act`."""

    asked = models.OneToOneField(CloseOutAsked, models.PROTECT, related_name="reviewed")
    decision = TermField(Decision)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    act = models.OneToOneField(ActRecord, models.PROTECT, null=True, related_name="+")
