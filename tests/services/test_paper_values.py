"""Papers say what the records say: every mark of every layout, to each reader what that reader is shown."""

from __future__ import annotations

from datetime import date

import pytest
from builders import at
from papered import DUE, IDENTITY, NOW, Papered, a_visit

from notoneless.core.case_terms import VisitKind
from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import Act, Stage
from notoneless.exchange.papers.filling import Picture, filling
from notoneless.records.access import Fields
from notoneless.records.models import Case, CaseChange, PaperIssued, ReasonStated
from notoneless.services.paper_issuing import issue
from notoneless.services.paper_values import Filling, values_for
from notoneless.services.paper_values.about import SUBJECTS, Subject, about_child, about_place
from notoneless.services.paper_values.value import (
    HIDDEN,
    Only,
    as_kept,
    as_shown,
    from_plain,
    parts_of,
    to_text,
)
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset(Fields)


@pytest.fixture
def world() -> Papered:
    return Papered()


def said(world: Papered, kind: PaperKind, fields: frozenset[Fields] = EVERYTHING) -> dict[str, object]:
    """What a paper of this kind says to somebody who is shown these fields."""
    place = world.school.place
    filled = Filling(world.about(kind), place, world.school.office, NOW, DUE, "某字〔2025〕1号")
    return as_shown(values_for(filled), fields)


@pytest.mark.parametrize(
    "kind", [k for k in PaperKind if k not in (PaperKind.SERVICE_RECEIPT, PaperKind.NIL_REPORT)]
)
def test_every_paper_says_exactly_what_its_layout_has_marks_for(world: Papered, kind: PaperKind) -> None:
    filling(kind, said(world, kind))  # raises for a mark that is missing or strange
    filling(kind, said(world, kind, frozenset({Fields.BASIC})))
