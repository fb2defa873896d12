"""A paper as a file: the layout, or an office's own template, filled with values."""

from __future__ import annotations

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import Values, filling
from notoneless.exchange.papers.pdf_form import pdf_form
from notoneless.exchange.papers.sheet_blank import sheet_blank
from notoneless.exchange.papers.sheet_form import fill_sheet
from notoneless.exchange.papers.templates import fill_template
from notoneless.exchange.papers.word_blank import word_blank
from notoneless.exchange.papers.word_form import fill_word


def render(kind: PaperKind, values: Values, form: PaperFormat, *, template: bytes | None = None) -> bytes:
    """The paper as a file of this format; raises PaperProblem where values or template do not fit.

    A template is an office's own .docx or .xlsx with the marks of the kind; a PDF is always set from our
    layout. The same values give the same bytes.
    """
    filled = filling(kind, values)
    match form:
        case PaperFormat.PDF:
            return pdf_form(kind, filled)
        case _ if template is not None:
            return fill_template(kind, form, template, filled)
        case PaperFormat.DOCX:
            return fill_word(word_blank(kind), filled)
        case PaperFormat.XLSX:
            return fill_sheet(sheet_blank(kind), filled)


def blank(kind: PaperKind, form: PaperFormat) -> bytes:
    """Our own template with its marks, for an office to start from; raises ValueError for PDF."""
    match form:
        case PaperFormat.DOCX:
            return word_blank(kind)
        case PaperFormat.XLSX:
            return sheet_blank(kind)
    raise ValueError("there is no template for PDF files")
