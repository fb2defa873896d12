"""What people read of each formula: how it is counted, where it comes from, what is missing without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from notoneless.core.figure_terms import Figure


class Text(NamedTuple):
    """In Chinese and English: the reading, the source, and why there may be no share."""

    reading_zh: str
    reading_en: str
    source_zh: str
    source_en: str
    none_zh: str
    none_en: str

    def reading(self, language: str = "zh") -> str:
        """How it is counted, Chinese unless `language` starts with "en"."""
        return self.reading_en if language.startswith("en") else self.reading_zh

    def source(self, language: str = "zh") -> str:
        """Where it comes from."""
        return self.source_en if language.startswith("en") else self.source_zh

    def none(self, language: str = "zh") -> str:
        """What is missing when there is no share."""
        return self.none_en if language.startswith("en") else self.none_zh


_NO_ROLL = "没有学年初（9月1日）的在籍名单", "no list of those on roll on 1 September"
_NO_INTAKE = (
    "没有该届入学名单；可填报当年基层报表的数",
    "no list of the cohort's intake; type the old return's number",
)
_NO_RETURN = "还没有返校够久的学生", "nobody has been back for long enough"
_NO_HOUSEHOLD = "没有这个年龄的户籍人口", "nobody of this age on the household register"

_HOLD = (
    "返校以后至少过了{n}个上课日的学生中，这{n}个上课日里没有再到临界、疑似或辍学的；日子不够的还不算。",
    "Of those who came back at least {n} school days ago: not at risk, suspected or out of school again "
    "within those {n} school days. Younger returns do not count yet.",
    "返校学生容易再次辍学，本系统自定",
    "ours, as those who return leave again easily",
    *_NO_RETURN,
)


def _hold(days: int) -> Text:
    return Text(*(part.format(n=days) for part in _HOLD))


TEXTS: Mapping[Figure, Text] = {
    Figure.DR_MOE: Text(
        "学年内（休学＋死亡＋转出＋出境＋疑似、辍学和去向未确认的减少＋其他减少）减（转入＋劝返返校＋其他增加）。"
        "义务教育没有退学，“退学”一项就是因疑似或辍学而减少的人；劝返返校没有单列，并入其他增加。"
        "转进来的比走掉的多时是负数，照实写出，不改成零。",
        "Within the year: suspended, died, transferred out, abroad, left as suspected, dropout or said to be "
        "elsewhere, and other decrease, less transferred in, came back and other increase. There is no "
        "withdrawal in compulsory grades: whoever left as suspected or dropout stands for it. With more "
        "comers than leavers it is below zero and is shown so.",
        "九十年代“两基”评估口径，除以上学年初在校生数",
        "the assessment of the two basics in the 1990s, over those there when the year began",
        *_NO_ROLL,
    ),
    Figure.DR_CASE: Text(
        "学年内任何时候到过“辍学”的学生，一人算一次，后来劝返了也算；因信息有误销号的不算。"
        "分母是学年初在籍加转入减转出。",
        "Whoever was a dropout at any time in the year, each once, also when back since; cases closed as "
        "wrong data do not count. Below: on roll on 1 September, plus transfers in, less transfers out.",
        "本系统主用口径；何时算辍学按现行制度",
        "the one we use first; the policy in force says who is a dropout",
        *_NO_ROLL,
    ),
    Figure.DROP_STOCK: Text(
        "这一天在“辍学”阶段的学生，除以这一天在籍的学生；辍学不除名，仍在分母里。",
        "Dropouts on the day over those on roll on that day; a dropout stays on the roll.",
        "学年辍学率（个案口径）的时点形式；“不除名，按在籍数计算”",
        "the twin of F-DR-CASE at one moment; nobody is struck off",
        "这一天没有在籍学生",
        "nobody on roll on that day",
    ),
    Figure.LOSS_R21: Text(
        "学年内流失的学生除以应有学生数；正常异动、户口在外、在外借读的学生在分子和分母里都不算，"
        "同时属于几类的只去掉一次。流失不等于辍学。",
        "Those lost in the year over those that should be there; regular changes, those registered "
        "elsewhere and guests elsewhere count in neither, each taken off once. Attrition is not dropout.",
        "县级流失率办法（二〇〇四年前后），2% 以内",
        "a county's rule on attrition of about 2004, at most 2 %",
        "没有应有学生名单",
        "no list of those that should be there",
    ),
    Figure.DENOM_FIX: Text(
        "学年初在校的学生中现在还在的，除以学年初在校的全部学生：人走了，分母不变。"
        "系统不保存考试成绩；需要平均分时，把到考学生的总分除以同一个分母，只给教职工看，不存。",
        "Of those attending when the year began, those still there, over all of them: whoever leaves stays "
        "in the denominator. We keep no marks; a sum of scores may be divided by the same number, for staff.",
        "“学生掉头，分母不变”",
        "“pupils turn away, the denominator does not”",
        "学年初没有在校学生名单",
        "no list of those attending when the year began",
    ),
    Figure.CONSOL_9: Text(
        "初中毕业班学生数除以这一届当年小学一年级入学数。系统启用以前的入学数可填报，注明来源。",
        "Pupils of the final junior class over their cohort's intake into grade 1. A number from before this "
        "system may be typed with its source.",
        "全国通用口径；2021 年全国 95.4%",
        "as used nationally; 95.4 % in 2021",
        *_NO_INTAKE,
    ),
    Figure.CONSOL_SCH: Text(
        "毕业班学生数除以（这一届当年招生数＋转入－转出）：小学六年前，初中三年前。"
        "超过 100 的按 100 写，并说明。",
        "The final class over its intake (6 years ago in primary, 3 in junior) plus transfers in, less "
        "transfers out. More than 100 is shown as 100, and said.",
        "县巩固率统计表（表7），附基层报表和流动证明",
        "a county's form 7 of retention, with the old returns beside it",
        *_NO_INTAKE,
    ),
    Figure.CONSOL_GRADE: Text(
        "本学年某年级学生数除以上学年低一年级学生数；转入多时常超过 100，不封顶。",
        "A grade's pupils over the grade below it a year before; often more than 100, and not capped.",
        "逐年级巩固率",
        "retention from year to year",
        "没有上学年的名单",
        "no list of the year before",
    ),
    Figure.ENROL: Text(
        "户籍在本地的适龄人口（9月1日满6至14周岁）中在校的，除以全部；休学离校的不算在校，提前升学的算。",
        "Of those on the household register aged 6 to 14 on 1 September, those in school, over all; "
        "suspended ones are not in school, early finishers are.",
        "甘肃“两基”补充说明：入学率按户籍人口、按学年",
        "the note on the two basics: enrolment by household register and school year",
        *_NO_HOUSEHOLD,
    ),
    Figure.COMPL_15: Text(
        "户籍人口中满15周岁的，完成小学教育的占多少。",
        "Of those on the household register aged 15, those who completed primary school.",
        "“两基”完成率，按户籍人口",
        "completion as for the two basics, by household register",
        *_NO_HOUSEHOLD,
    ),
    Figure.COMPL_17: Text(
        "户籍人口中满17周岁的，完成初中教育的占多少。",
        "Of those on the household register aged 17, those who completed junior school.",
        "“两基”完成率，按户籍人口",
        "completion as for the two basics, by household register",
        *_NO_HOUSEHOLD,
    ),
    Figure.DIS_ENROL: Text(
        "适龄残疾儿童少年中入学的占多少，随班就读、特校、送教上门都算；人数少时，不该知道的人看不到数字。",
        "Of disabled children of school age, those enrolled: in ordinary classes, special schools or taught "
        "at home. Small numbers are not shown to those who need not know.",
        "残疾儿童少年入学率，含随班就读和送教上门",
        "enrolment of disabled children, all ways of schooling included",
        "没有登记的适龄残疾儿童少年",
        "no disabled child of school age is registered",
    ),
    Figure.RETURN: Text(
        "学年内到过“辍学”的学生中，回来而且连续出勤达到制度要求的；只在办公室说回来了不算。",
        "Of the year's dropouts, those back and present for as long as the policy asks; being said to be "
        "back is not enough.",
        "复学率，“连续出勤达标”由现行制度定",
        "return rate; the policy in force says how long",
        "还没有辍学的学生",
        "there has been no dropout",
    ),
    Figure.HOLD30: _hold(30),
    Figure.HOLD60: _hold(60),
    Figure.HOLD90: _hold(90),
}
