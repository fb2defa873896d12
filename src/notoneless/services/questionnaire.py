"""反馈问卷: what families are asked, as data; nothing asks for a name or for words."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """One answer that may be chosen."""

    code: str
    zh: str
    en: str


class Question(NamedTuple):
    """One question with its answers, in the order they are offered."""

    code: str
    zh: str
    en: str
    choices: tuple[Choice, ...]


YES, NO, UNSURE = (
    Choice("YES", "有", "yes"),
    Choice("NO", "没有", "no"),
    Choice("UNSURE", "说不清", "not sure"),
)

QUESTIONS = (
    Question(
        "FEES",
        "这学期学校有没有收过说不清用途的钱？",
        "Did the school take money this term without saying clearly what for?",
        (NO, YES, UNSURE),
    ),
    Question(
        "SENT_HOME",
        "孩子有没有被叫回家、不让上课？",
        "Was the child ever sent home or kept out of lessons?",
        (NO, YES, UNSURE),
    ),
    Question(
        "KNOWS_WHOM",
        "孩子不想上学或家里有困难时，您知道找谁吗？",
        "If the child did not want to go to school, or the family were in need, do you know whom to turn to?",
        (Choice("KNOWS", "知道", "yes"), Choice("KNOWS_NOT", "不知道", "no")),
    ),
    Question(
        "TOLD",
        "孩子没到校时，学校当天联系过您吗？",
        "When the child was not at school, did the school get in touch the same day?",
        (
            Choice("SAME_DAY", "当天联系了", "the same day"),
            Choice("LATER", "过了几天才联系", "days later"),
            Choice("NEVER", "没有联系", "not at all"),
            Choice("ALWAYS_THERE", "孩子没缺过课", "the child was never away"),
        ),
    ),
    Question(
        "ASKED_AFTER",
        "这学期老师上门或打电话了解过孩子的情况吗？",
        "Did a teacher call or visit this term to ask how the child is?",
        (YES, NO),
    ),
)
