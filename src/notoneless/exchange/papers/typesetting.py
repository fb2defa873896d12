"""Typst with our fonts and nothing else: no font of the system, no file, no network, no clock."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path, serif_path

_FILES = files("notoneless.exchange.papers")


def typeset(source: str, **told: object) -> bytes:
    """The PDF of one of our .typ files with what it is told as JSON; the same words give the same bytes."""
    inputs = {name: json.dumps(value, ensure_ascii=True) for name, value in told.items()}
    made = typst.compile(
        _source(source), font_paths=our_fonts(), ignore_system_fonts=True, sys_inputs=inputs, timestamp=0
    )
    assert isinstance(made, bytes)  # a PDF is one file; only pictures of pages come as a list
    return made


@cache
def _source(name: str) -> bytes:
    return (_FILES / name).read_bytes()


@cache
def our_fonts() -> Any:
    """The fonts that come with us, and no others."""
    folders = sorted({str(path.parent) for path in (sans_path(), serif_path())})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
