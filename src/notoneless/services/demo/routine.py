"""What the demo's people did about what dates brought: mostly in time, now and then late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from notoneless.core.obligations import Obligation as Owed
from notoneless.core.terms import Act, ActOutcome, Post
from notoneless.records.models import Place, PlaceAct
from notoneless.records.owing import Owing, classes_on, owing_classes, owing_places, places_of
from notoneless.records.packs import places_on
from notoneless.records.writing import write
from notoneless.services.date_duties import LOOK_BACK, brought_by, owed_by
from notoneless.services.demo.facts import AT_ONCE, Holders

NOTES = {
    Act.DRAW_UP: "报表已编制，数据与台账核对一致。",
    Act.LOG_IN_NATIONAL_SYSTEM: "已登录核对，无新增异动。",
    Act.MEET: "已开会研究，记录存档。",
    Act.INSPECT: "已督导，问题现场反馈。",
    Act.HOME_VISIT: "已走访，逐户叮嘱按时返校。",
    Act.PUBLICISE: "已宣传义务教育法。",
}
LATE = 0.1  # the share that is done some days after its moment


def load_routine(*, at: datetime, holders: Holders) -> int:
    """Open what dates brought in the weeks before `at`, done by those who hold the posts; how many acts.

    The caller's journal entry tells it.
    """
    owing = _everybody(at)
    since = at - LOOK_BACK
    acts = list(_done(owing, since=since, at=at, holders=holders))
    PlaceAct.objects.bulk_create(acts, batch_size=AT_ONCE)
    write(owed_by(owing, since=since, now=at).writes)
    return len(acts)


def go_on_with_routine(*, at: datetime, holders: Holders, leave: Collection[int]) -> int:
    """Let everybody but the classes in `leave` do by `at` what they would have done; how many acts.

    The worker's next look finds them.
    """
    owing = [each for each in _everybody(at) if each.id not in leave]
    acts = list(_done(owing, since=at - LOOK_BACK, at=at, holders=holders))
    meant = PlaceAct.objects.filter(obligation__in={act.obligation for act in acts})
    settled = set(meant.values_list("obligation", flat=True))
    new = [act for act in acts if act.obligation not in settled]
    PlaceAct.objects.bulk_create(new, batch_size=AT_ONCE)
    return len(new)


def _everybody(at: datetime) -> list[Owing]:
    classes = classes_on(at.date())
    return [*owing_places(places_of(classes)), *owing_classes(classes)]


def _done(owing: Iterable[Owing], *, since: datetime, at: datetime, holders: Holders) -> Iterator[PlaceAct]:
    """The acts by `at`; what nobody is there to do stays undone."""
    kept = list(owing)
    paths = {row.pk: row.path or "" for row in Place.objects.filter(pk__in={o.school_id for o in kept})}
    for each, owed in brought_by(kept, since=since, now=at):
        by = _holder(each, owed.duty.who, paths[each.school_id], holders)
        moment = done_at(owed)
        if by is not None and moment is not None and moment <= at:
            for time in range(owed.duty.times):
                yield _act(each, owed, by, moment, time)


def done_at(owed: Owed) -> datetime | None:
    """When it was done: the same duty, the same moment; None where nobody can say by when it is due."""
    if owed.due.at is None:
        return None
    rng = Random(str(owed.key))
    span = owed.due.at - owed.arose_at
    afternoon = timedelta(hours=15, minutes=rng.randrange(110))
    if rng.random() < LATE:
        return owed.due.at.replace(hour=0, minute=0) + timedelta(days=rng.randint(1, 3)) + afternoon
    day = timedelta(days=int(span.days * rng.uniform(0.7, 0.95)))
    return owed.arose_at + day + afternoon


def _holder(owing: Owing, post: Post, path: str, holders: Holders) -> int | None:
    if owing.id is not None and (post, owing.id) in holders.of_class:
        return holders.of_class[post, owing.id]
    found = (holders.at_place.get((post, place)) for place in places_on(path))
    return next((person for person in found if person is not None), None)


def _act(owing: Owing, owed: Owed, by: int, moment: datetime, time: int) -> PlaceAct:
    duty = owed.duty
    return PlaceAct(
        id=act_id(owed.key, time),
        place_id=owing.school_id,
        class_group_id=owing.id,
        obligation=owed.key,
        act=duty.act,
        happened_at=moment,
        recorded_at=moment,
        by_id=by,
        by_post=duty.who,
        taking_part=sorted(post.value for post in duty.taking_part),
        to_post=duty.to or "",
        outcome=ActOutcome.DONE,
        evidence=sorted(kind.value for kind in duty.needs),
        note=NOTES.get(duty.act, "已办。"),
    )


def act_id(key: UUID, time: int) -> UUID:
    """The id of the row: the same duty done for the same time, the same row."""
    return uuid5(key, f"demo/{time}")
