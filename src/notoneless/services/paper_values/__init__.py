"""What official papers say, taken from the records alone; a module a family of papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from notoneless.core.explain import stamp
from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import AS_OF, NUMBERED, lists, marks
from notoneless.services.paper_values import (
    absence,
    case,
    enrolment,
    notices,
    reports,
    supervision,
    support,
    visit,
)
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.value import Value, Values

__all__ = ["Filling", "values_for"]

_K = PaperKind
_FAMILIES: Mapping[PaperKind, Callable[[Filling], Values]] = {
    _K.ABSENCE_REGISTER: absence.register,
    _K.TRUANCY_REPORT: absence.truancy,
    _K.MONTHLY_LIST: absence.monthly_list,
    _K.NIL_REPORT: absence.nil_report,
    _K.VISIT_RECORD: visit.visit_record,
    _K.PERSUASION_RECORD: visit.persuasion_record,
    _K.PERSUASION_LEDGER: case.ledger,
    _K.CASE_PLAN: case.plan,
    _K.CLOSE_OUT: case.close_out,
    _K.DROPOUT_REPORT: reports.dropout,
    _K.REPORT_TO_TOWNSHIP: reports.to_township,
    _K.REPORT_TO_BUREAU: reports.to_bureau,
    _K.RESPONSIBILITY_STATEMENT: reports.statement,
    _K.ENROLMENT_CHANGE: enrolment.change,
    _K.FAMILY_CARD: enrolment.family_card,
    _K.HOME_TUITION_FILE: support.home_tuition,
    _K.PAIRING_LEDGER: support.pairing_ledger,
    _K.RELIEF_APPLICATION: support.relief,
    **dict.fromkeys((_K.PERSUASION_NOTICE, _K.NOTICE_TO_RETURN, _K.ORDER_TO_SEND), notices.to_return),
    _K.ENROLMENT_NOTICE: notices.to_enrol,
    _K.SERVICE_RECEIPT: notices.receipt,
    _K.INSPECTION_SHEET: supervision.inspection_sheet,
}


def values_for(filling: Filling) -> dict[str, Value]:
    """All that the paper's layout has marks for, and nothing else. Raises Refusal where facts forbid it."""
    kind = filling.about.kind
    said = dict(_FAMILIES[kind](filling))
    said[AS_OF.name] = stamp(filling.as_of)
    said[NUMBERED.name] = filling.numbered
    wanted = {mark: said[mark] for mark in marks(kind)}
    for name, columns in lists(kind).items():
        rows = said[name]
        assert not isinstance(rows, str)
        wanted[name] = [{column: row[column] for column in columns} for row in rows]  # type: ignore
    return wanted
