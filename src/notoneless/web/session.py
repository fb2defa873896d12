"""What the signed cookie says: which sign-in it stands for, how long, and who still owes a second factor.

A signed cookie and no table of sessions: a page reads who is asking with one query. The cookie names the row
of its sign-in, so that ending the row ends every copy of the cookie.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from notoneless.core.terms import DeviceKind
from notoneless.records.models import SignIn
from notoneless.web.codes import term

PERSON = "person"
VERSION = "version"
SIGN_IN = "sign_in"
DEVICE = "device"
FACTOR = "factor"
UNTIL = "until"
SEEN = "seen"
PENDING = "pending"
_OF_A_SIGN_IN = {PERSON, VERSION, SIGN_IN, DEVICE, UNTIL, SEEN}

IDLE = timedelta(minutes=10)  # then a computer that others use too asks for the password again
PENDING_FOR = timedelta(minutes=10)  # from the password to the code
# Moments in the cookie are renewed this often and not on every page, which would send the cookie every time.
SEEN_EVERY = timedelta(seconds=30)
RENEW_EVERY = timedelta(days=1)
# The demo's clock jumps whole days; a visitor is not to sign in again after each.
IN_THE_DEMO = timedelta(days=400)


class Standing(NamedTuple):
    """A sign-in as its cookie tells it; whether it still holds is for the database to say."""

    person: int
    version: int
    sign_in: UUID
    device: DeviceKind
    factor: bool
    until: float
    seen: float


def put(session: SessionBase, row: SignIn, version: int) -> None:
    """Make the session stand for a sign-in that has just begun."""
    session[PERSON], session[VERSION] = row.person_id, version
    session[SIGN_IN], session[DEVICE], session[FACTOR] = row.pk.hex, row.device.value, row.second_factor
    session[SEEN] = row.at.timestamp()
    reach(session, row.device, at=row.at, until=row.until)


def reach(session: SessionBase, device: DeviceKind, *, at: datetime, until: datetime) -> None:
    """Let the session stand until a moment; that of a shared computer ends with its browser at the latest."""
    session[UNTIL] = until.timestamp()
    longest = min((until - at).total_seconds(), settings.SESSION_COOKIE_AGE)
    session.set_expiry(0 if device is DeviceKind.SHARED else int(longest))


def standing(session: SessionBase, at: datetime) -> Standing | None:
    """The sign-in of this cookie, when it names one whose time is not over; it may be locked."""
    said = dict(session.items())
    if not said.keys() >= _OF_A_SIGN_IN:
        return None
    found = Standing(
        said[PERSON],
        said[VERSION],
        UUID(said[SIGN_IN]),
        term(DeviceKind, said[DEVICE]),
        bool(said.get(FACTOR)),
        said[UNTIL],
        said[SEEN],
    )
    return found if at.timestamp() < found.until else None


def is_locked(found: Standing, at: datetime) -> bool:
    """Whether nobody has used this shared computer for a while."""
    return found.device is DeviceKind.SHARED and at.timestamp() - found.seen > IDLE.total_seconds()


def usable(session: SessionBase, at: datetime) -> Standing | None:
    """The sign-in of this cookie, when its time is not over and it is not locked."""
    found = standing(session, at)
    return None if found is None or is_locked(found, at) else found


def see(session: SessionBase, found: Standing, at: datetime) -> None:
    """Note that a shared computer is being used."""
    if found.device is DeviceKind.SHARED and at.timestamp() - found.seen > SEEN_EVERY.total_seconds():
        session[SEEN] = at.timestamp()


def unlock(session: SessionBase, at: datetime) -> None:
    """Go on where the lock came."""
    session[SEEN] = at.timestamp()


def wants_renewal(found: Standing, at: datetime) -> bool:
    """Whether a telephone's sign-in was last renewed some time ago."""
    return found.device is DeviceKind.OWN and at.timestamp() - found.seen > RENEW_EVERY.total_seconds()


# Between the password and the code.


class Pending(NamedTuple):
    """Whose password was right, and on whose device."""

    person: int
    version: int
    device: DeviceKind


def wait_for_factor(session: SessionBase, pending: Pending, *, at: datetime) -> None:
    """Remember in an empty session whose password was right; it stands for nobody yet."""
    session[PENDING] = [pending.person, pending.version, pending.device.value, at.timestamp()]
    session.set_expiry(0)


def pending(session: SessionBase, at: datetime) -> Pending | None:
    """Whose second factor is awaited, for a few minutes."""
    held = session.get(PENDING)
    if not held or at.timestamp() - held[3] > PENDING_FOR.total_seconds():
        return None
    return Pending(held[0], held[1], term(DeviceKind, held[2]))
