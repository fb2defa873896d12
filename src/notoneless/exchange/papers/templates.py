"""An office's own template: checked and filled by a child process that may die of it while we do not."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import Filling, PaperProblem, Picture
from notoneless.exchange.papers.template_limits import LIMITS
from notoneless.exchange.papers.wanted import Wanted, of_paper

_SENTENCES = {
    "missing": (
        "模板里没有标记 {mark}，请在要填它的格子里写上。",
        "The mark {mark} is missing; please write it where it is to be filled in.",
    ),
    "unknown": (
        "{where}的标记 {mark} 不认识，请照标记表改正。",
        "{where}: the mark {mark} is not known; please correct it by the table of marks.",
    ),
    "not_in_row": (
        "{where}的标记 {mark} 属于名单，要写在表格的一行里。",
        "{where}: the mark {mark} belongs to a list and must stand in a row of a table.",
    ),
    "two_lists": (
        "{where}的这一行混有两个名单的标记（{mark}），请分成两行。",
        "{where}: this row holds marks of two lists ({mark}); please use two rows.",
    ),
    "tall_row": (
        "{where}的名单行与下一行合并了（{mark}），请把它改成单独一行。",
        "{where}: the row of a list is merged with the one below ({mark}); please make it a single row.",
    ),
    "broken": (
        "{where}的花括号不成对或里面不是标记：{mark}；请写成 {{{{学生姓名}}}} 这样。",
        "{where}: the braces do not hold a mark: {mark}; please write it like {{{{学生姓名}}}}.",
    ),
    "formula": (
        "{where}是公式，模板里不能用公式，请改成标记或文字。",
        "{where} is a formula; please replace it with a mark or words.",
    ),
    "damaged": (
        "文件已损坏或打不开，请用 Word、Excel 或 WPS 重新保存后再上传。",
        "The file is damaged; please save it again in Word, Excel or WPS.",
    ),
    "password": ("文件设了打开密码，请去掉密码再上传。", "The file has a password; please remove it."),
    "too_big": (
        "文件大得不正常（上限 5 MB），请只保留表格本身。",
        "The file is too large (5 MB at most); please keep the form alone.",
    ),
    "not_docx": (
        "这不是 Word 文件（.docx），请另存为 .docx 再上传。",
        "This is not a Word file (.docx); please save it as .docx.",
    ),
    "not_xlsx": (
        "这不是 Excel 工作簿（.xlsx），请另存为 .xlsx 再上传。",
        "This is not an Excel workbook (.xlsx); please save it as .xlsx.",
    ),
    "active": (
        "文件里有宏、控件或嵌入的对象，请另存为不带宏的文件再上传。",
        "The file holds macros, controls or embedded objects; please save it without them.",
    ),
    "outside": (
        "文件引用了外部的链接、图片或模板，请断开链接再上传。",
        "The file refers to links, pictures or templates elsewhere; please break the links.",
    ),
    "no_template": (
        "PDF 不能用模板，请上传 Word 或 Excel 文件。",
        "A PDF cannot be a template; please upload a Word or Excel file.",
    ),
    "too_slow": ("文件处理得太久，请简化后再上传。", "The file takes too long; please make it simpler."),
}
# How a child ends that went beyond its limits: SIGABRT, SIGKILL, SIGXCPU, SIGXFSZ.
_DEATHS = {-6: "too_big", -9: "too_slow", -24: "too_slow", -25: "too_big"}


class TemplateProblem(NamedTuple):
    """One thing to put right in a template; `mark` as it is written there."""

    code: str
    mark: str = ""
    where_zh: str = ""
    where_en: str = ""

    @property
    def zh(self) -> str:
        """What is wrong, where, and what would be right."""
        return _SENTENCES[self.code][0].format(mark=self.mark, where=self.where_zh)

    @property
    def en(self) -> str:
        """The same in English."""
        return _SENTENCES[self.code][1].format(mark=self.mark, where=self.where_en)


def check_template(kind: PaperKind, form: PaperFormat, content: bytes) -> tuple[TemplateProblem, ...]:
    """What must be put right before the file can be a template of this kind; () when it can."""
    return check_marks(of_paper(kind), form, content)


def check_marks(wanted: Wanted, form: PaperFormat, content: bytes) -> tuple[TemplateProblem, ...]:
    """What must be put right before the file can be filled with these marks; () when it can."""
    if form is PaperFormat.PDF:
        return (TemplateProblem("no_template"),)
    if len(content) > LIMITS.file_bytes:
        return (TemplateProblem("too_big"),)
    answer = _ask(_asked(wanted, form, content))
    return tuple(_problem(told) for told in answer.get("problems", ()))


def fill_template(kind: PaperKind, form: PaperFormat, content: bytes, filling: Filling) -> bytes:
    """The template filled; raises PaperProblem when it is not fit, which `check_template` would have said."""
    filled = fill_marks(of_paper(kind), form, content, filling)
    if isinstance(filled, TemplateProblem):
        raise PaperProblem(kind, filled.zh, "template")
    return filled


def fill_marks(
    wanted: Wanted, form: PaperFormat, content: bytes, filling: Filling
) -> bytes | TemplateProblem:
    """The file with these marks filled, or the first thing that stands against it."""
    answer = _ask({**_asked(wanted, form, content), "filling": told(filling)})
    if "file" in answer:
        return base64.b64decode(answer["file"])
    problems = [_problem(each) for each in answer.get("problems", ())]
    return problems[0] if problems else TemplateProblem("damaged")


def _asked(wanted: Wanted, form: PaperFormat, content: bytes) -> dict[str, Any]:
    return {"wanted": wanted.told(), "form": form.value, "template": _text(content)}


def told(filling: Filling) -> dict[str, Any]:
    """The values as JSON carries them to the child."""
    once = {
        name: {"png": _text(value.png)} if isinstance(value, Picture) else value
        for name, value in filling.once.items()
    }
    return {
        "once": once,
        "lists": {name: [dict(row) for row in rows] for name, rows in filling.lists.items()},
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _problem(told: Any) -> TemplateProblem:
    problem = TemplateProblem(*(str(each) for each in told))
    return problem if problem.code in _SENTENCES else TemplateProblem("damaged")


def _ask(asked: dict[str, Any]) -> dict[str, Any]:
    """The child's answer; a child that dies of the file has said what is wrong with it."""
    with TemporaryFile() as question, TemporaryFile() as answer:
        question.write(json.dumps(asked).encode())
        question.seek(0)
        died = _run(question, answer)
        answer.seek(0)
        if died:
            return {"problems": [[_DEATHS.get(died, "damaged")]]}
        return _heard(answer.read())


def _heard(answer: bytes) -> dict[str, Any]:
    """The answer, doubted: the child may have been taken over by the file it read."""
    try:
        heard = json.loads(answer)
    except ValueError:
        heard = None
    return heard if isinstance(heard, dict) else {"problems": [["damaged"]]}


def _run(question: IO[bytes], answer: IO[bytes]) -> int:
    command = [sys.executable, "-I", "-m", "notoneless.exchange.papers.child"]
    child = subprocess.Popen(
        command, stdin=question, stdout=answer, stderr=subprocess.DEVNULL, env={}, cwd="/", close_fds=True
    )
    try:
        return child.wait(timeout=LIMITS.wall_seconds)
    except subprocess.TimeoutExpired:
        return -9
    finally:
        child.kill()
        child.wait()
