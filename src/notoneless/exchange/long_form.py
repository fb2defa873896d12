"""The long form: one row a mark, with day, class, pupil, session, status and, if known, the time."""

from __future__ import annotations

from datetime import date, time

from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.exchange.cells import Wrong, compact, day_in, name_in, shortened, time_in
from notoneless.exchange.columns import Column
from notoneless.exchange.legend import UNKNOWN, Legend, Meaning, legend_of
from notoneless.exchange.marks import Gathering, SheetMark
from notoneless.exchange.pupils import ClassOf
from notoneless.exchange.rows import class_in_row, legend_lines, place, titles_above
from notoneless.exchange.session_words import session_in
from notoneless.exchange.tables import Line, Table, number_text, sound_text

EVERYBODY = frozenset(["", "全班", "全体", "全体学生", "全到", "其余", "其他", "其余学生"])
_ALL_PRESENT = (
    "全到 全勤 全部到校 全部出勤 全班到校 全班出勤 全员到校 其余到校 其余全到 其余出勤 其余学生到校"
)
ALL_PRESENT = frozenset(_ALL_PRESENT.split())
REASONS_BY_CODE = {
    AbsenceReason.UNEXCUSED: "无故 旷课 无故缺勤 无故旷课 无正当理由",
    AbsenceReason.UNKNOWN: "不明 原因不明 未知 不详 未联系上 联系不上",
    AbsenceReason.SICK: "病假 病 生病 因病",
    AbsenceReason.PERSONAL: "事假 事 因事",
    AbsenceReason.OFFICIAL: "公假 公 公差",
}
REASONS = {word: reason for reason, words in REASONS_BY_CODE.items() for word in words.split()}
GRANTED = {"病假": AbsenceReason.SICK, "事假": AbsenceReason.PERSONAL, "公假": AbsenceReason.OFFICIAL}
NEEDED = (Column.DAY, Column.STATUS)


def read_long_form(table: Table, gathering: Gathering) -> None:
    """Take up every row of the table; what cannot be taken up is noted cell by cell."""
    sheet = table.sheet
    of: ClassOf | None = None
    if Column.CLASS not in table.columns:
        try:
            of = gathering.pupils.class_in_titles(*titles_above(sheet, table.headings), sheet.name)
        except Wrong as wrong:
            gathering.findings.error(sheet.name, sheet.address(0, 0), str(wrong))
            return
    legend = legend_of(legend_lines(sheet, table.headings))
    for line in table.lines():
        _Row(line, gathering, of, legend).read()


