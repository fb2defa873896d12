"""离线: telephones that write without signal, and every record that came in from them."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.case_terms import OfflineKind, OfflineState
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Person
from notoneless.records.secrets import seal, unseal

SEALED = {"table": "records_offlinereceived", "column": "body_sealed"}


class Device(models.Model):
    """设备: one telephone of one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=60, blank=True)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()


class OfflineReceived(models.Model):
    """上传记录: one record as a telephone sent it, kept whole whatever became of it.

    `id` was drawn on the telephone, so that the same record sent twice is one row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="received")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField()  # counted up by the telephone; no gap and no number twice
    kind = TermField(OfflineKind)
    digest = models.CharField(max_length=64)  # SHA-256 of the bytes that came
    body_sealed = models.BinaryField()
    # The last moment of ours that the telephone had seen: it wrote this no earlier than that.
    checkpoint_seq = models.BigIntegerField()
    checkpoint_at = models.DateTimeField()
    claimed_at = models.DateTimeField()  # what the telephone says; a claim, no more
    received_at = models.DateTimeField()
    state = TermField(OfflineState)
    made_kind = models.CharField(max_length=20, blank=True)  # act or roll_call
    made_id = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)  # why a person must look at it

    class Meta:
        indexes = [models.Index(fields=["device", "sequence"], name="offline_sequence")]

    def keep_body(self, text: str) -> None:
        """Seal the body into this row (not yet saved)."""
        self.body_sealed = seal(text, **SEALED, row=self.pk)

    def body(self) -> str:
        """The body as it was sent."""
        return unseal(bytes(self.body_sealed), **SEALED, row=self.pk)


class OfflineVariant(models.Model):
    """另一份: a different body under an id that was already received; both are kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(OfflineReceived, models.PROTECT, related_name="variants")
    device = models.ForeignKey(Device, models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["received", "digest"], name="each_variant_once")]

    def keep_body(self, text: str) -> None:
        """Seal the body into this row (not yet saved)."""
        self.body_sealed = seal(text, table="records_offlinevariant", column="body_sealed", row=self.pk)

    def body(self) -> str:
        """The body as it was sent."""
        return unseal(
            bytes(self.body_sealed), table="records_offlinevariant", column="body_sealed", row=self.pk
        )


class OfflineChecked(models.Model):
    """核对: what a person made of a record that could not simply be recorded."""

    received = models.ForeignKey(OfflineReceived, models.PROTECT, related_name="checks")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    made_kind = models.CharField(max_length=20, blank=True)
    made_id = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
