"""签字: strokes drawn on a screen, checked before they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from notoneless.records.models import SignatureGiven, Visit
from notoneless.services.refusals import Refusal
from notoneless.services.written import written

BOX = 1000  # a point counts thousandths of the box, from its upper left corner
MOST_STROKES, MOST_POINTS = 300, 6000  # a long name drawn slowly has a tenth of that
Strokes = Sequence[Sequence[Sequence[int]]]


class Signed(NamedTuple):
    """One signature: in what part (家长, 记录人, 村委会), by whom, as strokes of [x, y] points."""

    signs_as: str
    name: str
    strokes: Strokes
    at: datetime


def keep_signatures(visit: Visit, given: Iterable[Signed]) -> list[SignatureGiven]:
    """Keep the signatures of a visit. Raises Refusal for one that was not drawn in its box."""
    rows = [
        SignatureGiven(
            visit=visit,
            signs_as=written(each.signs_as, 30, "签字身份", "Signs as", needed=True),
            name=written(each.name, 60, "签字人", "Who signs"),
            strokes=drawn(each.strokes),
            at=each.at,
        )
        for each in given
    ]
    return SignatureGiven.objects.bulk_create(rows)


def drawn(strokes: object) -> list[list[list[int]]]:
    """The strokes as whole numbers in their box. Raises Refusal."""
    if not isinstance(strokes, list | tuple) or not 0 < len(strokes) <= MOST_STROKES:
        raise _not_drawn()
    found = [_stroke(each) for each in strokes]
    if sum(len(each) for each in found) > MOST_POINTS:
        raise _not_drawn()
    return found


def _stroke(stroke: object) -> list[list[int]]:
    if not isinstance(stroke, list | tuple) or not stroke:
        raise _not_drawn()
    return [_point(each) for each in stroke]


def _point(point: object) -> list[int]:
    match point:
        case [int(x), int(y)] if 0 <= x <= BOX and 0 <= y <= BOX:
            return [int(x), int(y)]
    raise _not_drawn()


def _not_drawn() -> Refusal:
    return Refusal(
        "BAD_SIGNATURE",
        "签字没有完整传上来，请在框里重新签一次；也可以在纸上签好后拍照作为附件。",
        "The signature did not arrive whole: sign again in the box, or on paper and attach a picture.",
    )
