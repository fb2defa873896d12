"""Who may do what: each act asks here, and the page shows the answer on the greyed button.

The answer stands in the access table; what stands here is how a refusal is worded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, Open, Scope, Thing, Verb, posts_that, scopes_of
from notoneless.records.models import Child, ClassGroup, Person, Place
from notoneless.records.scopes import CLASS_POSTS as CLASS_POSTS
from notoneless.records.scopes import PLACE_POSTS as PLACE_POSTS
from notoneless.records.scopes import posts_on, reach_to, reach_to_class, reaches
from notoneless.services.refusals import Refusal

Where = ClassGroup | Place | Child
TAKES_ROLL_CALLS = posts_that(Thing.ROLL_CALL, Verb.TAKE)


def may_open(address: str, person: Person, on: date) -> bool:
    """Whether a post of the person may see what this address is about somewhere; one query at most.

    Which rows it may see there is for `records.scopes`; an address without a row is an error of ours.
    """
    asked = ADDRESSES[address]
    if isinstance(asked, Open):
        return True
    posts = posts_that(asked.thing, asked.see)
    return any(held.post in posts for held in posts_on(person, on))


class Held(NamedTuple):
    """A post as a person holds it: in a class, or at a place given by its path."""

    post: Post
    class_group: int | None
    path: str | None


# What is not allowed, as a code and a sentence that says who may; {name} is the class, place or child's.
_SENTENCES: Mapping[tuple[Thing, Verb], tuple[str, str, str]] = {
    (Thing.ROLL_CALL, Verb.TAKE): (
        "NOT_YOUR_CLASS",
        "{name}的点名由本班班主任、任课教师或学校教导处记录。",
        "The roll call of {name} is taken by its teachers or the school office.",
    ),
    (Thing.ROLL_CALL, Verb.CORRECT): (
        "MAY_NOT_CORRECT",
        "{name}的考勤由本班班主任或学校教导处更正。",
        "Marks of {name} are corrected by its class teacher or the school office.",
    ),
    (Thing.ROLL_CALL, Verb.SETTLE): (
        "MAY_NOT_SETTLE",
        "同一节次有两份点名时，由学校教导处核实后选定一份。",
        "When there are two roll calls of one session, the school office checks and chooses.",
    ),
    (Thing.CHILD, Verb.GRANT_LEAVE): (
        "MAY_NOT_GRANT_LEAVE",
        "{name}的请假和销假由本班班主任或学校教导处办理。",
        "Leave in {name} is granted and ended by its class teacher or the school office.",
    ),
    (Thing.CHILD, Verb.RECORD): (
        "NOT_YOUR_CHILD",
        "{name}学生的联系、家访和劝返由本班教师、学校或上级部门记录。",
        "Acts about children of {name} are recorded by its teachers, the school or those above.",
    ),
    (Thing.CASE, Verb.CLOSE_OUT): (
        "MAY_NOT_CLOSE_OUT",
        "销号由校长、分管副校长、教导处或县教育局办理。",
        "Cases are closed out by the principal, vice-principal, school office or county bureau.",
    ),
    (Thing.CASE, Verb.REBASE): (
        "MAY_NOT_REBASE",
        "个案改按现行制度办理，由县教育局或本校校长决定。",
        "Re-basing a case is for the county education bureau or the school's principal to decide.",
    ),
    (Thing.ROSTER, Verb.IMPORT): (
        "MAY_NOT_IMPORT",
        "{name}的名册和考勤表由本校教导处、学籍管理员或县教育局导入。",
        "Files of {name} are taken in by its office, enrolment officer or the county bureau.",
    ),
}


def held_by(person: Person, on: date) -> list[Held]:
    """The posts a person holds on a day."""
    return [Held(r.post, r.class_group_id, r.place.path if r.place else None) for r in posts_on(person, on)]


def post_for_class(
    held: Iterable[Held], thing: Thing, verb: Verb, class_group: int, school_path: str
) -> Post | None:
    """The post that lets its holder act for this class; the class's own posts first.

    Knows classes and the places around them only by their numbers: the way of a roll call, which has read
    its posts already. `post_in` knows grades, houses and villages too.
    """
    answers: Post | None = None
    for each in held:
        scopes = scopes_of(each.post, thing, verb)
        if Scope.CLASS in scopes and each.class_group == class_group:
            return each.post
        if Scope.PLACE in scopes and each.path and school_path.startswith(each.path):
            answers = answers or each.post
    return answers


def posts_in(person: Person, thing: Thing, verb: Verb, where: Where, on: date) -> list[Post]:
    """The posts by which a person may do this there on a day; the nearest first."""
    if isinstance(where, ClassGroup):
        return [each.held.post for each in reach_to_class(person, where, on, thing, verb)]
    if isinstance(where, Child):
        return [each.held.post for each in reach_to(person, where, on, thing, verb)]
    path = where.path or ""
    found = [each.held for each in reaches(person, on, thing, verb) if each.held.place is not None]
    return [held.post for held in found if held.place and path.startswith(held.place.path or "/")]


def post_in(person: Person, thing: Thing, verb: Verb, where: Where, on: date) -> Post | None:
    """The first of `posts_in`, or None."""
    return next(iter(posts_in(person, thing, verb, where, on)), None)


def refusal(person: Person, thing: Thing, verb: Verb, where: Where, on: date) -> Refusal | None:
    """Why this person may not do this there on a day, or None."""
    return None if post_in(person, thing, verb, where, on) else may_not(thing, verb, where.name)


def require(person: Person, thing: Thing, verb: Verb, where: Where, on: date) -> Post:
    """The post by which the person may do it. Raises Refusal."""
    post = post_in(person, thing, verb, where, on)
    if post is None:
        raise may_not(thing, verb, where.name)
    return post


def may_not(thing: Thing, verb: Verb, name: str) -> Refusal:
    """The sentence that says who may: as worded above, else from the table itself."""
    code, zh, en = _SENTENCES.get((thing, verb)) or _from_table(thing, verb)
    return Refusal(code, zh.format(name=name), en.format(name=name))


def _from_table(thing: Thing, verb: Verb) -> tuple[str, str, str]:
    posts = sorted(posts_that(thing, verb), key=list(Post).index)
    zh, en = "、".join(post.zh for post in posts), ", ".join(post.en for post in posts)
    return (
        f"MAY_NOT_{verb.value}_{thing.value}",
        f"{thing.zh}的{verb.zh}由{zh}办理。",
        f"To {verb.en} ({thing.en}) is for: {en}.",
    )
