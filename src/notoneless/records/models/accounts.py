"""Signing in: which devices stand for whom, links that set a password, wrong passwords, second factors."""

from __future__ import annotations

import uuid
from base64 import b32decode, b32encode, b85decode, b85encode

from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from notoneless.core.terms import DeviceKind
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Person
from notoneless.records.secrets import seal, unseal

SEALED = {"table": "otp_totp_totpdevice", "column": "key"}


class SignIn(models.Model):
    """登录: one device that stands for a person, from when they signed in on it until it is ended.

    The session's cookie names the row; ending the row ends the session, wherever a copy of the cookie is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="sign_ins")
    device = TermField(DeviceKind)
    second_factor = models.BooleanField()
    at = models.DateTimeField()
    until = models.DateTimeField()  # as far as the session reached when it was last renewed
    ended_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """邀请: a link by which a person sets their own password, once, until `until`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    until = models.DateTimeField()
    # Whoever lost the telephone sets up a new second factor; else the one there is stays.
    new_factor = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)  # used, or replaced by a later link


class ApiToken(models.Model):
    """接口令牌: lets a program of one person's do what that person's posts may; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)  # what for, in the person's words
    digest = models.BinaryField(max_length=32, unique=True)
    writes = models.BooleanField()  # whether it may take roll calls, or only read
    second_factor = models.BooleanField()  # of the sign-in in which it was made
    version = models.PositiveIntegerField()  # Person.session_version then; signing out everywhere ends it
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class WrongPasswords(models.Model):
    """How many wrong passwords there were for a name from somewhere; the key tells neither to a reader."""

    key = models.BinaryField(max_length=32, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)


class CodeDevice(TOTPDevice):  # type: ignore[misc]  # the library has no types
    """验证码设备: the library's device with its secret sealed: a copy of the database makes no codes."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The secret, opened."""
        return b32decode(unseal(b85decode(self.key), **SEALED, row=self.user_id))

    def keep_key(self, secret: bytes) -> None:
        """Seal 20 secret bytes into this row, whose user is set.

        The library's column holds 80 characters: base 32 inside and base 85 outside just fit, in 78.
        """
        self.key = b85encode(seal(b32encode(secret).decode(), **SEALED, row=self.user_id)).decode()
