"""The tools that need Django's settings are told where they are."""

from __future__ import annotations

import tomllib

from house_files import PACKAGE, ROOT


def test_pytest_and_mypy_know_the_settings_module_as_soon_as_there_is_one() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    there = (PACKAGE / "site" / "settings.py").exists()
    named = tools["pytest"]["ini_options"].get("DJANGO_SETTINGS_MODULE") == "notoneless.site.settings"
    checked = "mypy_django_plugin.main" in tools["mypy"].get("plugins", [])
    how = "pyproject.toml: pytest's DJANGO_SETTINGS_MODULE and mypy's plugin go with site/settings.py"
    assert (named, checked) == (there, there), how
