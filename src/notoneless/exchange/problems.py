"""What is wrong with a file somebody handed in: each problem says where it is and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Severity = Literal["ERROR", "WARNING"]


class Problem(NamedTuple):
    """One thing an office worker has to know about a file; an ERROR keeps the whole file out."""

    file: str
    sheet: str  # "" for a text file, which has no sheets
    cell: str  # "B7"; "" when the sheet or the whole file is meant
    message: str
    severity: Severity = "ERROR"

    def sentence(self) -> str:
        """Where and what, as one line to show to the person who handed the file in."""
        place = self.file
        if self.sheet:
            place += f" 工作表“{self.sheet}”"
        if self.cell:
            place += f" {self.cell} 格"
        return f"{place}：{self.message}"


class Unreadable(Exception):
    """Nobody can use this file; `problems` says why and what would be right."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(problem.sentence() for problem in self.problems))


class Findings:
    """The problems of one file as they are found, in the order of the file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def error(self, sheet: str, cell: str, message: str) -> None:
        """Note something that keeps the file out until it is put right."""
        self.problems.append(Problem(self.file, sheet, cell, message))

    def warn(self, sheet: str, cell: str, message: str) -> None:
        """Note something to look at that does not keep the file out."""
        self.problems.append(Problem(self.file, sheet, cell, message, "WARNING"))

    @property
    def failed(self) -> bool:
        """Whether anything found so far keeps the file out."""
        return any(problem.severity == "ERROR" for problem in self.problems)
