"""A photograph as it may be kept: read by a child process, small, a JPEG that tells nothing but itself."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import unicodedata
from tempfile import TemporaryFile
from typing import IO, NamedTuple


class PictureLimits(NamedTuple):
    """What one picture may ask of us, and how it is kept."""

    sent_bytes: int = 20_000_000
    pixels: int = 64_000_000  # as many as the phones of teachers take; four bytes each while it is read
    longest_side: int = 1280  # enough to read the words on a notice
    kept_bytes: int = 500_000
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: int = 30


LIMITS = PictureLimits()
LONGEST_NAME = 80
REFUSED = b"refused "  # what a child says instead of a picture, with the reason
JPEG, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
# Each says what is wrong and what would be right; `{…}` are fields of PictureLimits.
SENTENCES = {
    "empty": (
        "照片是空的，请重新拍一张或重新选一张。",
        "The picture is empty; take or choose it again.",
    ),
    "too_big": (
        "照片超过 {megabytes} MB，请用手机相机的普通画质再拍一张。",
        "The picture is larger than {megabytes} MB; take it again in ordinary quality.",
    ),
    "too_many_pixels": (
        "照片的像素多得不正常，没有打开；请用手机相机重新拍一张。",
        "The picture has far too many pixels and was not opened; take it again with the phone's camera.",
    ),
    "not_a_picture": (
        "这不是 JPEG 或 PNG 照片；请选手机拍的照片或截图。",
        "This is no JPEG or PNG picture; choose a photograph or a screenshot.",
    ),
    "damaged": (
        "照片没有传完整或已损坏，请重新选这张照片再传一次。",
        "The picture is damaged or did not arrive whole; choose it and send it again.",
    ),
    "too_slow": (
        "照片读了太久还没读完，没有保存；请用手机相机重新拍一张。",
        "The picture took too long to read and was not kept; take it again with the phone's camera.",
    ),
}


class PictureRefused(Exception):
    """A picture that is not kept; `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def sentence(self, language: str = "zh", limits: PictureLimits = LIMITS) -> str:
        """What is wrong and what would be right."""
        zh, en = SENTENCES[self.code]
        text = en if language.startswith("en") else zh
        return text.format(megabytes=limits.sent_bytes // 1_000_000)


class Picture(NamedTuple):
    """A picture as it is kept, and the SHA-256 of the bytes as they were sent."""

    content: bytes
    digest: str


def read_picture(sent: bytes, *, limits: PictureLimits = LIMITS) -> Picture:
    """The picture made small and written anew as JPEG. Raises PictureRefused."""
    if not sent:
        raise PictureRefused("empty")
    if len(sent) > limits.sent_bytes:
        raise PictureRefused("too_big")
    with TemporaryFile() as source, TemporaryFile() as answer:
        source.write(sent)
        source.seek(0)
        _run(source, answer, limits)
        answer.seek(0)
        return Picture(_heard(answer.read(limits.kept_bytes + 1), limits), hashlib.sha256(sent).hexdigest())


def safe_name(name: str) -> str:
    """A file's name without folders, without what cannot be seen, and not too long; it ends in .jpg."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", last)
        if c.isspace() or not unicodedata.category(c).startswith("C")
    )
    stem = " ".join(seen.split()).rpartition(".")[0] or " ".join(seen.split())
    return f"{stem.strip('. ')[:LONGEST_NAME] or '照片'}.jpg"


def _run(source: IO[bytes], answer: IO[bytes], limits: PictureLimits) -> None:
    """Have the child write the new picture to `answer`. Raises PictureRefused when it dies of it."""
    command = [sys.executable, "-I", "-m", "notoneless.exchange.picture_child", json.dumps(limits)]
    child = subprocess.Popen(
        command, stdin=source, stdout=answer, stderr=subprocess.DEVNULL, env={}, cwd="/", close_fds=True
    )
    try:
        died = child.wait(timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired:
        raise PictureRefused("too_slow") from None
    finally:
        child.kill()
        child.wait()
    if died:
        raise PictureRefused("damaged")


def _heard(answer: bytes, limits: PictureLimits) -> bytes:
    """The child's answer, checked: it may have been taken over by the file it read."""
    if answer.startswith(REFUSED):
        code = answer.removeprefix(REFUSED).decode("ascii", "replace")
        raise PictureRefused(code if code in SENTENCES else "damaged")
    whole = answer.startswith(JPEG) and answer.endswith(JPEG_END) and len(answer) <= limits.kept_bytes
    if not whole:
        raise PictureRefused("damaged")
    return answer