class _Row:
    """One row while it is read; each part notes its own error and then gives None."""

    def __init__(self, line: Line, gathering: Gathering, of: ClassOf | None, legend: Legend) -> None:
        self.line = line
        self.sheet = line.sheet
        self.gathering = gathering
        self.of = of
        self.legend = legend

    def read(self) -> None:
        day = self._day()
        session = self._session()
        of, known = self._class()
        if day is None or session is None or not known:
            return
        taken, sound = self._taken_at(day)
        if not sound:
            return
        if self._speaks_of_everybody():
            self._everybody(of, day, session, taken)
        else:
            self._one(of, day, session, taken)

    def _fail(self, column: Column, message: str) -> None:
        self.gathering.findings.error(self.sheet.name, self.line.address(column), message)

    def _day(self) -> date | None:
        try:
            return day_in(self.line.cell(Column.DAY))
        except Wrong as wrong:
            empty = not self.line.text(Column.DAY)
            self._fail(Column.DAY, "日期是空的，请填上日期，例如 2026-11-02。" if empty else str(wrong))
            return None

    def _session(self) -> str | None:
        try:
            return session_in(self.line.text(Column.SESSION), self.gathering.calendar)
        except Wrong as wrong:
            self._fail(Column.SESSION, str(wrong))
            return None

    def _class(self) -> tuple[ClassOf | None, bool]:
        """The class the row or the title names, and whether it is one of the roster's."""
        try:
            return class_in_row(self.line, self.gathering.pupils) or self.of, True
        except Wrong as wrong:
            self._fail(Column.CLASS, str(wrong))
            return None, False

    def _taken_at(self, day: date) -> tuple[time | None, bool]:
        try:
            return time_in(self.line.cell(Column.TAKEN_AT), day), True
        except Wrong as wrong:
            self._fail(Column.TAKEN_AT, str(wrong))
            return None, False

    def _speaks_of_everybody(self) -> bool:
        name = compact(self.line.text(Column.NAME))
        status = compact(self.line.text(Column.STATUS))
        return not self.line.text(Column.ENROLMENT_NO) and name in EVERYBODY and status in ALL_PRESENT

    def _everybody(self, of: ClassOf | None, day: date, session: str, taken: time | None) -> None:
        if of is None:
            self._fail(Column.CLASS, "“全到”没有写明是哪个班，请填上班级。")
        elif self._may_be(day, session, taken, of, Column.STATUS):
            self.gathering.cover(of, day, session, taken, rest=True)

    def _one(self, of: ClassOf | None, day: date, session: str, taken: time | None) -> None:
        pupil = self._pupil(of)
        meaning = self._meaning()
        if pupil is None or meaning is None:
            return
        of = self.gathering.pupils.class_of(pupil)
        if self._may_be(day, session, taken, of, Column.STATUS):
            address = self.line.address(Column.STATUS)
            at = self.gathering.moment(day, session, taken)
            where = place(self.sheet, address)
            timed = taken is not None
            mark = SheetMark(pupil, day, session, meaning.status, meaning.reason, at, timed, where)
            self.gathering.add(self.sheet.name, address, mark)
            self.gathering.cover(of, day, session, taken)

    def _may_be(self, day: date, session: str, taken: time | None, of: ClassOf, column: Column) -> bool:
        """Whether there can have been this roll call."""
        name, address = self.sheet.name, self.line.address(Column.DAY)
        moment = self.gathering.moment(day, session, taken)
        return self.gathering.check_over(name, address, day, moment) and self.gathering.check_school_day(
            name, address, day, of
        )

    def _pupil(self, of: ClassOf | None) -> int | None:
        findings = self.gathering.findings
        number = number_text(self.line, Column.ENROLMENT_NO, findings)
        name = sound_text(self.line, Column.NAME, findings)
        if number is None or name is None:
            return None
        column = Column.ENROLMENT_NO if number else Column.NAME
        if not number and not name:
            self._fail(column, "没有姓名也没有学籍号，请填上其中一个；全班到校请在状态里写“全到”。")
            return None
        try:
            return self.gathering.pupils.find(number, name_in(name), of)
        except Wrong as wrong:
            self._fail(column, str(wrong))
            return None

    def _meaning(self) -> Meaning | None:
        status = sound_text(self.line, Column.STATUS, self.gathering.findings)
        if status is None:
            return None
        if not status:
            self._fail(Column.STATUS, "状态是空的，请填到校、缺勤、病假、事假、公假、迟到或未点名。")
            return None
        try:
            return self._with_reason(self.legend.meaning(status))
        except Wrong as wrong:
            self._fail(Column.STATUS, str(wrong))
            return None

    def _with_reason(self, meaning: Meaning) -> Meaning | None:
        """The status with what the reason column adds; an error noted if the two contradict each other."""
        text = compact(self.line.text(Column.REASON))
        if not text or meaning.status not in (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE):
            return meaning
        reason = REASONS.get(text)
        if meaning == UNKNOWN and text in GRANTED:
            return Meaning(AttendanceStatus.LEAVE, GRANTED[text])
        if reason is None:
            self._mention(text, meaning)
            return meaning
        if meaning.reason in (AbsenceReason.UNKNOWN, reason):
            return meaning._replace(reason=reason)
        status = self.line.text(Column.STATUS)
        self._fail(Column.REASON, f"状态是“{shortened(status)}”，原因却是“{shortened(text)}”，请改成一致。")
        return None

    def _mention(self, text: str, meaning: Meaning) -> None:
        """A reason in free words is no code; say what it will stand as."""
        kept = meaning.reason.zh if meaning.reason else ""
        message = f"原因“{shortened(text)}”不是无故、不明、病假、事假、公假之一，记为“{kept}”。"
        self.gathering.findings.warn(self.sheet.name, self.line.address(Column.REASON), message)
