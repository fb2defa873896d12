"""家长与群众: guardians' links and words, tips from the public, answers to a questionnaire."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.terms import (
    AbsenceReason,
    ContestKind,
    ContestOutcome,
    LinkPurpose,
    Post,
    TipFinding,
)
from notoneless.records.models.attendance import AttendanceMark, LeaveGranted
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Guardian, Person
from notoneless.records.models.places import Place
from notoneless.records.secrets import seal, unseal

REPORTER = {"table": "records_tip", "column": "reporter_sealed"}


class GuardianLink(models.Model):
    """家长链接: lets one guardian look at their own child's record; its address carries only `id`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="links")
    purpose = TermField(LinkPurpose)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0)  # wrong telephone digits in a row
    locked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=80, unique=True)


class Explained(models.Model):
    """家长说明: why a child is away, as its guardian says; excuses nothing until somebody grants leave on it.

    No event and no mark: the evaluator never sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="explained")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+", db_index=False)
    reason = TermField(AbsenceReason)
    from_day = models.DateField()
    until = models.DateField()  # the first day the child comes again, as far as the guardian knows
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)


class ExplainedTaken(models.Model):
    """What the class teacher made of an explanation: leave, or only that it was read."""

    explained = models.OneToOneField(Explained, models.PROTECT, related_name="taken")
    leave = models.ForeignKey(LeaveGranted, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class Contest(models.Model):
    """家长异议: a record said to be wrong, or data asked for; owed by the school, then the county."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="contests")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Place, models.PROTECT, related_name="contests")
    kind = TermField(ContestKind)
    # The mark as it stood; of a mark that is not stored (present) only day and session.
    mark = models.ForeignKey(AttendanceMark, models.PROTECT, null=True, related_name="+", db_index=False)
    day = models.DateField(null=True)
    session = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null when the calendar cannot tell yet
    escalated_at = models.DateTimeField(null=True)
    county_due_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="contest_due")]


class ContestAnswered(models.Model):
    """答复: what the office found, in words the guardian reads; a correction it led to is linked."""

    contest = models.OneToOneField(Contest, models.PROTECT, related_name="answer")
    outcome = TermField(ContestOutcome)
    correction = models.ForeignKey(
        AttendanceMark, models.PROTECT, null=True, related_name="+", db_index=False
    )
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()


class Tip(models.Model):
    """群众监督线索: a child out of school, seen by somebody; who that is stays sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt = models.CharField(max_length=16, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="tips")  # village, township or county
    where = models.TextField(blank=True)
    seen = models.TextField()
    reporter_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()
    take_up_by = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    escalated_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        indexes = [models.Index(fields=["answer_by"], name="tip_due")]

    def keep_reporter(self, text: str) -> None:
        """Seal how the reporter can be reached into this row (not yet saved); an empty text keeps nothing."""
        self.reporter_sealed = seal(text.strip(), **REPORTER, row=self.pk) if text.strip() else None

    def reporter(self) -> str:
        """How the reporter can be reached; reading it is a sensitive read that the caller journals."""
        return unseal(bytes(self.reporter_sealed), **REPORTER, row=self.pk) if self.reporter_sealed else ""


class TipForwarded(models.Model):
    """转办: what a township or school is asked to check, in the county's own words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="forwarded")
    to = models.ForeignKey(Place, models.PROTECT, related_name="tips_forwarded")
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)


class TipReply(models.Model):
    """回复: what the township or school found."""

    forwarded = models.OneToOneField(TipForwarded, models.PROTECT, related_name="reply")
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()


class TipAnswered(models.Model):
    """办结: what the county found; never published."""

    tip = models.OneToOneField(Tip, models.PROTECT, related_name="answer")
    finding = TermField(TipFinding)
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class FeedbackSlips(models.Model):
    """反馈单: a batch of printed slips for one school, each with a code that answers once."""

    school = models.ForeignKey(Place, models.PROTECT, related_name="feedback_slips")
    many = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)


class FeedbackUsed(models.Model):
    """That a slip has answered; a keyed index of its code, with nothing that leads to the answer."""

    code_index = models.BinaryField(max_length=32, primary_key=True)


class FeedbackCount(models.Model):
    """How many chose one answer of one question: all that is kept of the answers."""

    slips = models.ForeignKey(FeedbackSlips, models.PROTECT, related_name="counts")
    question = models.CharField(max_length=40)
    answer = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slips", "question", "answer"], name="one_count_an_answer")
        ]


class Knocks(models.Model):
    """How often somebody from one address used a public page within the hour; dropped within a day or so.

    The key is a keyed hash that changes with the hour, so it names no address and follows nobody.
    """

    key = models.BinaryField(max_length=32, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)
