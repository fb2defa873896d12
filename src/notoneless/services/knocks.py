"""How often one address may use a public page, without keeping the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import Knocks
from notoneless.services.refusals import Refusal

FORGOTTEN_AFTER = timedelta(days=1)


def knock(what: str, address: str, *, most: int, at: datetime) -> None:
    """Count one use of `what` from `address` in this hour of the clock. Raises Refusal beyond `most`.

    A school's pupils and parents may all come through one address, so `most` is never a single person's need.
    """
    key = _key(what, address, at)
    with transaction.atomic():
        Knocks.objects.get_or_create(key=key, defaults={"since": at})
        Knocks.objects.filter(key=key).update(count=F("count") + 1)
        count = Knocks.objects.values_list("count", flat=True).get(key=key)
    forget_old(at=at)
    if count > most:
        raise Refusal(
            "TOO_MANY",
            f"从这个网络一小时内最多提交 {most} 次；请过一小时再来，或打县教育局的电话。",
            f"At most {most} an hour are taken from one network; come back then, or telephone the bureau.",
        )


def forget_old(*, at: datetime) -> int:
    """Drop what was counted a day ago; how many rows went."""
    return Knocks.objects.filter(since__lt=at - FORGOTTEN_AFTER).delete()[0]


def _key(what: str, address: str, at: datetime) -> bytes:
    """Another key each hour: neither the address nor that it came yesterday too can be read from it."""
    hour = at.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H")
    return salted_hmac(f"notoneless.knocks|{what}|{hour}", address, algorithm="sha256").digest()
