"""What papers of supervision never say: money and posts are not taken from anybody here."""

from __future__ import annotations

import re

from notoneless.services.refusals import Refusal
from notoneless.services.written import written

PENALTIES = re.compile(
    r"罚款|罚金|扣[发除减]?.{0,4}(工资|绩效|奖金|津贴|补贴)|撤[销去]?.{0,4}职|免[去除]?.{0,4}职|降[级职薪]|开除|一票否决"
)


def lawful(text: str, most: int, what_zh: str, what_en: str, *, needed: bool = True) -> str:
    """The text, if it takes neither money nor posts. Raises Refusal."""
    clean = written(text, most, what_zh, what_en, needed=needed)
    if (found := PENALTIES.search(clean)) is not None:
        raise Refusal(
            "PENALTY",
            f"“{what_zh}”里有“{found.group()}”：本系统不办罚款和人事处分；"
            "请写要改什么、改到什么程度，处分由有权机关依法另办。",
            f'"{what_en}" speaks of money or posts, '
            "which have their own lawful ways; say what is to be mended.",
        )
    return clean
