"""Which post can be held where: in a class, or at which kinds of place."""

from __future__ import annotations

from collections.abc import Mapping

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import ClassGroup, Place
from notoneless.records.scopes import CLASS_POSTS
from notoneless.services.refusals import Refusal

_OFFICERS = (Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER)
HELD_AT: Mapping[PlaceKind, tuple[Post, ...]] = {
    PlaceKind.PROVINCE: (Post.PROVINCE,),
    PlaceKind.CITY: (Post.CITY_BUREAU,),
    PlaceKind.COUNTY: (Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE, *_OFFICERS),
    PlaceKind.TOWNSHIP: (Post.TOWNSHIP, Post.CENTRAL_SCHOOL, Post.VILLAGE_CADRE),
    PlaceKind.VILLAGE: (Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE),
    PlaceKind.CENTRAL_SCHOOL: (Post.CENTRAL_SCHOOL,),
    PlaceKind.SCHOOL: (
        Post.PRINCIPAL,
        Post.VICE_PRINCIPAL,
        Post.SCHOOL_OFFICE,
        Post.DUTY_OFFICER,
        Post.ENROLMENT_OFFICER,
        Post.REPORTING_OFFICER,
    ),
    PlaceKind.TEACHING_POINT: (Post.SCHOOL_OFFICE, Post.DUTY_OFFICER),
    PlaceKind.GRADE: (Post.GRADE_HEAD,),
    PlaceKind.BOARDING_HOUSE: (Post.HOUSE_PARENT,),
}
IN_CLASSES = tuple(post for post in Post if post in CLASS_POSTS)


def posts_at(spot: ClassGroup | Place) -> tuple[Post, ...]:
    """The posts that can be held there."""
    return HELD_AT[spot.kind] if isinstance(spot, Place) else IN_CLASSES


def refuse_spot(post: Post, spot: ClassGroup | Place) -> None:
    """Refuse a post that does not belong there. Raises Refusal."""
    if post in posts_at(spot):
        return
    if post in IN_CLASSES:
        zh, en = "班级", "classes"
    else:
        kinds = [kind for kind, posts in HELD_AT.items() if post in posts]
        zh, en = "、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds)
    raise Refusal(
        "NOT_HELD_THERE",
        f"{post.zh}不在{spot.name}设置；这个岗位设在：{zh or '系统之外'}。",
        f"There is no {post.en} at {spot.name}; the post is held at: {en or 'no place here'}.",
    )
