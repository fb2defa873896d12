"""`notoneless adopt`: a place adopts a policy pack from a day on, or shows first what that would change."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from tqdm import tqdm

if TYPE_CHECKING:
    from notoneless.records.models import Person, Place
    from notoneless.services.policies import CaseEffect, Load, Preview

DONE, REFUSED = 0, 2
SHOWN = 20  # cases told one by one


class NotFound(LookupError):
    """No such place or person; the message says what to write."""


def add_parser(commands: Any) -> None:
    """Add `adopt` to the command table."""
    parser = commands.add_parser("adopt", help="单位采用制度包 / a place adopts a policy pack")
    parser.add_argument("place", metavar="PLACE", help="单位代码或名称 / code or name of the place")
    parser.add_argument(
        "pack", metavar="PACK", help="制度包编号 / id of the pack, see `notoneless policy list`"
    )
    parser.add_argument(
        "--from", dest="from_day", required=True, type=_day, metavar="2026-09-01", help="自哪一天起 / from"
    )
    parser.add_argument(
        "--preview", action="store_true", help="只看影响，不采用 / only show what would change"
    )
    parser.add_argument(
        "--by",
        metavar="USERNAME",
        help="以谁的名义采用（登录名）/ login name of who decides; not for --preview",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Preview or adopt; 2 and one sentence when it may not be."""
    return in_django(_work, args)


def _work(args: argparse.Namespace) -> Iterable[str]:
    place = find_place(args.place)
    if args.preview:
        return _preview_lines(_preview(place, args.pack, args.from_day))
    return [_adopted(place, args.pack, args.from_day, find_person(args.by))]


def in_django(work: Callable[[argparse.Namespace], Iterable[str]], args: argparse.Namespace) -> int:
    """Set Django up and print what `work` says; a refusal is a sentence in each language and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
    import django

    django.setup()
    # Django's parts can be imported only once it is set up.
    from notoneless.services.refusals import Refusal

    try:
        print("\n".join(work(args)))
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return REFUSED
    except NotFound as missing:
        print(missing, file=sys.stderr)
        return REFUSED
    return DONE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写作 2026-09-01；写的是“{text}”") from None


def find_place(named: str) -> Place:
    """The place with this code or name; NotFound says what to write."""
    from notoneless.records.models import Place

    found = list(Place.objects.filter(code=named)) or list(Place.objects.filter(name=named).order_by("code"))
    if len(found) == 1:
        return found[0]
    if found:
        codes = "、".join(place.code for place in found)
        raise NotFound(f"有 {len(found)} 个单位叫“{named}”；请写代码：{codes}。")
    raise NotFound(f"没有代码或名称是“{named}”的单位；请核对后重写。")


def find_person(username: str | None) -> Person:
    """The person with this login name; NotFound says what to write."""
    from notoneless.records.models import Person

    if not username:
        raise NotFound("采用制度要写明由谁决定：请加 --by 登录名；只看影响请加 --preview。")
    found = Person.objects.filter(user__username=username).first()
    if found is None:
        raise NotFound(f"没有登录名是“{username}”的人员；请核对后重写。")
    return found


def _adopted(place: Place, pack: str, from_day: date, person: Person) -> str:
    from notoneless.clock import now
    from notoneless.services import policies

    row = policies.adopt(by=person, place=place, pack_id=pack, from_day=from_day, at=now())
    return f"{place.name}自 {row.from_day} 起采用 {row.pack_id}，版本 {row.pack_version}。"


# The preview.


def _preview(place: Place, pack: str, from_day: date) -> Preview:
    from notoneless.clock import now
    from notoneless.services import policies

    with tqdm(desc="推算上学期", unit="人", disable=None, leave=False, delay=0.5) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        return policies.preview(place, pack, from_day, at=now(), progress=progress)


def _preview_lines(found: Preview) -> Iterator[str]:
    yield f"{found.place.name}自 {found.from_day} 起采用 {found.pack_id} 的影响（没有采用，什么都没有改）"
    yield f"现在 / now   {found.was}"
    yield f"采用后 / then {found.now}"
    yield ""
    yield from _weekly_lines(found)
    yield ""
    yield from case_lines(found.cases)
    yield "采用不改动未结个案；用 notoneless rebase 决定改按现行制度办理后才变。"


def _weekly_lines(found: Preview) -> Iterator[str]:
    term, weeks = found.term, len(found.weeks)
    span = f"{term.first_day} 至 {term.last_day}，{weeks} 周，{found.children} 名学生"
    yield f"每周应办事项 / obligations a week（{term.name}，{span}）"
    yield f"  {_padded('岗位 / post', 36)}{'现在':>8}{'采用后':>7}{'最忙一周':>6}"
    for load in found.loads:
        yield f"  {_padded(f'{load.post.zh} / {load.post.en}', 36)}{_numbers(load)}"
    if not found.loads:
        yield "  没有应办事项 / none"


def _numbers(load: Load) -> str:
    return f"{load.a_week_now:>10.1f}{load.a_week_then:>10.1f}{max(load.then):>10}"


def case_lines(cases: Sequence[CaseEffect]) -> Iterator[str]:
    """What changes for each of some open cases, as lines."""
    changed = [each for each in cases if each.lost or each.gained or each.moved]
    yield f"未结个案 {len(cases)} 个 / open cases；改按新制度办理会变的 {len(changed)} 个。"
    for effect in changed[:SHOWN]:
        yield f"  {effect.number}"
        for word, owed in (("不再需要", effect.lost), ("新增", effect.gained)):
            for each in owed:
                yield f"    {word} {each.who.zh}{each.act.zh}，{_until(each.due_at)}（{each.ref}）"
        for move in effect.moved:
            was, now = _until(move.was.due_at), _until(move.now.due_at)
            yield f"    改期 {move.now.who.zh}{move.now.act.zh}，{was} → {now}（{move.now.ref}）"
    if len(changed) > SHOWN:
        yield f"  另有 {len(changed) - SHOWN} 个 / more"


def _until(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} 前" if moment else "时限未定"


def _padded(text: str, width: int) -> str:
    """Padded to a width on the screen, where a Chinese character takes two columns."""
    return text + " " * (width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))
