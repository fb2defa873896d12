"""What an office's own template may not bring along, looked at before any of it is parsed."""

from __future__ import annotations

import io
import re
import zipfile

from notoneless.core.paper_terms import PaperFormat
from notoneless.exchange.limits import Limits
from notoneless.exchange.zipscan import DAMAGE

# A form is small; what is larger is not a form, or was made to hurt.
LIMITS = Limits(
    file_bytes=5_000_000,
    unpacked_bytes=60_000_000,
    members=600,
    answer_bytes=60_000_000,
    memory_bytes=1 << 30,
    cpu_seconds=20,
    wall_seconds=30,
)
ONE_MEMBER = 30_000_000  # bytes unpacked
RATIO = 300
_HOME = {PaperFormat.DOCX: "word/document.xml", PaperFormat.XLSX: "xl/workbook.xml"}
# Code, controls, embedded files, and what a workbook would fetch from elsewhere.
_ACTIVE = re.compile(
    r"vbaProject|vbaData|macrosheets|activeX|ctrlProps|embeddings|oleObject|externalLinks|connections\.xml"
    r"|queryTables|customUI|attachedToolbars|afchunk",
    re.IGNORECASE,
)
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']\s*External", re.IGNORECASE)
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Unfit(Exception):
    """The file cannot be a template; `code` is a key of the sentences in `templates`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look_into(content: bytes, form: PaperFormat) -> None:
    """Raise Unfit unless the file is an ordinary .docx or .xlsx that carries nothing but its own pages."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive.infolist())
            _check_home(archive, form)
            for member in archive.infolist():
                _check_member(archive, member)
    except DAMAGE as error:
        raise Unfit("damaged") from error


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise Unfit("password")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > LIMITS.members or unpacked > LIMITS.unpacked_bytes:
        raise Unfit("too_big")
    if max((member.file_size for member in members), default=0) > ONE_MEMBER:
        raise Unfit("too_big")
    if unpacked > 1_000_000 and unpacked / packed > RATIO:
        raise Unfit("too_big")


def _check_home(archive: zipfile.ZipFile, form: PaperFormat) -> None:
    names = [member.filename for member in archive.infolist()]
    if _HOME[form] not in names or len(set(names)) < len(names):
        raise Unfit("not_docx" if form is PaperFormat.DOCX else "not_xlsx")
    if any(_ACTIVE.search(name) for name in names):
        raise Unfit("active")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.lower()
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    content = archive.read(member)  # no larger than declared, which was checked
    if b"\x00" in content[:64]:
        raise Unfit("damaged")  # UTF-16, in which the looks below would see nothing
    if _ENTITIES.search(content):
        raise Unfit("active")
    if name == "[content_types].xml" and _MACROS.search(content):
        raise Unfit("active")
    if name.endswith(".rels") and _OUTSIDE.search(content):
        raise Unfit("outside")
