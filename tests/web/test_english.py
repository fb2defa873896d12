"""The English of the pages is complete, compiled, and says nothing that no page says."""

from __future__ import annotations

import gettext
import re
import sys
from pathlib import Path

import pytest

TOOLS = str(Path(__file__).resolve().parents[2] / "tools")
sys.path.insert(0, TOOLS)
import generate_messages as messages  # noqa: E402

sys.path.remove(TOOLS)

HAN = re.compile(r"[\u4e00-\u9fff]")
PLACES = re.compile(r"%\((\w+)\)s")


def entries() -> dict[str, str]:
    return messages.read_po(messages.PO.read_text("utf-8"))


def test_every_marked_string_has_english_and_every_entry_is_used() -> None:
    assert messages.faults(entries(), messages.marked()) == []


def test_the_compiled_file_is_the_one_django_reads() -> None:
    with messages.PO.with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert {text: read.gettext(text) for text in entries() if text} == {
        k: v for k, v in entries().items() if k
    }


def test_no_english_holds_chinese_and_no_place_is_lost() -> None:
    for zh, en in entries().items():
        assert not HAN.search(en), en
        # English dates have a month's name, so it may name more places than the Chinese.
        assert set(PLACES.findall(zh)) - {"month"} <= set(PLACES.findall(en)), zh


def test_no_chinese_stands_unmarked_in_a_template() -> None:
    for file in messages.WEB.rglob("*.html"):
        bare = re.sub(
            r"{%.*?%}|{#.*?#}|{{.*?}}",
            "",
            re.sub(r"(?s){% blocktranslate.*?{% endblocktranslate %}", "", file.read_text("utf-8")),
        )
        if file.name != "500.html":  # in both languages at once: nothing is known when it is shown
            assert set(HAN.findall(bare)) <= set("中文"), file.name


def test_a_missing_entry_is_named_with_its_file() -> None:
    assert messages.faults({}, {"点名": "web/page.html"}) == ["web/page.html: no English for “点名”"]


def test_a_line_that_is_no_entry_is_named_with_its_number() -> None:
    with pytest.raises(ValueError, match=r"django\.po:2: expected"):
        messages.read_po('msgid "a"\nmsgstr b\n')
