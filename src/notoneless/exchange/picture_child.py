"""The child process that opens one photograph, so that a hostile one can only kill the child.

It reads the file from standard input and writes the new JPEG to standard output, or "refused " and a reason.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from notoneless.exchange.pictures import REFUSED, PictureLimits, PictureRefused

QUALITIES = (85, 75, 65, 50, 35, 20)


def main(arguments: list[str]) -> int:
    """Answer the picture on standard input within the limits given as JSON; gives the exit status."""
    limits = PictureLimits(*json.loads(arguments[0]))
    restrain(limits)
    try:
        answer = rewritten(sys.stdin.buffer.read(), limits)
    except PictureRefused as refusal:
        answer = REFUSED + refusal.code.encode()
    except MemoryError:
        answer = REFUSED + b"too_many_pixels"
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    return 0


def restrain(limits: PictureLimits) -> None:
    """Bind this process to its memory, its time and the size of its answer, for good."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.kept_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def rewritten(sent: bytes, limits: PictureLimits) -> bytes:
    """The picture small, upright, and written anew without anything else. Raises PictureRefused."""
    from PIL import (
        Image,
        ImageOps,
        UnidentifiedImageError,
    )  # here, so that the limits bind before its code runs

    Image.MAX_IMAGE_PIXELS = None  # counted below, before anything is unpacked
    try:
        with Image.open(io.BytesIO(sent), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > limits.pixels:
                raise PictureRefused("too_many_pixels")
            picture.draft("RGB", (limits.longest_side, limits.longest_side))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((limits.longest_side, limits.longest_side))
            return _jpeg(_on_white(Image, upright), limits)
    except UnidentifiedImageError as error:
        raise PictureRefused("not_a_picture") from error
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError) as error:
        raise PictureRefused("damaged") from error


def _on_white(image: Any, picture: Any) -> Any:
    """A new picture with the same points and nothing else: no comment, no place, no camera."""
    made = image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        made.paste(shown, mask=shown.getchannel("A"))
    else:
        made.paste(picture.convert("RGB"))
    return made


def _jpeg(picture: Any, limits: PictureLimits) -> bytes:
    """As good as fits."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= limits.kept_bytes:
            return out.getvalue()
    raise PictureRefused("too_many_pixels")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
