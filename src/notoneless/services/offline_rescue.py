"""忘了 PIN: the key that opens what waits unsent on a telephone, given to nobody but its own person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from notoneless.records.models import JournalEntry, Person
from notoneless.services.finding import the_person
from notoneless.services.transactions import one_act


@one_act
def rescue_key(*, by: Person | int, vault: UUID, at: datetime) -> bytes:
    """32 bytes that are the same for the same person and vault each time, and journalled each time.

    The telephone seals the key of its queue under them and forgets them. They follow from the data key and
    are kept nowhere: a stolen telephone alone cannot have them, and no table can lose them.
    """
    person = the_person(by)
    JournalEntry.objects.create(
        at=at, by=person, act="OFFLINE_RESCUE_KEY", subject_kind="offline", subject_id=str(vault)
    )
    info = f"notoneless offline rescue {person.pk} {vault}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(settings.DATA_KEY)
