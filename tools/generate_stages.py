"""Draw the stages of a case into docs/explanation/cases.md, or with --check say whether they differ."""

from __future__ import annotations

import sys
from pathlib import Path

from notoneless.core.stages import TABLE, diagram

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "cases.md"
BEGIN, END = "<!-- stages: drawn by tools/generate_stages.py -->\n", "<!-- end of stages -->\n"


def page(text: str) -> str:
    """The page as it should be: its own words, with the table of `core.stages` between the marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n```mermaid\n{diagram()}```\n\n{_table()}\n{END}{after}"


def _table() -> str:
    rows = [f"| {a.zh} {a.en} | {event.zh} {event.en} | {b.zh} {b.en} |" for (a, event), b in TABLE.items()]
    return "\n".join(["| 阶段 from | 事件 event | 到 to |", "|---|---|---|", *rows]) + "\n"


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    text = PAGE.read_text("utf-8")
    if "--check" in sys.argv:
        same = text == page(text)
        print(
            "docs/explanation/cases.md", "is up to date" if same else "differs: run tools/generate_stages.py"
        )
        return 0 if same else 1
    PAGE.write_text(page(text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
