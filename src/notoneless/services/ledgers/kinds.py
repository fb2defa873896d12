"""The sixteen ledgers: which lines each has, who keeps it, and what its readers must be allowed to see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Post, RouteKind
from notoneless.records.access import Fields, Thing
from notoneless.records.models import Place
from notoneless.services.ledgers.case_lines import case_lines
from notoneless.services.ledgers.entry import Entry, Ledger, View
from notoneless.services.ledgers.group_lines import key_children, relocated
from notoneless.services.ledgers.record_lines import meetings, pairings, relief, tips, visits
from notoneless.services.ledgers.roll_lines import (
    away_from_own_school,
    of_school_age,
    on_roll_away,
    to_verify,
)
from notoneless.services.ledgers.route_lines import route_lines
from notoneless.services.ledgers.standing import There, standing

_K, _P = LedgerKind, Post
_HARDSHIP = frozenset({Fields.HARDSHIP})


def _standing(kind: LedgerKind, there: There, keeper: Post, needs: frozenset[Fields] = frozenset()) -> Ledger:
    return Ledger(kind, standing(kind, there), keeper, needs, stands=True)


LEDGERS: Mapping[LedgerKind, Ledger] = {
    ledger.kind: ledger
    for ledger in (
        _standing(_K.SCHOOL_AGE, of_school_age, _P.ENROLMENT_OFFICER),
        Ledger(_K.SUSPECTED, case_lines(_K.SUSPECTED), _P.SCHOOL_OFFICE),
        Ledger(_K.DROPOUTS, case_lines(_K.DROPOUTS), _P.SCHOOL_OFFICE),
        Ledger(_K.AT_RISK, case_lines(_K.AT_RISK), _P.SCHOOL_OFFICE),
        Ledger(_K.HOME_TUITION, route_lines(RouteKind.HOME_TUITION), _P.SCHOOL_OFFICE),
        Ledger(_K.RELOCATED, relocated, _P.ENROLMENT_OFFICER, _HARDSHIP),
        Ledger(_K.INCLUSIVE, route_lines(RouteKind.INCLUSIVE_PLACEMENT), _P.SCHOOL_OFFICE),
        Ledger(
            _K.SPECIAL_SCHOOL,
            route_lines(RouteKind.SPECIAL_SCHOOL, RouteKind.SPECIALISED_SCHOOL),
            _P.ENROLMENT_OFFICER,
        ),
        _standing(_K.ON_ROLL_AWAY, on_roll_away, _P.ENROLMENT_OFFICER)._replace(
            numbered=standing(_K.ON_ROLL_AWAY, away_from_own_school)
        ),
        _standing(_K.TO_VERIFY, to_verify, _P.ENROLMENT_OFFICER),
        _standing(_K.KEY_CHILDREN, key_children, _P.SCHOOL_OFFICE, _HARDSHIP),
        Ledger(_K.SUPPORT, pairings, _P.SCHOOL_OFFICE, _HARDSHIP),
        Ledger(_K.VISITS, visits, _P.CLASS_TEACHER),
        Ledger(_K.RELIEF, relief, _P.SCHOOL_OFFICE, _HARDSHIP),
        Ledger(_K.TIPS, tips, _P.COUNTY_BUREAU, also=Thing.TIP, about_children=False),
        Ledger(_K.MEETINGS, meetings, _P.SCHOOL_OFFICE, about_children=False),
    )
}


def entries(kind: LedgerKind, place: Place, as_of: date, known_at: datetime) -> list[Entry]:
    """The lines of a place's ledger, open and closed, as of the end of a day and as known at a moment."""
    return LEDGERS[kind].entries(View(place, as_of, known_at))


def count_of(kind: LedgerKind, place: Place, as_of: date, known_at: datetime) -> int:
    """How many lines are open: what a report's figure is compared with."""
    return sum(entry.is_open for entry in entries(kind, place, as_of, known_at))
