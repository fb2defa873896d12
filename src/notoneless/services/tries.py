"""Wrong passwords, counted for all processes in one table; what is counted is the caller's secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import F

from notoneless.records.dialect import POSTGRESQL, moment_text
from notoneless.records.models import WrongPasswords
from notoneless.records.secrets import blind_index
from notoneless.records.statements import one_row

WITHIN = timedelta(minutes=15)  # from the first wrong one
FORGOTTEN_AFTER = timedelta(days=1)


def counted(whats: Iterable[str], *, at: datetime) -> Mapping[str, int]:
    """How many wrong passwords stand against each of these; only those that have any are in it. One query."""
    wanted = list(whats)
    since = at - WITHIN
    vendor = connection.vendor
    given: dict[str, object] = {f"key{n}": blind_index(what) for n, what in enumerate(wanted)}
    given["since"] = since if vendor == POSTGRESQL else moment_text(since, vendor)
    row = one_row(_statement(len(wanted)), given)
    return {what: count for what, count in zip(wanted, row, strict=True) if count}


@cache
def _statement(keys: int) -> str:
    # By hand, like the one that finds the person: every sign-in makes it (`accounts`).
    one = "(SELECT count FROM records_wrongpasswords WHERE key = %(key{n})s AND since > %(since)s)"
    return f"SELECT {', '.join(one.replace('{n}', str(n)) for n in range(keys))}"


def count(whats: Iterable[str], *, at: datetime) -> None:
    """Count one more wrong password against each of these, and drop what is long past."""
    with transaction.atomic():
        # In one order, or two processes could wait for each other.
        for key in sorted(blind_index(what) for what in whats):
            WrongPasswords.objects.get_or_create(key=key, defaults={"since": at})
            row = WrongPasswords.objects.filter(key=key)
            row.filter(since__lte=at - WITHIN).update(count=0, since=at)
            row.update(count=F("count") + 1)
    WrongPasswords.objects.filter(since__lte=at - FORGOTTEN_AFTER).delete()


def forget(what: str) -> None:
    """Count no more what stood against this."""
    WrongPasswords.objects.filter(key=blind_index(what)).delete()
