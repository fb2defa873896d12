"""Which marks a template may hold, and which it must: of a kind of paper, or of a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import lists, marks
from notoneless.exchange.papers.marks import NUMBER, Mark


class Wanted(NamedTuple):
    """Names that stand once, names of each list's rows, and the marks without which it is no template."""

    once: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]
    needed: frozenset[Mark]

    @property
    def known(self) -> frozenset[Mark]:
        """Every mark that is understood."""
        rows = {Mark(name, of) for of, names in self.lists.items() for name in (*names, NUMBER)}
        return frozenset({Mark(name) for name in self.once} | rows)

    def told(self) -> dict[str, Any]:
        """As JSON carries it to the child that reads the template."""
        return {
            "once": sorted(self.once),
            "lists": {of: list(names) for of, names in self.lists.items()},
            "needed": [list(mark) for mark in sorted(self.needed)],
        }


def heard(told: Mapping[str, Any]) -> Wanted:
    """What `told` gave, on the child's side."""
    rows = {of: tuple(names) for of, names in told["lists"].items()}
    return Wanted(frozenset(told["once"]), rows, frozenset(Mark(*mark) for mark in told["needed"]))


def of_paper(kind: PaperKind) -> Wanted:
    """A paper's template holds every mark of its layout."""
    wanted = Wanted(marks(kind), lists(kind), frozenset())
    needed = frozenset(mark for mark in wanted.known if mark.name != NUMBER or not mark.list)
    return wanted._replace(needed=needed)
