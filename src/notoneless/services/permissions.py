"""Who may do what, said once: each act asks here, and the page shows the answer on the greyed button."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from notoneless.core.terms import Post
from notoneless.records.models import ClassGroup, Person, Place, PostHeld
from notoneless.records.scopes import CLASS_POSTS as CLASS_POSTS
from notoneless.records.scopes import PLACE_POSTS as PLACE_POSTS
from notoneless.records.scopes import live
from notoneless.services.refusals import Refusal

SCHOOL_POSTS = frozenset(
    {Post.SCHOOL_OFFICE, Post.DUTY_OFFICER, Post.VICE_PRINCIPAL, Post.PRINCIPAL, Post.ENROLMENT_OFFICER}
)
TAKES_ROLL_CALLS = CLASS_POSTS | {Post.DUTY_OFFICER, Post.SCHOOL_OFFICE, Post.VICE_PRINCIPAL, Post.PRINCIPAL}
CORRECTS = frozenset({Post.CLASS_TEACHER, Post.ROLL_CALL_TAKER}) | SCHOOL_POSTS
GRANTS_LEAVE = frozenset({Post.CLASS_TEACHER}) | SCHOOL_POSTS
CLOSES_OUT = frozenset({Post.PRINCIPAL, Post.VICE_PRINCIPAL, Post.SCHOOL_OFFICE, Post.COUNTY_BUREAU})
IMPORTS = SCHOOL_POSTS | {Post.SYSTEM_OFFICER}


class Held(NamedTuple):
    """A post as a person holds it: in a class, or at a place given by its path."""

    post: Post
    class_group: int | None
    path: str | None


def held_by(person: Person, on: date) -> list[Held]:
    """The posts a person holds on a day."""
    rows = PostHeld.objects.filter(person=person).filter(live(on)).select_related("place")
    return [Held(r.post, r.class_group_id, r.place.path if r.place else None) for r in rows]


def post_for_class(
    held: Iterable[Held], allowed: frozenset[Post], class_group: int, school_path: str
) -> Post | None:
    """The post among `allowed` that lets its holder act for this class; the class's own posts first."""
    answers: Post | None = None
    for each in held:
        if each.post in allowed:
            if each.class_group == class_group and each.post in CLASS_POSTS:
                return each.post
            if each.path and school_path.startswith(each.path) and each.post in PLACE_POSTS:
                answers = answers or each.post
    return answers


def post_in(person: Person, class_group: ClassGroup, on: date, allowed: frozenset[Post]) -> Post | None:
    """The post among `allowed` by which a person may act for a class on a day."""
    path = class_group.school.path or ""
    return post_for_class(held_by(person, on), allowed, class_group.pk, path)


def may_take_roll_call(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not take the roll call of this class, or None."""
    post = post_in(person, class_group, on, TAKES_ROLL_CALLS)
    return None if post else may_not_take_roll_call(class_group.name)


def may_not_take_roll_call(class_name: str) -> Refusal:
    """The sentence for somebody else's class."""
    return Refusal(
        "NOT_YOUR_CLASS",
        f"{class_name}的点名由本班班主任、任课教师或学校教导处记录。",
        f"The roll call of {class_name} is taken by its teachers or the school office.",
    )


def may_correct(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not correct an attendance mark of this class, or None."""
    if post_in(person, class_group, on, CORRECTS):
        return None
    return Refusal(
        "MAY_NOT_CORRECT",
        f"{class_group.name}的考勤由本班班主任或学校教导处更正。",
        f"Marks of {class_group.name} are corrected by its class teacher or the school office.",
    )


def may_grant_leave(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not grant or end leave in this class, or None."""
    if post_in(person, class_group, on, GRANTS_LEAVE):
        return None
    return Refusal(
        "MAY_NOT_GRANT_LEAVE",
        f"{class_group.name}的请假和销假由本班班主任或学校教导处办理。",
        f"Leave in {class_group.name} is granted and ended by its class teacher or the school office.",
    )


def may_record_act(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not record an act about a child of this class, or None."""
    if post_in(person, class_group, on, CLASS_POSTS | PLACE_POSTS):
        return None
    return Refusal(
        "NOT_YOUR_CHILD",
        f"{class_group.name}学生的联系、家访和劝返由本班教师、学校或上级部门记录。",
        f"Acts about children of {class_group.name} are recorded by its teachers, the school or those above.",
    )


def may_settle(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not decide between two roll calls of one session, or None."""
    if post_in(person, class_group, on, SCHOOL_POSTS):
        return None
    return Refusal(
        "MAY_NOT_SETTLE",
        "同一节次有两份点名时，由学校教导处核实后选定一份。",
        "When there are two roll calls of one session, the school office checks and chooses.",
    )


def may_sign_close_out(person: Person, class_group: ClassGroup, on: date) -> Refusal | None:
    """Why this person may not close out a case of this class at all, or None."""
    if post_in(person, class_group, on, CLOSES_OUT):
        return None
    return Refusal(
        "MAY_NOT_CLOSE_OUT",
        "销号由校长、分管副校长、教导处或县教育局办理。",
        "Cases are closed out by the principal, vice-principal, school office or county bureau.",
    )


def may_import(person: Person, school: Place, on: date) -> Refusal | None:
    """Why this person may not take files into this school, or None."""
    path = school.path or ""
    if any(h.post in IMPORTS and h.path and path.startswith(h.path) for h in held_by(person, on)):
        return None
    return Refusal(
        "MAY_NOT_IMPORT",
        f"{school.name}的名册和考勤表由本校教导处、学籍管理员或系统管理员导入。",
        f"Files of {school.name} are taken in by its office, enrolment officer or system officer.",
    )
