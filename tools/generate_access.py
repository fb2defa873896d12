"""Write docs/access.md, the 权限矩阵, from the access table, or with --check say whether it is up to date."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")

from notoneless.core.terms import Post, Term
from notoneless.records.access import ADDRESSES, TABLE, Asked, Open, Row, Thing

PAGE = Path(__file__).parents[1] / "docs" / "access.md"
HEAD = """# Who may do what · 权限矩阵

Made from `records/access.py`, the one table that decides: tools/generate_access.py. A post that stands in no
row may do nothing; what lies outside a scope looks exactly as if it were not there. A change of the table
shows as a change of this page, which is what a county signs.

本页由 `records/access.py` 生成。没有列出的岗位不能做；范围以外的内容与不存在一样。
"""


def page() -> str:
    """The page as it should be."""
    parts = [HEAD, *(line for thing in Thing for line in of_thing(thing)), *addresses()]
    return "\n".join(parts) + "\n"


def of_thing(thing: Thing) -> Iterator[str]:
    """One table for one kind of thing, in the order of the source."""
    rows = [row for row in TABLE if row.thing is thing]
    if not rows:
        return
    yield f"\n## {thing.zh} · {thing.en}\n"
    yield "| 岗位 post | 范围 scope | 可以 may | 看到 sees |"
    yield "|---|---|---|---|"
    yield from map(line, rows)


def line(row: Row) -> str:
    """One row of the table."""
    scope = f"{row.scope.zh} {row.scope.en}"
    return f"| {named(row.posts)} | {scope} | {named(row.verbs)} | {named(row.fields) or '—'} |"


def named(terms: frozenset[Term] | frozenset[Post]) -> str:
    """Labels in the order of their vocabulary."""
    kept = sorted(terms, key=lambda term: list(type(term).__members__).index(term.name))
    return "、".join(f"{term.zh} {term.en}" for term in kept)


def addresses() -> Iterator[str]:
    """What each address of the pages asks for."""
    yield "\n## 页面 · addresses\n"
    yield "| address | asks to see | asks to do |"
    yield "|---|---|---|"
    for name, asked in ADDRESSES.items():
        yield f"| `{name}` | {' | '.join(asks(asked))} |"


def asks(asked: Asked | Open) -> tuple[str, str]:
    """What it asks to see, and to do."""
    if isinstance(asked, Open):
        return ("everybody signed in" if asked.signed_in else "anybody"), "—"
    do = f"{asked.do.en}: {asked.thing.en}" if asked.do else "—"
    return f"{asked.see.en}: {asked.thing.en}", do


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page()
        print("docs/access.md", "is up to date" if same else "differs: run tools/generate_access.py")
        return 0 if same else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
