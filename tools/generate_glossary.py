"""Write docs/glossary.md from the vocabulary, or with --check say whether it is up to date."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from notoneless.core import case_terms, paper_terms, terms
from notoneless.core.glossary import markdown

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"


def page() -> str:
    """The page as it should be."""
    kinds = [
        k
        for module in (terms, case_terms, paper_terms)
        for k in vars(module).values()
        if inspect.isclass(k) and issubclass(k, terms.Term)
    ]
    rows = {
        f"{k.__name__} · {inspect.getdoc(k)}": tuple((m.value, m.zh, m.en) for m in k)
        for k in kinds
        if k is not terms.Term
    }
    return markdown(rows)


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page()
        print("docs/glossary.md", "is up to date" if same else "differs: run tools/generate_glossary.py")
        return 0 if same else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
