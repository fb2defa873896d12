"""The first run: the county and its three officers, each with a link by which they set their own password.

There is no password to change afterwards: nobody has one until its owner has opened the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Child, JournalEntry, Person, Place, PostHeld
from notoneless.records.scopes import live
from notoneless.services.invitations import Invited, invite
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

# Who looks after the system, who grants, and who watches both; each with the user name it gets.
OFFICERS: Mapping[Post, str] = {
    Post.SYSTEM_OFFICER: "system",
    Post.SECURITY_OFFICER: "security",
    Post.AUDIT_OFFICER: "audit",
}


@one_act
def set_up(*, county: str, code: str, names: Mapping[Post, str], at: datetime) -> list[Invited]:
    """Make the county and its officers in an empty database; gives a link for each. Raises Refusal.

    `names` are the officers' own, by post; whoever is not named yet is called by the post.
    """
    if Place.objects.exists() or Person.objects.exists() or Child.objects.exists():
        raise Refusal(
            "NOT_EMPTY",
            "数据库里已有数据，不能再次初始化；要给三员重发链接请运行 notoneless set-up --links。",
            "The database holds data already; for new links for the officers, run notoneless set-up --links.",
        )
    place = Place.objects.create(kind=PlaceKind.COUNTY, name=county, code=code)
    JournalEntry.objects.create(at=at, act="SET_UP", subject_kind="place", subject_id=str(place.pk))
    return [
        invite(by=None, person=_officer(post, names, place, at), at=at, username=username)
        for post, username in OFFICERS.items()
    ]


@one_act
def links_again(*, at: datetime) -> list[Invited]:
    """New links for the officers who have not set a password yet, whose first one ran out. Raises Refusal."""
    held = PostHeld.objects.filter(live(at.date()), post__in=OFFICERS).order_by("pk")
    people = [each.person for each in held.select_related("person__user")]
    waiting = [each for each in people if each.user is None or not each.user.has_usable_password()]
    if not waiting:
        raise Refusal(
            "ALL_SET",
            "三员都已设置密码；忘记密码请由另一位管理员在页面上给链接，或加 --reset 用户名。",
            "All officers have passwords; another officer makes a new link, or add --reset NAME.",
        )
    return [invite(by=None, person=person, at=at) for person in waiting]


@one_act
def reset(*, username: str, at: datetime) -> Invited:
    """A link for one officer who lost password and telephone, made on the machine itself. Raises Refusal."""
    held = PostHeld.objects.filter(live(at.date()), post__in=OFFICERS, person__user__username=username)
    found = held.select_related("person__user").first()
    if found is None:
        raise Refusal(
            "NO_OFFICER",
            f"没有用户名是“{username}”的三员；其他人员请由系统管理员在页面上给链接。",
            f"No officer has the user name “{username}”; others get a link from the system officer.",
        )
    return invite(by=None, person=found.person, at=at, new_factor=True)


def _officer(post: Post, names: Mapping[Post, str], place: Place, at: datetime) -> Person:
    person = Person.objects.create(name=names.get(post) or post.zh)
    PostHeld.objects.create(
        person=person, post=post, place=place, held_from=at.date(), recorded_at=at, basis="初始化"
    )
    return person
