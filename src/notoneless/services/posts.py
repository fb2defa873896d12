"""Which posts there are at each level, and which stand above which in the same place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from notoneless.core.terms import Post
from notoneless.records.scopes import CLASS_POSTS
from notoneless.services.permissions import Held

_LADDER: tuple[tuple[str, frozenset[Post]], ...] = (
    ("class", CLASS_POSTS),
    (
        "school",
        frozenset(
            {
                Post.DUTY_OFFICER,
                Post.SCHOOL_OFFICE,
                Post.ENROLMENT_OFFICER,
                Post.REPORTING_OFFICER,
                Post.VICE_PRINCIPAL,
                Post.PRINCIPAL,
            }
        ),
    ),
    (
        "township",
        frozenset({Post.CENTRAL_SCHOOL, Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE, Post.TOWNSHIP}),
    ),
    ("county", frozenset({Post.SYSTEM_OFFICER, Post.SUPERVISION_OFFICE, Post.COUNTY_BUREAU})),
    ("city", frozenset({Post.CITY_BUREAU})),
    ("province", frozenset({Post.PROVINCE})),
)

_HEADS = frozenset({Post.VICE_PRINCIPAL, Post.PRINCIPAL})
_OVER_CLASSES = _HEADS | {Post.SCHOOL_OFFICE}
# Who may act in another's stead because they answer for them in the same place.
ABOVE: Mapping[Post, frozenset[Post]] = {
    **dict.fromkeys(CLASS_POSTS, _OVER_CLASSES | {Post.CLASS_TEACHER}),
    Post.CLASS_TEACHER: _OVER_CLASSES,
    Post.DUTY_OFFICER: _HEADS,
    Post.SCHOOL_OFFICE: _HEADS,
    Post.ENROLMENT_OFFICER: _HEADS,
    Post.REPORTING_OFFICER: _HEADS,
    Post.VICE_PRINCIPAL: frozenset({Post.PRINCIPAL}),
    Post.CENTRAL_SCHOOL: frozenset({Post.TOWNSHIP}),
    Post.VILLAGE_COMMITTEE: frozenset({Post.TOWNSHIP}),
    Post.VILLAGE_CADRE: frozenset({Post.TOWNSHIP}),
    Post.SUPERVISION_OFFICE: frozenset({Post.COUNTY_BUREAU}),
}


# Posts that nobody is appointed to: the class teacher answers for them.
OF_THE_CLASS = (Post.CLASS_TEACHER, Post.ROLL_CALL_TAKER, Post.VISITING_TEACHER, Post.ASSIGNED_TEACHER)


def owed_through(post: Post) -> tuple[Post, ...]:
    """The posts whose duties fall to whoever holds `post`."""
    return OF_THE_CLASS if post is Post.CLASS_TEACHER else (post,)


def exists_at(level: str, post: Post) -> bool:
    """Whether a duty of this level can be owed by the post: it is one of that level or of one above it.

    A leavers' list of a school may be owed by its central school; a school owes nothing through a post that
    only classes have.
    """
    names = [name for name, _ in _LADDER]
    return any(post in posts for _, posts in _LADDER[names.index(level) :])


def stand_for(who: Post) -> frozenset[Post]:
    """The posts whose holders may do what `who` owes: itself and those above it."""
    return frozenset({who}) | ABOVE.get(who, frozenset())


def below(post: Post) -> frozenset[Post]:
    """The posts that `post` stands above."""
    return frozenset(each for each, above in ABOVE.items() if post in above)


def post_answering(held: Iterable[Held], who: Post, class_group: int | None, path: str) -> Post | None:
    """The post by which somebody with these posts may do what `who` owes there; the owing post first.

    Posts in a class count for that class; posts at a place for it and for what lies in it.
    """
    reach = [
        each.post
        for each in held
        if (each.class_group is not None and each.class_group == class_group)
        or (each.path and path.startswith(each.path))
    ]
    allowed = [post for post in reach if post in stand_for(who)]
    return who if who in allowed else next(iter(allowed), None)
