"""Invitations: a link, shown once to whoever makes it, by which somebody sets their own password, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.core import signing
from django.db.models import F
from pypinyin import lazy_pinyin

from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Invitation, JournalEntry, Person, PostHeld, SignIn
from notoneless.records.scopes import live
from notoneless.services import second_factor
from notoneless.services.passwords import normal, refuse_weak
from notoneless.services.posts import below
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

HOLDS = timedelta(hours=24)
SALT = "notoneless.services.invitations"
# Whoever looks after the system does not open the door for whoever watches it, and nobody for themselves.
OFFICERS = frozenset({Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER})
INVITED_BY = {
    Post.SYSTEM_OFFICER: Post.SECURITY_OFFICER,
    Post.SECURITY_OFFICER: Post.SYSTEM_OFFICER,
    Post.AUDIT_OFFICER: Post.SECURITY_OFFICER,
}
USED = Refusal(
    "LINK_OVER",
    "这条链接无效、已用过或过了 24 小时；请向给您链接的人再要一条。",
    "This link is wrong, was used, or is older than 24 hours; ask for a new one where you got it.",
)


class Invited(NamedTuple):
    """What to hand over: the user name and the end of the link. Shown once, kept nowhere, never logged."""

    person: Person
    username: str
    token: str
    until: datetime


def may_invite(by: Person, person: Person, on: date) -> Refusal | None:
    """Why `by` may not make a link for this person, or None."""
    if by.pk == person.pk:
        return Refusal(
            "NOT_FOR_ONESELF",
            "自己的密码请在“我的账号”里改；忘记了请找系统管理员。",
            "Change your own password under “my account”, or ask the system officer.",
        )
    ours, theirs = _posts(by, on), _posts(person, on)
    if theirs and all(any(_answers(own, held) for own in ours) for held in theirs):
        return None
    if not theirs and any(own.post is Post.SYSTEM_OFFICER for own in ours):
        return None
    return Refusal(
        "MAY_NOT_INVITE",
        f"{person.name}的登录链接由系统管理员，或其单位和上级单位的负责人办理。",
        f"A link for {person.name} is made by the system officer or the people in charge there.",
    )


def _posts(person: Person, on: date) -> list[PostHeld]:
    rows = PostHeld.objects.filter(live(on), person=person)
    return list(rows.select_related("place", "class_group__school"))


def _answers(own: PostHeld, held: PostHeld) -> bool:
    """Whether this post of ours answers for that post of theirs."""
    if own.post not in posts_that(Thing.PEOPLE, Verb.INVITE) or own.place is None:
        return False
    if not _path(held).startswith(own.place.path or "-"):
        return False
    if held.post in OFFICERS:
        return own.post is INVITED_BY[held.post]
    # In the same place only for those below: an office that opened its principal's door would be principal.
    return own.post in OFFICERS or held.post in below(own.post) or _path(held) != own.place.path


def _path(held: PostHeld) -> str:
    place = held.place or (held.class_group.school if held.class_group else None)
    return (place.path if place else None) or ""


@one_act
def invite(
    *, by: Person | None, person: Person, at: datetime, username: str = "", new_factor: bool = False
) -> Invited:
    """A link for this person; earlier ones open nothing any more. Raises Refusal.

    Whoever has no user name yet gets `username`, or one made of their name. `by` is None for the command line
    of the machine itself. The password they had goes on working until the link is used.
    """
    if by is not None and (refusal := may_invite(by, person, at.date())) is not None:
        raise refusal
    if person.user is None:
        person.user = _new_user(person, username)
        person.save(update_fields=["user"])
    Invitation.objects.filter(person=person, ended_at=None).update(ended_at=at)
    row = Invitation.objects.create(person=person, by=by, at=at, until=at + HOLDS, new_factor=new_factor)
    _note(person, "INVITED", at, by=by, body={"invitation": str(row.pk), "new_factor": new_factor})
    return Invited(person, person.user.username, _signer().sign(row.pk.hex), row.until)


def _new_user(person: Person, username: str) -> User:
    chosen = User.normalize_username(username.strip())
    if not chosen:
        return User.objects.create_user(_free_name("".join(lazy_pinyin(person.name)).lower()))
    if User.objects.filter(username=chosen).exists():
        raise Refusal(
            "NAME_TAKEN",
            f"用户名“{chosen}”已有人用；请换一个。",
            f"The user name “{chosen}” is taken; choose another.",
        )
    return User.objects.create_user(chosen)


def _free_name(wanted: str) -> str:
    stem = "".join(each for each in wanted if each.isascii() and each.isalnum())[:30] or "user"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    return next(
        name for n in range(1, len(taken) + 2) if (name := f"{stem}{n if n > 1 else ''}") not in taken
    )


def invited(token: str, *, at: datetime) -> Invitation:
    """The invitation behind a link. Raises Refusal.

    Looking does not use it up: messengers open links to show a picture of the page.
    """
    try:
        number = UUID(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        raise USED from None
    rows = Invitation.objects.select_related("person__user")
    found = rows.filter(pk=number, ended_at=None, until__gt=at, person__user__is_active=True).first()
    if found is None:
        raise USED
    return found


@one_act
def accept(*, token: str, password: str, at: datetime) -> Person:
    """Set the password of whoever the link is for, and sign them out everywhere. Raises Refusal."""
    found = invited(token, at=at)
    person, user = found.person, found.person.user
    assert user is not None
    refuse_weak(normal(password), person, user.username)
    # Whoever of two comes first has it.
    if not Invitation.objects.filter(pk=found.pk, ended_at=None).update(ended_at=at):
        raise USED
    user.set_password(normal(password))
    user.save(update_fields=["password"])
    if found.new_factor:
        second_factor.take_off(person=person, by=found.by or person, at=at)
    Person.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    SignIn.objects.filter(person=person, ended_at=None).update(ended_at=at)
    _note(person, "PASSWORD_SET", at, by=person, body={"invitation": str(found.pk)})
    return Person.objects.select_related("user").get(pk=person.pk)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")  # messengers end a link at a colon


def _note(person: Person, act: str, at: datetime, *, by: Person | None, body: dict[str, object]) -> None:
    JournalEntry.objects.create(
        at=at, by=by, act=act, subject_kind="person", subject_id=str(person.pk), body=body
    )
