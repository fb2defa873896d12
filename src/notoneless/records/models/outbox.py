"""What must be told to somebody, written in the transaction that made it true."""

from __future__ import annotations

from django.db import models


class Outbox(models.Model):
    """A message to send; its key makes it the same message however often it is queued."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
