"""Write docs/explanation/contradictions.md with its list of checks, or with --check compare it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "explanation"
PAGE = FOLDER / "contradictions.md"
HEAD = Path(__file__).parent / "contradictions.head.md"


def page() -> str:
    """The page as it should be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
    import django

    django.setup()
    from notoneless.services.contradictions import CHECKS

    rows = [
        f"| `{check.id}` | {check.zh} | {check.en} | {check.owner.zh} | {check.days} | {check.fix[0]} |"
        for check in sorted(CHECKS.values(), key=lambda each: each.id)
    ]
    head = "| check | 核对项目 | what is wrong | whose | school days | the fix |\n|---|---|---|---|---:|---|"
    return HEAD.read_text("utf-8") + f"## The {len(CHECKS)} checks\n\n" + "\n".join([head, *rows]) + "\n"


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page()
        print(
            f"docs/explanation/{PAGE.name}",
            "is up to date" if same else "differs: run tools/generate_checks.py",
        )
        return 0 if same else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
