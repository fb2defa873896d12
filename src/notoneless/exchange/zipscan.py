"""A look into an .xlsx before it is parsed: its size unpacked, and cells that would hurt or mislead."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from notoneless.exchange.limits import Limits
from notoneless.exchange.refusals import Refused

CHUNK = 1 << 20
ALWAYS_ALLOWED = 20_000_000  # below this, repetitive sheets may compress as well as they like
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# Only cells with content: whole columns formatted down to the last row are common and harmless.
FAR_CELL = re.compile(rb'<c\b[^<>]*?\br="([A-Z]{3}\d{1,7}|[A-Z]{1,2}\d{6,7})"[^<>]*(?<!/)>')
ERROR_CELL = re.compile(rb'<c\b([^<>]*\bt="e"[^<>]*)>(?:<f\b[^<>]*(?:/>|>[^<]*</f>))?<v>([^<]{1,20})</v>')
FORMULA_CELL = re.compile(rb"<c\b([^<>]*)><f\b[^<>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>")
CELL_NAME = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')

# What the library raises over an archive that is cut short, corrupt or made to mislead.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)

Faults = dict[str, dict[tuple[int, int], str]]


def scan(source: BinaryIO, limits: Limits) -> Faults:
    """By sheet, the cells that show an error or were never calculated; raises Refused before harm is done."""
    try:
        with zipfile.ZipFile(source) as archive:
            _check_directory(archive.infolist(), limits)
            _check_is_workbook(archive)
            return {name: _scan_sheet(archive, part, name, limits) for name, part in _sheet_parts(archive)}
    except DAMAGE as error:
        raise Refused("damaged") from error


def _check_directory(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Judge by the sizes the archive declares, without unpacking anything."""
    if len(members) > limits.members:
        raise Refused("too_many_members")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("password")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > limits.unpacked_bytes:
        raise Refused("unpacks_too_big")
    if unpacked > ALWAYS_ALLOWED and unpacked / packed > limits.unpacked_ratio:
        raise Refused("unpacks_too_big")


def _check_is_workbook(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise Refused("xlsb")
    if "content.xml" in names and "mimetype" in names:
        raise Refused("ods")
    raise Refused("not_a_table")


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive member that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.NameToInfo:
                yield element.get("name", ""), part


def _scan_sheet(archive: zipfile.ZipFile, part: str, name: str, limits: Limits) -> dict[tuple[int, int], str]:
    faults: dict[tuple[int, int], str] = {}
    for chunk in _chunks(archive, part):
        for found in FAR_CELL.finditer(chunk):
            _check_near(found[1], name, limits)
        for found in ERROR_CELL.finditer(chunk):
            _note(faults, found[1], found[2].decode("ascii", "replace"))
        for found in FORMULA_CELL.finditer(chunk):
            if b't="str"' not in found[1]:  # a formula whose result is an empty text is calculated
                _note(faults, found[1], "")
    return faults


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The unpacked part in pieces that overlap by the last cell begun."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            chunk = tail + piece
            yield chunk
            begun = chunk.rfind(b"<c ")
            tail = chunk[begun:] if begun >= 0 and len(chunk) - begun < CHUNK else b""


def _check_near(cell: bytes, sheet: str, limits: Limits) -> None:
    row, column = position(cell.decode("ascii"))
    if row >= limits.rows:
        raise Refused("too_many_rows", sheet, cell.decode("ascii"))
    if column >= limits.columns:
        raise Refused("too_many_columns", sheet, cell.decode("ascii"))


def _note(faults: dict[tuple[int, int], str], attributes: bytes, what: str) -> None:
    if named := CELL_NAME.search(attributes):
        faults[position(named[1].decode("ascii"))] = what


def position(cell: str) -> tuple[int, int]:
    """Row and column, both from 0, of a cell called "B7"."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def address(row: int, column: int) -> str:
    """The name people know a cell by: `address(6, 1)` is "B7"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
