"""How a question is put: it names what stands in the records and asks; it never says what anybody did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from notoneless.core.report_terms import QuestionKind


class Words(NamedTuple):
    """The question and a hint at what is often behind it, in both languages; {n}, {day} … from the facts."""

    zh: str
    en: str
    often_zh: str
    often_en: str


_K = QuestionKind
WORDS: Mapping[QuestionKind, Words] = {
    _K.BACK_DATED: Words(
        "{day}一天补写了 {n} 条记录，最早的一条是 {first} 的事。请核实这些是不是补录。",
        "{n} records were written down on {day}, the oldest of {first}. Please see whether these are late "
        "entries.",
        "常见原因：停网、停电，或先记在纸上、手机上。属实就答“补录，情况属实”，这不是错误。",
        "Often: no network, no electricity, paper or telephone first. If so, “written down late, and true” "
        "is the answer, and no fault.",
    ),
    _K.CLONED: Words(
        "同一人写的 {n} 份不同学生的记录，文字基本相同。请核实每次是否都去过、说过什么。",
        "{n} records of different children by one person say nearly the same. Please see whether each took "
        "place, and what was said.",
        "常见原因：先套用模板，准备以后再改。走访属实的，请补上各户的情况。",
        "Often: a template that was to be filled in later. Where the visits took place, add what each found.",
    ),
    _K.IMPOSSIBLE: Words(
        "{day}的 {n} 次走访，时间上排不开。请核实时间写得对不对。",
        "{n} visits of {day} do not fit into their hours. Please see whether the times are right.",
        "常见原因：时间凭印象填写，或上午、下午写错。时间错了请更正。",
        "Often: times filled in from memory, or morning and afternoon mixed up. Correct a wrong time.",
    ),
    _K.THRESHOLD: Words(
        "本学期有 {of} 次旷课是 {limit} 天上下，其中 {n} 次正好在第 {limit} 天之前返校"
        "（少一天的 {short} 次，满 {limit} 天的 {full} 次）。请核实这些学生那天是否确实到校。",
        "Of {of} absences around {limit} school days this term, {n} ended just before the limit ({short} a "
        "day earlier, {full} at it). Please see whether the children were at school that day.",
        "常见原因：老师赶在期限前把学生劝了回来，这是好事；请抽几名学生核对到校情况。",
        "Often: teachers brought them back in time, which is good; check the presence of a few.",
    ),
    _K.SAME_PICTURE: Words(
        "{n} 次走访用了同一张照片。请核实每次是否都去过。",
        "{n} visits have the same picture. Please see whether each took place.",
        "常见原因：从相册里选错了照片。走访属实的，请补上当时的照片或说明。",
        "Often: the wrong picture was chosen. Where the visit took place, add its picture or a word.",
    ),
    _K.EVERYONE_PRESENT: Words(
        "近两个月点名 {n} 次，没有一人次不到校；按全县和本校同期平均应有约 {expected} 人次。请到班核对一次。",
        "In {n} roll calls of two months nobody was ever away; about {expected} absences would be "
        "the average around it. Please count the class once.",
        "常见原因：班级确实全勤，或点名时没有逐个看。请挑一天到班里数一数。",
        "Often: everybody was there, or the roll was called without looking. Count the class on some day.",
    ),
    _K.RECLASSIFIED: Words(
        "本月有 {n} 名学生的旷课，隔了几天以后改成了请假。请核实请假条和家长的说法。",
        "This month absences of {n} children became leave some days later. Please see the notes and ask the "
        "parents.",
        "常见原因：家长补交请假条。有请假条的，核对后答“核实无误”。",
        "Often: notes handed in late. Where there are notes, “in order” is the answer.",
    ),
    _K.OFF_BEFORE_DATE: Words(
        "有一名学生 {left} 离开班级或学籍，{back} 又回到本校，中间正好是报表截止的 {day}。请核实当时在哪里。",
        "A child was off the class or roll from {left} and back at the school on {back}, over the report's "
        "day {day}. Please see where it was.",
        "常见原因：分班调整、学籍系统更正。属实的请补办手续或更正日期。",
        "Often: classes rearranged, the roll put right. Add the paper or correct the days.",
    ),
    _K.BRIEF_RETURN: Words(
        "近两个月有 {n} 次，学生返校后不到一周又离校。请核实返校后怎样安排、需要什么帮助。",
        "{n} times in two months a child was back and away again within a week. Please see how returns are "
        "received and what help is needed.",
        "常见原因：功课跟不上、没有结对。请看看帮扶是否到位。",
        "Often: lessons missed, no helper. See whether support is in place.",
    ),
    _K.NIL_WITH_SIGNS: Words(
        "{first} 至 {last} 报了零报告（{signed} 签发），之后又知道了 {n} 件报告期内的事。请核实并补报。",
        "A nil report of {first} to {last} was signed on {signed}; {n} matters of that time became known "
        "since. Please see, and report them.",
        "常见原因：报告以后才知道。补报就是如实报送。",
        "Often: it became known only afterwards. To report it now is honest reporting.",
    ),
    _K.HANDED_ON_DUE_DAY: Words(
        "近两个月有 {n} 次，在到期当天移送个案或更换包保人。请核实交接时事情办到哪一步、谁接着办。",
        "{n} times in two months a case or child was handed on the day something was due. Please see how far "
        "it was and who goes on.",
        "常见原因：人员变动正好赶上。期限不因转手重新计算。",
        "Often: people changed just then. No time limit begins anew by it.",
    ),
    _K.SPRING_LEAVERS: Words(
        "今年春季九年级有 {n} 人离开班级（共 {of} 人），没有接收学校确认，也没有立个案。请逐人核实去向。",
        "{n} of {of} children of grade 9 left their class this spring without a receiving school and without "
        "a case. Please see where each of them is.",
        "常见原因：提前到中职就读、随父母外出。有去向的请补上接收证明。",
        "Often: early to vocational school, away with parents. Add the receiver's confirmation.",
    ),
}


def question_of(kind: QuestionKind, facts: list[list[object]], language: str) -> str:
    """The question with its counts and days."""
    words, said = WORDS[kind], _summary(facts)
    return (words.en if language.startswith("en") else words.zh).format(**said)


def often(kind: QuestionKind, language: str) -> str:
    """What is often behind it."""
    words = WORDS[kind]
    return words.often_en if language.startswith("en") else words.often_zh


def _summary(facts: list[list[object]]) -> Mapping[str, object]:
    said = facts[0][2]
    assert isinstance(said, dict)  # as `Found.as_kept` wrote it
    return said
