"""Files in one .zip that does not say when it was packed, so that the same files give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import NamedTuple

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can say
_PRIVATE = 0o600 << 16  # whoever unpacks it has files that only they may read
_UTF8 = 0x800  # names in Chinese are read as such by every unpacker of the last fifteen years


class File(NamedTuple):
    """A file of a bundle; folders stand in its name."""

    name: str
    content: bytes


def bundle(files: Iterable[File]) -> bytes:
    """The files in their order as a .zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            info = zipfile.ZipInfo(file.name, _NO_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _PRIVATE
            info.flag_bits |= _UTF8
            archive.writestr(info, file.content)
    return packed.getvalue()


def unbundled(content: bytes) -> list[File]:
    """The files of a .zip of our own making, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [File(info.filename, archive.read(info)) for info in archive.infolist()]
