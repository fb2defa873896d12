"""接口令牌: a person lets a program do what their posts may; made, used, counted and ended here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from notoneless.records.models import ApiToken, JournalEntry, Person
from notoneless.services.accounts import must_have_factor
from notoneless.services.knocks import knock
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of
from notoneless.services.transactions import one_act
from notoneless.services.written import written

BEGINS = "nol_"  # so that a scanner for secrets knows one when it sees it
NAME = 60  # characters
MOST = 10  # live tokens of one person
DAYS = (7, 30, 90)
LONGEST_WITH_FACTOR = 30  # days, for posts that sign in with a code: nobody types one for a program
AN_HOUR = 3000  # requests of one token


class Made(NamedTuple):
    """A new token; `secret` is shown once and kept nowhere."""

    row: ApiToken
    secret: str


@one_act
def make_token(
    *,
    person: Person,
    name: str,
    days: int,
    writes: bool,
    second_factor: bool,
    at: datetime,
    key: str | None = None,
) -> Made:
    """A token for one's own posts; `second_factor`: the sign-in was made with a code. Raises Refusal.

    The same `key` again is refused: what was shown once cannot be shown again.
    """
    if ApiToken.objects.filter(pk=id_of(key)).exists():
        raise Refusal(
            "MADE_ALREADY",
            "这个令牌已经做好，只显示一次；没有抄到的，请停用它，再做一个。",
            "This token was made and is shown once; if you have no copy, end it and make another.",
        )
    words = written(name, NAME, "用途", "What for", needed=True)
    if days not in DAYS:
        raise Refusal("BAD_DAYS", "有效期请选 7、30 或 90 天。", "Choose 7, 30 or 90 days.")
    if must_have_factor(person, at.date()):
        _refuse_without_factor(days, second_factor)
    if len(tokens_of(person, at=at)) >= MOST:
        raise Refusal(
            "TOO_MANY_TOKENS",
            f"最多同时有 {MOST} 个令牌；请先停用不用的。",
            f"At most {MOST} tokens at one time; end those you do not use.",
        )
    secret = BEGINS + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        pk=id_of(key),
        person=person,
        name=words,
        digest=_digest(secret),
        writes=writes,
        second_factor=second_factor,
        version=person.session_version,
        at=at,
        until=at + timedelta(days=days),
    )
    _journal("MAKE_API_TOKEN", row, at, {"days": days, "writes": writes})
    return Made(row, secret)


@one_act
def end_token(*, person: Person, number: UUID, at: datetime) -> bool:
    """End one of one's own tokens at once; False when there is none of that number."""
    row = ApiToken.objects.filter(pk=number, person=person, ended_at=None).first()
    if row is None or not ApiToken.objects.filter(pk=number, ended_at=None).update(ended_at=at):
        return False
    _journal("END_API_TOKEN", row, at, {})
    return True


def tokens_of(person: Person, *, at: datetime) -> list[ApiToken]:
    """The tokens by which programs may act for this person now, the latest first."""
    rows = ApiToken.objects.filter(
        person=person, ended_at=None, until__gt=at, version=F("person__session_version")
    )
    return list(rows.order_by("-at"))


def token_behind(secret: str, *, at: datetime) -> ApiToken:
    """The token that may be used, with its person. Raises Refusal, the same for every reason.

    Whoever got a post since that asks for a second factor makes a new one in a sign-in with a code.
    """
    rows = ApiToken.objects.select_related("person__user").filter(
        digest=_digest(secret), ended_at=None, until__gt=at, person__user__is_active=True
    )
    row = rows.filter(version=F("person__session_version")).first()
    if row is None or (not row.second_factor and must_have_factor(row.person, at.date())):
        raise Refusal(
            "NO_TOKEN",
            "令牌不对、已到期或已停用；请在“我的账号”里新做一个。",
            "The token is wrong, over or ended; make a new one on your account page.",
        )
    return row


def count_use(row: ApiToken, *, at: datetime) -> None:
    """Count one request of a token in this hour of the clock. Raises Refusal beyond AN_HOUR."""
    try:
        knock("api", str(row.pk), most=AN_HOUR, at=at)
    except Refusal:
        raise Refusal(
            "TOO_MANY",
            f"一个令牌一小时最多 {AN_HOUR} 次；请过一小时再来。",
            f"At most {AN_HOUR} requests an hour are taken from one token; come back then.",
        ) from None


def _refuse_without_factor(days: int, second_factor: bool) -> None:
    if not second_factor:
        raise Refusal(
            "NO_FACTOR",
            "您的岗位要用手机验证码登录；请用验证码登录后再做令牌。",
            "Your post signs in with a code; sign in with one, then make a token.",
        )
    if days > LONGEST_WITH_FACTOR:
        raise Refusal(
            "TOO_LONG",
            f"您的岗位能看到全校或更大范围，令牌最长 {LONGEST_WITH_FACTOR} 天。",
            f"Your post sees a whole school or more; a token of it lasts {LONGEST_WITH_FACTOR} days at most.",
        )


def _digest(secret: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess from.
    return hashlib.sha256(secret.encode()).digest()


def _journal(act: str, row: ApiToken, at: datetime, body: dict[str, object]) -> None:
    subject = {"subject_kind": "person", "subject_id": str(row.person_id)}
    JournalEntry.objects.create(at=at, by=row.person, act=act, **subject, body={"token": str(row.pk), **body})
