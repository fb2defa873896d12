"""A drawing in SVG as a picture, by the typesetter we have: no font of the system, no network."""

from __future__ import annotations

import re

import typst

from notoneless.exchange.papers.typesetting import our_fonts

DOTS = 192  # an inch: twice what a screen shows
_SHEET = (
    "#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n"
    '#image(bytes(sys.inputs.drawing), format: "svg", width: 100%)'
)
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def png(drawing: str) -> bytes:
    """The picture of an SVG that begins at 0 0; the same drawing gives the same bytes. Raises ValueError."""
    size = _SIZE.search(drawing)
    if size is None:
        raise ValueError("the drawing does not say how large it is")
    made = typst.compile(
        _SHEET.format(width=size[1], height=size[2]).encode(),
        font_paths=our_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"drawing": drawing},
        format="png",
        ppi=DOTS,
    )
    assert isinstance(made, bytes)  # one page
    return made
