"""Accounts: who may sign in, for how long a device stands for them, and how it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F

from notoneless.core.terms import DeviceKind, Post
from notoneless.records.dialect import day_param
from notoneless.records.models import JournalEntry, Person, PostHeld, SignIn
from notoneless.records.scopes import live
from notoneless.records.statements import one_row
from notoneless.services import directory, second_factor
from notoneless.services.invitations import Invited, accept, invite, invited, may_invite
from notoneless.services.passwords import normal, refuse_weak
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

__all__ = [
    "FACTOR_POSTS",
    "Invited",
    "Recognised",
    "accept",
    "begin",
    "change_password",
    "deactivate",
    "end",
    "invite",
    "invited",
    "keep_on",
    "lasts",
    "may_deactivate",
    "may_invite",
    "must_have_factor",
    "person_named",
    "person_waiting",
    "person_with",
    "reactivate",
    "sign_ins",
    "sign_out_everywhere",
    "take_off_factor",
]

# Whoever sees more than one class signs in with a code from the telephone too.
FACTOR_POSTS = frozenset(
    {
        Post.SCHOOL_OFFICE,
        Post.ENROLMENT_OFFICER,
        Post.VICE_PRINCIPAL,
        Post.PRINCIPAL,
        Post.CENTRAL_SCHOOL,
        Post.TOWNSHIP,
        Post.COUNTY_BUREAU,
        Post.SUPERVISION_OFFICE,
        Post.CITY_BUREAU,
        Post.PROVINCE,
        Post.MINISTRY,
        Post.SYSTEM_OFFICER,
        Post.SECURITY_OFFICER,
        Post.AUDIT_OFFICER,
    }
)
HALF_A_DAY = timedelta(hours=12)
# From the last use: a teacher who calls the roll every school day signs in again after the long holiday only.
ON_ONES_OWN = timedelta(days=30)


# Who it is.


class Recognised(NamedTuple):
    """A person whose name and password were right, and what else is to be asked."""

    person: Person
    must_have_factor: bool
    has_factor: bool


def person_with(username: str, password: str, *, on: date) -> Recognised | None:
    """The person who signs in with this name and password, or None. One query and one hash, found or not.

    Whoever has no password of ours is asked for in the directory, when there is one.
    """
    username, password = User.normalize_username(username), normal(password)
    found = _found(_BY_NAME, on, username=username)
    user = found.person.user if found else None
    if directory.is_on() and (user is None or not user.has_usable_password()):
        right = directory.knows(username, password)
    else:
        # A name nobody has costs the same hash as a name that somebody has.
        right = (user or User(password="!")).check_password(password)
    return found if right and user is not None and user.is_active else None


def person_named(username: str, *, on: date) -> Recognised | None:
    """The active person of this user name, whom somebody we trust has already recognised."""
    return _active(_found(_BY_NAME, on, username=User.normalize_username(username)))


def person_waiting(number: int, version: int, *, on: date) -> Recognised | None:
    """The person whose password was right a moment ago and whose second factor is still to come."""
    return _active(_found(_BY_NUMBER, on, person=number, version=version))


def must_have_factor(person: Person, on: date) -> bool:
    """Whether a post of this person asks for a second factor on a day."""
    return PostHeld.objects.filter(live(on), person=person, post__in=FACTOR_POSTS).exists()


# Written by hand because a sign-in may cost 25 ms of CPU with the hash: the ORM takes 2 to compile the same.
_WHO = f"""
SELECT p.id, p.user_id, p.name, p.session_version, u.password, u.username, u.is_active,
EXISTS (SELECT 1 FROM records_postheld h WHERE h.person_id = p.id AND h.held_from <= %(day)s
  AND (h.held_until IS NULL OR h.held_until > %(day)s)
  AND h.post IN ({", ".join(f"'{post.value}'" for post in sorted(FACTOR_POSTS))})),
