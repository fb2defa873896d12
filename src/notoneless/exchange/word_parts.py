"""What Word files of ours need and python-docx leaves out: fonts, fields, shades, no moment of packing."""

from __future__ import annotations

import io
import zipfile

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.font import CT_RPr
from docx.table import Table, _Cell
from docx.text.run import Run

_TABLE_PROPERTIES = (
    *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW"),
    *("jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"),
)
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can say


def timeless(file: io.BytesIO) -> bytes:
    """The same archive without the moment it was packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _NO_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def set_font(properties: CT_RPr, font: str) -> None:
    """Name the font for Latin and for Chinese text; without `eastAsia` Word picks one of its own."""
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def add_field(run: Run, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    for kind in ("begin", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)
        if kind == "begin":
            text = OxmlElement("w:instrText")
            text.text = code
            run._r.append(text)


def indent_to_margin(table: Table) -> None:
    """Word puts the text of a table, not its rule, on the margin; this puts the rule there."""
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), "108")  # twentieths of a point, the inner margin of a cell
    indent.set(qn("w:type"), "dxa")
    table._tbl.tblPr.append(indent)


def put_in_order(table: Table) -> None:
    """The properties of a table in the order the format asks for, whatever order they were added in."""
    properties = table._tbl.tblPr
    wanted = [qn(f"w:{name}") for name in _TABLE_PROPERTIES]
    for element in sorted(properties, key=lambda each: wanted.index(each.tag)):
        properties.append(element)


def shade(cell: _Cell, colour: str) -> None:
    """Give the cell a ground of this colour, six hex digits."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        ground.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(ground)
