"""One step about numbered papers in a process of its own; run by the test of two offices at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
EACH = 12


def prepare() -> object:
    """Migrate, and record what papers need."""
    from django.core.management import call_command
    from papered import Papered

    call_command("migrate", verbosity=0)
    return str(Papered().child.pk)


def issue() -> object:
    """Issue notices one after the other, every third of them refused."""
    from papered import DUE, NOW

    from notoneless.core.paper_terms import PaperKind
    from notoneless.core.terms import Post
    from notoneless.records.models import Child, PostHeld
    from notoneless.services.paper_issuing import issue as issue_paper
    from notoneless.services.paper_values.about import about_child
    from notoneless.services.refusals import Refusal

    child = Child.objects.get(case__isnull=False)
    town = PostHeld.objects.select_related("person").get(post=Post.TOWNSHIP).person
    about = about_child(PaperKind.NOTICE_TO_RETURN, child)
    begin()
    numbers = []
    for turn in range(EACH):
        try:
            due = NOW.date() if turn % 3 == 0 else DUE
            numbers.append(issue_paper(by=town, kind=about.kind, about=about, at=NOW, due_on=due).number)
        except Refusal:
            continue
    return numbers


def begin() -> None:
    """Say that the process is ready, and wait until all are."""
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"prepare": prepare, "issue": issue}[sys.argv[1]]()))