EXISTS (SELECT 1 FROM otp_totp_totpdevice d WHERE d.user_id = p.user_id AND d.confirmed)
FROM records_person p JOIN auth_user u ON u.id = p.user_id
"""
_BY_NAME = f"{_WHO} WHERE u.username = %(username)s"
_BY_NUMBER = f"{_WHO} WHERE p.id = %(person)s AND p.session_version = %(version)s"


def _found(statement: str, on: date, **who: object) -> Recognised | None:
    row: tuple[Any, ...] | None = one_row(statement, {"day": day_param(on, connection.vendor), **who})
    if row is None:
        return None
    _, user, *_, password, username, active, must, has = row
    # In the order of the models' fields; what was not read is read when somebody asks for it.
    person = Person.from_db("default", ["id", "user_id", "name", "session_version"], row[:4])
    values = [user, password, username, bool(active)]
    person.user = User.from_db("default", ["id", "password", "username", "is_active"], values)
    return Recognised(person, bool(must), bool(has))


def _active(found: Recognised | None) -> Recognised | None:
    return found if found and found.person.user and found.person.user.is_active else None


# How long.


def lasts(device: DeviceKind, *, must_have_factor: bool) -> timedelta:
    """How long a device stands for somebody: a teacher's own telephone long, all else half a day."""
    return ON_ONES_OWN if device is DeviceKind.OWN and not must_have_factor else HALF_A_DAY


def begin(*, person: Person, device: DeviceKind, factor: bool, at: datetime, until: datetime) -> SignIn:
    """Let a device stand for a person; the row is the record of it, and the journal says nothing more."""
    return SignIn.objects.create(person=person, device=device, second_factor=factor, at=at, until=until)


def keep_on(number: UUID, *, until: datetime) -> None:
    """A long sign-in was used: it reaches further."""
    SignIn.objects.filter(pk=number, ended_at=None).update(until=until)


def sign_ins(person: Person, *, at: datetime) -> list[SignIn]:
    """The devices that stand for a person now, the latest first."""
    return list(SignIn.objects.filter(person=person, ended_at=None, until__gt=at).order_by("-at"))


def end(*, person: Person | int, number: UUID, at: datetime) -> bool:
    """End one of the person's own sign-ins; False when there is none of that number."""
    return SignIn.objects.filter(pk=number, person=person, ended_at=None).update(ended_at=at) == 1


# Changing what opens the door.


@one_act
def change_password(*, person: Person, old: str, new: str, at: datetime) -> None:
    """Set one's own password; every device is signed out. Raises Refusal."""
    user = person.user
    assert user is not None
    if not user.has_usable_password():
        raise Refusal(
            "PASSWORD_ELSEWHERE",
            "您用单位的统一账号登录；密码请在统一账号系统里修改。",
            "You sign in with your organisation's account; change the password there.",
        )
    if not user.check_password(normal(old)):
        raise Refusal("WRONG_PASSWORD", "现在的密码不对。", "The present password is wrong.")
    refuse_weak(normal(new), person, user.username)
    user.set_password(normal(new))
    user.save(update_fields=["password"])
    sign_out_everywhere(person=person, at=at)
    _note(person, "PASSWORD_CHANGED", at, by=person)


def sign_out_everywhere(*, person: Person, at: datetime) -> None:
    """No device stands for this person any more; `person` holds the new version."""
    Person.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    person.refresh_from_db(fields=["session_version"])
    SignIn.objects.filter(person=person, ended_at=None).update(ended_at=at)


def may_deactivate(by: Person, person: Person, on: date) -> Refusal | None:
    """Why `by` may not stop or let in this person, or None; whoever may invite may."""
    return may_invite(by, person, on)


@one_act
def deactivate(*, by: Person, person: Person, reason: str, at: datetime) -> None:
    """Stop the person's account; their next request finds nobody. Raises Refusal."""
    _set_active(by, person, False, at)
    sign_out_everywhere(person=person, at=at)
    _note(person, "DEACTIVATED", at, by=by, reason=reason)


@one_act
def reactivate(*, by: Person, person: Person, reason: str, at: datetime) -> None:
    """Let the person in again, with the password and factor they had. Raises Refusal."""
    _set_active(by, person, True, at)
    _note(person, "REACTIVATED", at, by=by, reason=reason)


def _set_active(by: Person, person: Person, active: bool, at: datetime) -> None:
    if (refusal := may_deactivate(by, person, at.date())) is not None:
        raise refusal
    User.objects.filter(person=person).update(is_active=active)


@one_act
def take_off_factor(*, person: Person, at: datetime) -> None:
    """Take one's own second factor off. Raises Refusal when a post asks for it."""
    if must_have_factor(person, at.date()):
        raise Refusal(
            "FACTOR_REQUIRED",
            "您的岗位要求手机验证码，不能取消；换手机请用“重新设置”。",
            "Your post asks for a code from the telephone; with a new telephone, set it up anew.",
        )
    second_factor.take_off(person=person, by=person, at=at)


def _note(person: Person, act: str, at: datetime, *, by: Person, reason: str = "") -> None:
    JournalEntry.objects.create(
        at=at, by=by, act=act, subject_kind="person", subject_id=str(person.pk), reason=reason[:300]
    )
