"""Signature strokes as a picture for the signing box."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT, PEN = 600, 240, 5  # pixels; twice the size it is printed in
FULL = 1000  # strokes are in thousandths of the box


def png_of(strokes: Sequence[Sequence[Sequence[float]]]) -> bytes:
    """The strokes in black on white, as PNG; the same strokes give the same bytes."""
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        points = [(x * WIDTH / FULL, y * HEIGHT / FULL) for x, y, *_ in stroke]
        if len(points) == 1:
            (x, y) = points[0]
            pen.ellipse((x - PEN, y - PEN, x + PEN, y + PEN), fill=0)
        elif points:
            pen.line(points, fill=0, width=PEN, joint="curve")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
