"""Who was there on a visit: whoever records it, by a post held that day, and the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.case_terms import RecordFlag
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, ClassGroup, Obligation, Person, Place, Visit, VisitParticipant
from notoneless.services.acting import acting_post, acting_posts
from notoneless.services.finding import answering_at
from notoneless.services.flags import FlagGiven
from notoneless.services.permissions import posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.took_part import Around, Checked, TookPart, checked, posts_around
from notoneless.services.written import written


class Recorder(NamedTuple):
    """Who records, by which post and where, who held what that day, and what is in doubt about it."""

    person: Person
    post: Post
    where: ClassGroup | Place
    around: Sequence[Around]
    flags: tuple[FlagGiven, ...]


def recorder_of(
    person: Person,
    pupil: Child,
    on: date,
    at: datetime,
    asked: Post | None,
    asking: Collection[Obligation],
    others: bool,
    lenient: bool,
) -> Recorder:
    """Who records it and by which post: one held that day. Raises Refusal."""
    today, where = at.date(), answering_at(pupil, at.date())
    flags: list[FlagGiven] = []
    posts = acting_posts(person, pupil, where, on if lenient else today)
    if lenient and on != today and not posts_in(person, Thing.CHILD, Verb.RECORD, pupil, today):
        flags.append(FlagGiven(RecordFlag.NO_LONGER_THEIRS))
    if lenient and asked is not None and asked not in posts:
        flags.append(_doubt(TookPart(asked, person)))
        asked = None
    around = posts_around(pupil, on) if others or on != today else ()
    post = acting_post(posts, where, asked or _asked_by(asking, posts))
    if on != today and not lenient:
        post = _held_then(post, posts, around, person, on, asked)
    return Recorder(person, post, where, around, tuple(flags))


def _asked_by(asking: Collection[Obligation], posts: list[Post]) -> Post | None:
    """Of several posts that somebody holds, the one that must take part, or that owes it."""
    named = {code for each in asking for code in each.taking_part}
    owing = {each.who.value for each in asking}
    return next((p for p in posts if p.value in named), next((p for p in posts if p.value in owing), None))


def _held_then(
    post: Post, posts: list[Post], around: Sequence[Around], person: Person, on: date, asked: Post | None
) -> Post:
    """The post if it was held on the day, else another of theirs that was. Raises Refusal."""
    then = {each.post for each in around if each.person.pk == person.pk}
    if post in then:
        return post
    other = next((each for each in posts if each in then), None)
    if other is None or asked is not None:
        raise Refusal(
            "POST_NOT_HELD_THAT_DAY",
            f"{on.month}月{on.day}日您还没有担任“{post.zh}”；走访由当天任职、去了的人记录。",
            f"You did not hold the post of {post.en} on {on}; a visit is recorded by who held it and went.",
        )
    return other


def those_there(people: Sequence[TookPart], who: Recorder, on: date, lenient: bool) -> Checked:
    """The others who took part. Raises Refusal for a post that was not held, unless `lenient`."""
    others = [each for each in people if not _is_recorder(each, who)]
    found = checked(others, who.around, on)
    if found.not_held and not lenient:
        raise found.not_held[0].why
    return found


def _is_recorder(part: TookPart, who: Recorder) -> bool:
    number = part.person.pk if isinstance(part.person, Person) else part.person
    alone = number is None and not part.name
    return part.post is who.post and (number == who.person.pk or alone)


def doubted(there: Checked) -> list[FlagGiven]:
    """What a reader must know of those whose post was not held that day."""
    return [_doubt(part) for part, _ in there.not_held if part.post is not None]


def _doubt(part: TookPart) -> FlagGiven:
    assert part.post is not None
    name = part.person.name if isinstance(part.person, Person) else part.name.strip()
    return FlagGiven(RecordFlag.POST_NOT_HELD, f"{part.post.zh} {part.post.en} {name}".strip())


def named_there(there: Checked) -> str:
    """Those without an account here, in one line: 张某（云岭村村委会）."""
    return "、".join(
        f"{each.name.strip()}（{each.unit.strip()}）" if each.unit.strip() else each.name.strip()
        for each in there.people
        if each.name.strip()
    )


def keep_people(visit: Visit, who: Recorder, there: Checked) -> None:
    """Everybody who took part, whoever records it first."""
    rows = [VisitParticipant(visit=visit, post=who.post, person=who.person)]
    for each in there.people:
        person = each.person.pk if isinstance(each.person, Person) else each.person
        rows.append(
            VisitParticipant(
                visit=visit,
                post=each.post or "",
                person_id=person,
                name=written(each.name, 60, "参加人员姓名", "Name"),
                unit=written(each.unit, 100, "参加人员单位", "Unit"),
            )
        )
    VisitParticipant.objects.bulk_create(rows)
