"""What must be told, written in the transaction that made it true, and the messages to people made of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from notoneless.core.terms import Channel, MessageState, SendProblem
from notoneless.records.models.fields import TermField
from notoneless.records.models.obligations import Obligation
from notoneless.records.models.people import Person
from notoneless.records.secrets import seal, unseal

SEALED = {"table": "records_contactway", "column": "address_sealed"}


class Outbox(models.Model):
    """Something to tell; its key makes it the same however often it is queued."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    body = models.JSONField(default=dict)  # who is told, by post and place or by name; ids and counts only
    created_at = models.DateTimeField()
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="+", db_index=False)
    # When it went into somebody's message, or was found to concern nobody any more.
    addressed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(addressed_at__isnull=True), name="outbox_waiting"),
            models.Index(
                fields=["obligation", "kind"], condition=Q(obligation__isnull=False), name="outbox_obligation"
            ),
        ]


class ContactWay(models.Model):
    """联系方式: one way to reach a person; the address is sealed, for a robot's address is a password too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_ways")
    channel = TermField(Channel)
    address_sealed = models.BinaryField()
    rank = models.PositiveSmallIntegerField(default=1)  # the lowest is tried first
    language = models.CharField(max_length=8, default="zh")
    recorded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # before that nothing is sent to it
    ended_at = models.DateTimeField(null=True)

    def keep_address(self, address: str) -> None:
        """Seal `address` into this row (not yet saved)."""
        self.address_sealed = seal(address.strip(), **SEALED, row=self.pk)

    def address(self) -> str:
        """Where to send to. Raises CannotOpen."""
        return unseal(bytes(self.address_sealed), **SEALED, row=self.pk)


class Message(models.Model):
    """消息: one text to one person, made of what waited for that person when its time came."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # goes with it to the receiver
    person = models.ForeignKey(Person, models.PROTECT, related_name="messages")
    tells = models.ManyToManyField(Outbox, related_name="messages")
    state = TermField(MessageState, default=MessageState.WAITING.value)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    # Fixed once it may have left: the same key must never stand for two texts.
    text = models.TextField(blank=True)
    title = models.CharField(max_length=80, blank=True)
    channel = TermField(Channel, blank=True)
    way = models.ForeignKey(ContactWay, models.PROTECT, null=True, related_name="+", db_index=False)
    ways_tried = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = TermField(SendProblem, blank=True)
    claimed_at = models.DateTimeField(null=True)
    claim_token = models.CharField(max_length=40, blank=True)
    begun_at = models.DateTimeField(null=True)  # a try is under way, or was when its worker died
    ended_at = models.DateTimeField(null=True)  # sent, given up or found to be needless
    accepted_as = models.CharField(max_length=80, blank=True)  # the number the other side gave it

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="WAITING"), name="message_waiting"),
            models.Index(fields=["person"], condition=Q(state="WAITING"), name="message_of_person"),
            models.Index(
                fields=["ended_at"], condition=Q(state__in=["FAILED", "IN_DOUBT"]), name="message_problem"
            ),
        ]
