"""The child process that reads one office's template, so that a hostile file can only kill the child.

It reads a JSON object from standard input, the marks, the format, the template and perhaps what to fill it
with, and answers with one: `{"problems": [[code, mark, place, place in English], …]}` or `{"file": …}`.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from notoneless.exchange.child import restrain
from notoneless.exchange.papers.template_limits import LIMITS, Unfit, look_into


def main() -> int:
    """Answer the one question on standard input within the limits; gives the exit status."""
    restrain(LIMITS)
    asked = json.load(sys.stdin)
    json.dump(_answer(asked), sys.stdout)
    sys.stdout.flush()
    return 0


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    # Here, so that the limits bind before any of the libraries' code runs.
    from notoneless.core.paper_terms import PaperFormat
    from notoneless.exchange.papers.template_check import problems
    from notoneless.exchange.papers.wanted import heard

    form = PaperFormat[asked["form"]]
    content = base64.b64decode(asked["template"])
    try:
        look_into(content, form)
    except Unfit as unfit:
        return {"problems": [[unfit.code]]}
    found = problems(heard(asked["wanted"]), form, content)
    if found or "filling" not in asked:
        return {"problems": [list(problem) for problem in found]}
    return {"file": base64.b64encode(_filled(form, content, asked["filling"])).decode("ascii")}


def _filled(form: Any, content: bytes, told: dict[str, Any]) -> bytes:
    from notoneless.core.paper_terms import PaperFormat
    from notoneless.exchange.papers.filling import Filling, Picture
    from notoneless.exchange.papers.sheet_form import fill_sheet
    from notoneless.exchange.papers.word_form import fill_word

    once = {
        name: value if isinstance(value, str) else Picture(base64.b64decode(value["png"]))
        for name, value in told["once"].items()
    }
    filling = Filling(once, told["lists"])
    return fill_word(content, filling) if form is PaperFormat.DOCX else fill_sheet(content, filling)


if __name__ == "__main__":
    sys.exit(main())
