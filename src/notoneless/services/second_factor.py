"""The second factor: a code from the telephone that changes every 30 seconds, and ten for when it is lost.

Codes run on the world's clock, which django-otp reads itself: a telephone shows no other, the demo's neither.
"""

from __future__ import annotations

import os
from base64 import b32encode
from datetime import datetime
from unicodedata import normalize

import django_otp
from django.contrib.auth.models import User
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from notoneless.records.models import CodeDevice, JournalEntry, Person
from notoneless.records.secrets import blind_index
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

DIGITS = 6
RECOVERY_CODES = 10
WRONG = Refusal(
    "WRONG_CODE",
    "验证码不对或已经用过；请等手机换出下一个码再输，并核对手机的时间是否准确。",
    "The code is wrong or was used; wait for the next one, and check that the telephone's clock is right.",
)

WAIT = Refusal(
    "WAIT",
    "验证码输错多次，要过一会儿才能再试；请稍候，或用一个备用码。",
    "Too many wrong codes; wait a little before the next, or use a recovery code.",
)


def fresh_secret() -> bytes:
    """A new secret that the telephone and we shall share."""
    return os.urandom(20)


def config_url(user: User, secret: bytes) -> str:
    """What the QR code says to an authenticator app."""
    device = CodeDevice(user=user, name="")
    device.keep_key(secret)
    return str(device.config_url)


def as_text(secret: bytes) -> str:
    """The secret for typing in, in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def has_factor(user: User) -> bool:
    """Whether this user has set up a second factor."""
    return bool(CodeDevice.objects.filter(user=user, confirmed=True).exists())


@one_act
def set_up(*, person: Person, secret: bytes, code: str, at: datetime) -> list[str]:
    """Make the telephone with this secret the person's second factor; gives ten new recovery codes.

    The code proves that the telephone has the secret, and is used up by it. Raises Refusal.
    """
    user = _user(person)
    totp = TOTP(secret)
    typed = _plain(code)
    if not (_is_code(typed) and totp.verify(int(typed), tolerance=1)):
        raise WRONG
    CodeDevice.objects.filter(user=user).delete()
    device = CodeDevice(user=user, name="app", last_t=totp.t())
    device.keep_key(secret)
    device.save()
    _note(person, "SECOND_FACTOR_SET", at, by=person)
    return _recovery_codes(user)


def check(*, person: Person, code: str, at: datetime) -> None:
    """Take a code of the telephone, or a recovery code, once. Raises Refusal.

    Not one transaction for all: django-otp counts wrong ones, and a refusal must not undo that.
    """
    user, typed = _user(person), _plain(code)
    if _is_code(typed):
        device = CodeDevice.objects.filter(user=user, confirmed=True).first()
        token = typed
    else:
        # They have no 0, 1 or 8; whoever reads one from paper means the letter.
        typed = typed.translate(str.maketrans("018", "olb"))
        device, token = StaticDevice.objects.filter(user=user).first(), _kept(user, typed)
    if device is None:
        raise WRONG
    if not device.verify_is_allowed()[0]:
        raise WAIT
    if django_otp.verify_token(user, device.persistent_id, token) is None:
        raise WRONG
    if token != typed:
        _note(person, "RECOVERY_CODE_USED", at, by=person)


@one_act
def new_recovery_codes(*, person: Person, at: datetime) -> list[str]:
    """Ten new recovery codes; the old ones open nothing any more."""
    _note(person, "RECOVERY_CODES_MADE", at, by=person)
    return _recovery_codes(_user(person))


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


@one_act
def take_off(*, person: Person, by: Person, at: datetime) -> None:
    """The person has no second factor any more; whoever must have one sets it up at the next sign-in."""
    _delete_devices(_user(person))
    _note(person, "SECOND_FACTOR_TAKEN_OFF", at, by=by)


def _delete_devices(user: User) -> None:
    CodeDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _recovery_codes(user: User) -> list[str]:
    device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(user, code)) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def _kept(user: User, code: str) -> str:
    """What the table keeps of a recovery code: 16 characters that do not lead back to it."""
    return b32encode(blind_index(f"recovery code|{user.pk}|{code}")[:10]).decode().lower()


def _plain(code: str) -> str:
    return "".join(each for each in normalize("NFKC", code).lower() if each.isalnum())


def _is_code(typed: str) -> bool:
    return len(typed) == DIGITS and typed.isdecimal()


def _user(person: Person) -> User:
    assert person.user is not None  # whoever signs in has one
    return person.user


def _note(person: Person, act: str, at: datetime, *, by: Person) -> None:
    JournalEntry.objects.create(at=at, by=by, act=act, subject_kind="person", subject_id=str(person.pk))
