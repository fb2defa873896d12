"""家长反馈: slips with signed codes for one school, each answered once; only counts are kept."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    FeedbackCount,
    FeedbackSlips,
    FeedbackUsed,
    JournalEntry,
    Person,
    Place,
)
from notoneless.records.scopes import visible_places
from notoneless.records.secrets import blind_index
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.questionnaire import QUESTIONS
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act

LEAST = 5  # a count below this says too much about somebody
LASTS = timedelta(days=30)
MOST = 200  # slips in one batch
AN_HOUR = 60  # answers from one address: a class of parents in the school's own network
# Base 32 without letters that are taken for digits, and the other way round.
_B32, _OURS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_IN, _OUT = str.maketrans(_B32, _OURS), str.maketrans(_OURS, _B32)
_MAC = 5  # bytes


class Counted(NamedTuple):
    """The answers of one batch: each question with its counts; None where a count is too small to say."""

    slips: FeedbackSlips
    counts: Mapping[str, Mapping[str, int | None]]
    open_until: datetime | None  # while it runs nothing is said, so that no two looks can be compared


@one_act
def make_slips(*, by: Person | int, school: Place | int, many: int, at: datetime, key: str) -> FeedbackSlips:
    """A batch of slips for one school; the same `key` again gives the first. Raises Refusal."""
    person = the_person(by)
    number = school.pk if isinstance(school, Place) else school
    place = Place.objects.filter(pk=number, kind=PlaceKind.SCHOOL).first()
    if place is None:
        raise Refusal("NO_SUCH_PLACE", "请选一所学校。", "Choose a school.")
    require(person, Thing.FEEDBACK, Verb.EXPORT, place, at.date())
    if (first := FeedbackSlips.objects.filter(key=key).first()) is not None:
        if first.school_id != place.pk:
            raise key_used()
        return first
    if not LEAST <= many <= MOST:
        raise Refusal(
            "BAD_NUMBER",
            f"张数填了 {many}；应在 {LEAST} 到 {MOST} 之间，少于 {LEAST} 份的结果不能公布。",
            f"{many} slips were asked for; it must be {LEAST} to {MOST}: fewer answers are never shown.",
        )
    slips = FeedbackSlips.objects.create(
        school=place, many=many, made_by=person, made_at=at, until=at + LASTS, key=key
    )
    JournalEntry.objects.create(
        at=at,
        by=person,
        act="MAKE_SLIPS",
        subject_kind="place",
        subject_id=str(place.pk),
        body={"slips": slips.pk, "many": many},
    )
    return slips


def codes_of(slips: FeedbackSlips) -> list[str]:
    """The codes of a batch, as printed: 16 letters and digits in fours; they lie in no order."""
    codes = sorted(_code(slips.pk, serial) for serial in range(slips.many))
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


@one_act
def give_feedback(*, code: str, answers: Mapping[str, str], at: datetime) -> FeedbackSlips:
    """Count one slip's answers; what is kept cannot be led back to the slip. Raises Refusal."""
    slips, plain = _slips_of(code, at)
    chosen = _chosen(answers)
    index = blind_index(f"feedback|{plain}")
    if FeedbackUsed.objects.filter(pk=index).exists():
        raise Refusal(
            "CODE_USED", "这张单子已经答过了，谢谢。", "This slip has been answered already. Thank you."
        )
    FeedbackUsed.objects.create(code_index=index)
    for question, choice in chosen.items():
        FeedbackCount.objects.get_or_create(slips=slips, question=question, answer=choice)
        row = FeedbackCount.objects.filter(slips=slips, question=question, answer=choice)
        row.update(count=F("count") + 1)
    return slips


def results(person: Person, *, at: datetime) -> list[Counted]:
    """The batches of the schools within the person's reach, the latest first, with what may be said."""
    rows = batches(person, at=at).prefetch_related("counts")
    return [_counted(row, at) for row in rows]


def batches(person: Person, *, at: datetime, verb: Verb = Verb.SEE) -> QuerySet[FeedbackSlips]:
    """The batches of the schools within the person's reach."""
    there = visible_places(person, at.date(), Thing.FEEDBACK, verb)
    return FeedbackSlips.objects.filter(school__in=there).select_related("school").order_by("-made_at", "-pk")


def sayable(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts that may be shown: none below five, and none from which one below five follows.

    Every question has the same sum, which another question may show; so what is left unsaid adds up to
    nothing or to five at least.
    """
    said: dict[str, int | None] = {each: n if n >= LEAST else None for each, n in counts.items()}
    unsaid = sum(n for each, n in counts.items() if said[each] is None)
    if 0 < unsaid < LEAST:
        shown = [each for each, n in said.items() if n is not None]
        if shown:
            said[min(shown, key=lambda each: counts[each])] = None
    return said


def _counted(row: FeedbackSlips, at: datetime) -> Counted:
    if at < row.until:
        return Counted(row, {}, row.until)
    kept = {(each.question, each.answer): each.count for each in row.counts.all()}
    counts = {
        question.code: sayable({c.code: kept.get((question.code, c.code), 0) for c in question.choices})
        for question in QUESTIONS
    }
    return Counted(row, counts, None)


def _chosen(answers: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for number, question in enumerate(QUESTIONS, start=1):
        choice = answers.get(question.code, "")
        if choice not in {each.code for each in question.choices}:
            raise Refusal(
                "NOT_ANSWERED", f"第 {number} 题还没有选。", f"Question {number} has no answer yet."
            )
        chosen[question.code] = choice
    return chosen


def _code(slips: int, serial: int) -> str:
    """The code of one slip: what it says is covered, so that no slip shows which of them it is."""
    said = slips.to_bytes(3, "big") + serial.to_bytes(2, "big")
    mac = _mac(said)
    return base64.b32encode(_covered(said, mac) + mac).decode().translate(_IN)


def _covered(said: bytes, mac: bytes) -> bytes:
    """These five bytes under a cover that follows from the code's other five; twice takes it off again."""
    cover = salted_hmac("notoneless.feedback.cover", mac, algorithm="sha256").digest()
    return bytes(a ^ b for a, b in zip(said, cover, strict=False))


def _slips_of(code: str, at: datetime) -> tuple[FeedbackSlips, str]:
    """The batch a code belongs to, and the code as it is counted. Raises Refusal."""
    plain = "".join(c for c in code.upper() if c.isalnum()).translate(str.maketrans("OIL", "011"))
    try:
        raw = base64.b32decode(plain.translate(_OUT))
    except ValueError:
        raw = b""
    mac = raw[5:]
    said = _covered(raw[:5], mac)
    right = len(raw) == 5 + _MAC and hmac.compare_digest(mac, _mac(said))
    slips = FeedbackSlips.objects.filter(pk=int.from_bytes(said[:3], "big")).first() if right else None
    if slips is None:
        raise Refusal(
            "NO_SUCH_CODE",
            "编码不对；请照单子上的 16 个字母和数字再输一次。",
            "This code is not right; type the 16 letters and digits of the slip again.",
        )
    if at >= slips.until:
        raise Refusal("SLIPS_ENDED", "这次反馈已经结束，谢谢。", "This questionnaire has ended. Thank you.")
    return slips, plain


def _mac(said: bytes) -> bytes:
    return salted_hmac("notoneless.feedback", said, algorithm="sha256").digest()[:_MAC]
