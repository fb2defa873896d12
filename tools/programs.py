"""The system programs the whole check needs, and how Debian calls the packages that hold them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Program(NamedTuple):
    """One thing the machine must have: how to see that it is there, and the package that brings it."""

    name: str
    is_there: Callable[[], bool]
    package: str


def has_chromium() -> bool:
    """Chromium, which the browser journeys drive."""
    return shutil.which("chromium") is not None


def has_office(component: str) -> bool:
    """LibreOffice with the component whose core library is `component`: libsclo is Calc, libswlo Writer."""
    soffice = shutil.which("soffice")
    return soffice is not None and (Path(soffice).resolve().parent / f"{component}.so").exists()


def has_chinese_font() -> bool:
    """A font with Chinese glyphs; without one a page or a form is a row of empty boxes."""
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=True)
    return bool(found.stdout.strip())


PROGRAMS = (
    Program("Chromium", has_chromium, "chromium"),
    Program("LibreOffice Calc", lambda: has_office("libsclo"), "libreoffice-calc"),
    Program("LibreOffice Writer", lambda: has_office("libswlo"), "libreoffice-writer"),
    Program("the PDF tools", lambda: shutil.which("pdftotext") is not None, "poppler-utils"),
    Program("Poppler", lambda: shutil.which("pdftotext") is not None, "poppler-utils"),
    # 5 MB on disk against 93 MB of fonts-noto-cjk; either satisfies the check.
    Program("a Chinese font", has_chinese_font, "fonts-wqy-microhei fontconfig"),
)


class ProgramsMissing(RuntimeError):
    """Something the check needs is not here and could not be installed; the message is what to type."""


def missing() -> list[Program]:
    """The programs that are not on this machine."""
    return [program for program in PROGRAMS if not program.is_there()]


def ensure_programs() -> str:
    """Install what is missing, where apt-get may be used, and say what is here. Raises ProgramsMissing."""
    lacking = missing()
    if lacking:
        install([package for program in lacking for package in program.package.split()])
    still = missing()
    if still:
        raise ProgramsMissing(f"still not here after installing: {', '.join(p.name for p in still)}")
    return "installed " + ", ".join(p.name for p in lacking) if lacking else "all here"


def install(packages: list[str]) -> None:
    """Run apt-get update and install, as root or by passwordless sudo. Raises ProgramsMissing."""
    wanted = ["install", "-y", "-q", "--no-install-recommends", *packages]
    typed = f"sudo apt-get update && sudo apt-get {' '.join(wanted)}"
    prefix = administrator()
    if prefix is None or shutil.which("apt-get") is None:
        raise ProgramsMissing(f"missing: {' '.join(packages)}. Type: {typed}")
    # Another apt-get may be at work on a fresh machine; waiting for it is cheaper than failing.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    for step in (["update", "-q"], wanted):
        done = subprocess.run([*apt, *step], stdin=subprocess.DEVNULL)
        if done.returncode:
            raise ProgramsMissing(f"apt-get {step[0]} ended with {done.returncode}. Type: {typed}")


def administrator() -> list[str] | None:
    """What to put before a command to run it as root: nothing, sudo, or None when neither is allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None
