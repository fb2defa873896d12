"""From how much on a record becomes a question: one table with a reason for each number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from notoneless.core.report_terms import QuestionKind


class Threshold(NamedTuple):
    """The least number that asks, in the units of its kind, and why it is not smaller."""

    least: int
    why_zh: str
    why_en: str


_K = QuestionKind
THRESHOLDS: Mapping[QuestionKind, Threshold] = {
    _K.BACK_DATED: Threshold(
        5,
        "同一人同一天补写满 5 条、都隔了 3 个日历日以上才问；一两条补写是常事。",
        "Asked from five records that one person wrote down on one day, each three calendar days or more "
        "after it happened; one or two are everyday.",
    ),
    _K.CLONED: Threshold(
        3,
        "同一人写的、不同学生的记录满 3 份，文字九成以上相同且不少于 40 字才问；短的套话不算。",
        "Asked from three records of different children by one person whose words agree in nine tenths and "
        "are forty characters or longer; short set phrases do not count.",
    ),
    _K.IMPOSSIBLE: Threshold(
        2,
        "同一人在 10 分钟以内到过两个不同的村，或者一夜有 2 次以上 23 时到 5 时的家访才问；同行走访算一次。",
        "Asked when one person was in two villages within ten minutes, or made two or more visits between "
        "23:00 and 05:00; what was visited together is one visit.",
    ),
    _K.THRESHOLD: Threshold(
        8,
        "一学期至少有 8 次旷课的天数是期限、期限前一天或前两天才比；少了看不出。"
        "没有人看着期限时，短的旷课总比长的多，所以前一天的次数不会超过这三种的一半；"
        "比一半多得靠碰巧不到百分之一的可能，才问。",
        "Compared from eight absences a term that lasted the limit, one day less or two days less. Where "
        "nobody watches the limit short absences are the more frequent, so those of one day less are at "
        "most half of the three; asked when more than that would come by chance less than once in a hundred.",
    ),
    _K.SAME_PICTURE: Threshold(
        2,
        "完全相同的照片出现在两次不同的走访里就问；同行走访算一次。",
        "Asked when the very same picture is beside two visits; what was visited together is one.",
    ),
    _K.EVERYONE_PRESENT: Threshold(
        25,
        "至少 20 次点名，按全县和本校同期平均（取低的）应有 25 人次以上不到校，而一次也没有，才问；"
        "碰巧如此的可能不到百万分之一。",
        "Asked after twenty roll calls or more in which twenty-five absences or more were to be expected, at "
        "the lower of the county's and the school's average, and there was none: by chance that is less than "
        "one in a million, and classes differ.",
    ),
    _K.RECLASSIFIED: Threshold(
        3,
        "一个班一个月有 3 名以上学生，隔了 3 个日历日以上才把旷课改成请假，才问；家长当天来电补假不算。",
        "Asked when three or more children of a class had absences turned into leave in a month, three "
        "calendar days or more afterwards; a parent who calls the same day does not count.",
    ),
    _K.OFF_BEFORE_DATE: Threshold(
        1,
        "同一学生在报表截止日前后 10 个日历日内调出又调回本校，没有学籍异动手续，就问。",
        "Asked when a child left and came back to the same school within ten calendar days before and "
        "after a report's day, without an enrolment change.",
    ),
    _K.BRIEF_RETURN: Threshold(
        3,
        "一所学校 60 个日历日内有 3 次以上，记为返校后 5 个日历日内又离校，才问；一次反复是常事。",
        "Asked when three times or more in sixty calendar days a child that was back at a school was away "
        "again within five; one relapse is everyday.",
    ),
    _K.NIL_WITH_SIGNS: Threshold(
        1,
        "零报告签发以后，又知道报告期内有学生辍学、核实属实的群众线索，或抽样回访不符，就问。",
        "Asked when, after a nil report was signed, a dropout within its time, a tip that proved true, or a "
        "sample that did not agree became known.",
    ),
    _K.HANDED_ON_DUE_DAY: Threshold(
        2,
        "一个单位 60 个日历日内有 2 次以上，在到期当天移送个案或更换包保人，才问；一次可能是巧合。",
        "Asked when twice or more in sixty calendar days a case was handed off, or given to another person, "
        "on the very day something was due.",
    ),
    _K.SPRING_LEAVERS: Threshold(
        5,
        "九年级 2 月 1 日到 6 月 10 日有 5 人以上、且超过百分之五离开班级，"
        "既没有对方学校确认的转学，也没有立个案，才问。",
        "Asked when five or more of grade 9, and over five per cent, left their class between 1 February "
        "and 10 June with neither a transfer that the other school confirmed nor a case.",
    ),
}

# What is asked about children and late entries is no doubt about anybody's word; the others may be.
WITHOUT_DOUBT = frozenset({_K.BACK_DATED, _K.BRIEF_RETURN, _K.SPRING_LEAVERS})

DAYS_LATER = 3  # calendar days from which a record counts as written down later
SAME_WORDS = 0.9  # of the pieces of two texts
LEAST_WORDS = 40  # characters, without punctuation and figures
MINUTES_APART = 10  # within which nobody is in two villages
NIGHT = (23, 5)  # hours
RARE = 0.01  # how unlikely a pattern of limits must be
ROLL_CALLS = 20  # of a class, before a full house is remarkable
AROUND_REPORT = 10  # calendar days before and after a report's day
SOON_AGAIN = 5  # calendar days within which a return did not last
WINDOW = 60  # calendar days that patterns are looked for in
SPRING = ((2, 1), (6, 10))
SPRING_SHARE = 0.05
SCHOOL_DAYS_TO_ANSWER = 5
