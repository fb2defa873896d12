"""Pictures for tests: drawn, not taken."""

from __future__ import annotations

import io

from PIL import Image


def drawn(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **more: object) -> bytes:
    """A picture with more in it than one colour."""
    picture = Image.linear_gradient("L").resize((width, height)).convert(mode)
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()
