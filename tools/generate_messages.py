"""Compile the English words of the pages: django.po, which people write, into django.mo, which Django reads.

Usage: generate_messages.py [--check]. It needs no gettext programs, which a school's machine does not have.
With --check nothing is written; it fails when the compiled file is old, when a marked string has no English
entry, or when an entry is no longer used.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "notoneless" / "web"
PO = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
MARKERS = ("_", "gettext", "gettext_lazy")
QUOTED = re.compile(r'^(?:msg(?:id|str)\s+)?("(?:[^"\\]|\\.)*")$')
CALL = re.compile(r"gettext\(\s*u?((?:'(?:[^'\\]|\\.)*')|(?:\"(?:[^\"\\]|\\.)*\"))")


def read_po(text: str) -> dict[str, str]:
    """The entries of a .po file: what is translated to what. ValueError names a line it cannot read."""
    entries: dict[str, str] = {}
    parts: dict[str, str] = {}
    part = ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        line = line.strip()
        if not line:
            if "msgid" in parts:
                entries[parts["msgid"]] = parts.get("msgstr", "")
            parts = {}
        elif not line.startswith("#"):
            quoted = QUOTED.match(line)
            if quoted is None:
                raise ValueError(f'{PO.name}:{number}: expected msgid "…", msgstr "…" or "…", got {line}')
            part = line.split()[0] if line.startswith("msg") else part
            parts[part] = parts.get(part, "") + ast.literal_eval(quoted[1])
    return entries


def compiled(entries: dict[str, str]) -> bytes:
    """The .mo file that holds these entries, in the byte order of the keys as the format asks."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items() if value)
    keys, values = b"", b""
    offsets = []
    for key, value in pairs:
        offsets.append((len(key), len(keys), len(value), len(values)))
        keys, values = keys + key + b"\0", values + value + b"\0"
    table, start = 7 * 4, 7 * 4 + 16 * len(pairs)
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), table, table + 8 * len(pairs), 0, 0)
    originals = b"".join(struct.pack("<2I", size, start + at) for size, at, _, _ in offsets)
    translations = b"".join(struct.pack("<2I", size, start + len(keys) + at) for _, _, size, at in offsets)
    return header + originals + translations + keys + values


def marked() -> dict[str, str]:
    """Every string marked for translation under web/, with the file that first marks it."""
    found: dict[str, str] = {}
    for file in sorted(WEB.rglob("*.py")):
        for text in marked_in_python(file.read_text("utf-8")):
            found.setdefault(text, str(file.relative_to(ROOT)))
    for file in sorted(WEB.rglob("*.html")):
        for text in marked_in_template(file.read_text("utf-8")):
            found.setdefault(text, str(file.relative_to(ROOT)))
    return found


def marked_in_python(source: str) -> Iterator[str]:
    """The constants given to `_`, `gettext` and `gettext_lazy`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            for given in node.args[:1]:
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value:
                    yield given.value


def marked_in_template(source: str) -> Iterator[str]:
    """What translate and blocktranslate tags mark."""
    for call in CALL.finditer(templatize(source)):
        yield ast.literal_eval(call[1])


def faults(entries: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """What is wrong with the English: strings without it, entries nobody uses."""
    missing = [f"{file}: no English for “{text}”" for text, file in wanted.items() if not entries.get(text)]
    unused = [f"{PO.name}: nothing uses “{text}”" for text in entries if text and text not in wanted]
    return missing + unused


def main(arguments: list[str]) -> int:
    """Write the compiled file, or with --check only say what is wrong."""
    entries = read_po(PO.read_text("utf-8"))
    found = faults(entries, marked())
    fresh, target = compiled(entries), PO.with_suffix(".mo")
    if "--check" not in arguments:
        target.write_bytes(fresh)
    elif not target.exists() or target.read_bytes() != fresh:
        found.append(f"{target.name} is old: run python tools/generate_messages.py")
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
