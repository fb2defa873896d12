"""走访: what a visit was about, who took part, who signed, what was photographed."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.case_terms import AttachmentKind, RecordFlag, VisitKind, VisitTrigger
from notoneless.core.terms import Post
from notoneless.records.models.cases import ActRecord
from notoneless.records.models.fields import TermField
from notoneless.records.models.obligations import Obligation
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import Place
from notoneless.records.secrets import seal_bytes, unseal_bytes

SEALED = {"table": "records_attachmentbytes", "column": "sealed"}


class Visit(models.Model):
    """走访记录: the visit that an act was; every act that is one has it, with its kind."""

    act = models.OneToOneField(ActRecord, models.PROTECT, primary_key=True, related_name="visit")
    kind = TermField(VisitKind)
    trigger = TermField(VisitTrigger, blank=True)  # empty when nobody said
    purpose = models.CharField(max_length=300, blank=True)
    appointed_at = models.DateTimeField(null=True, blank=True)  # the moment that was agreed beforehand
    appointed_how = models.CharField(max_length=100, blank=True)
    where = models.CharField(max_length=100, blank=True)  # in words: at home, in hospital
    village = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    items = models.JSONField(default=dict)  # VisitItem code → what was said
    findings = models.TextField(blank=True)
    guardian_view = models.TextField(blank=True)
    child_view = models.TextField(blank=True)
    agreed = models.TextField(blank=True)
    promised_on = models.DateField(null=True, blank=True)  # the day the child is to be back
    # The obligation it was made for; kept as a plain id, since obligations are derived again and again.
    ordered = models.UUIDField(null=True)
    group = models.UUIDField(null=True, db_index=True)  # the children seen on one group visit share it

    def order(self) -> Obligation | None:
        """The obligation the visit was made for."""
        return Obligation.objects.filter(pk=self.ordered).first() if self.ordered else None


class VisitParticipant(models.Model):
    """参与人员: one who took part, by the post they held that day, or by name alone."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="people")
    post = TermField(Post, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60, blank=True)  # of somebody without an account here
    unit = models.CharField(max_length=100, blank=True)


class SignatureGiven(models.Model):
    """签字: strokes drawn on a screen; each stroke a list of [x, y] in thousandths of the box."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="signatures")
    signs_as = models.CharField(max_length=30)  # 家长, 记录人, 村委会
    name = models.CharField(max_length=60, blank=True)
    strokes = models.JSONField()
    at = models.DateTimeField()


class Attachment(models.Model):
    """附件: a picture that was read in a child process and written anew without its metadata."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="attachments")
    act = models.ForeignKey(ActRecord, models.PROTECT, null=True, related_name="attachments")
    kind = TermField(AttachmentKind)
    name = models.CharField(max_length=100)
    media = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes as kept
    digest = models.CharField(max_length=64, db_index=True)  # SHA-256 of the bytes as they were sent
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class AttachmentBytes(models.Model):
    """The bytes of an attachment, sealed to its row."""

    attachment = models.OneToOneField(Attachment, models.PROTECT, primary_key=True, related_name="content")
    sealed = models.BinaryField()

    @classmethod
    def of(cls, attachment: Attachment, content: bytes) -> AttachmentBytes:
        """A new row (not yet saved) that keeps the content."""
        return cls(attachment=attachment, sealed=seal_bytes(content, **SEALED, row=attachment.pk))

    def content(self) -> bytes:
        """The bytes as they were kept."""
        return unseal_bytes(bytes(self.sealed), **SEALED, row=self.attachment_id)


class Flagged(models.Model):
    """存疑: something a reader must know about a record; shown beside it, changes nothing."""

    subject_kind = models.CharField(max_length=20)  # as the journal names it: act, roll_call, offline
    subject_id = models.CharField(max_length=40)
    flag = TermField(RecordFlag)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="flags_of")]
