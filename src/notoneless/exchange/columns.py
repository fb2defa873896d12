"""Which column means what, by the many names offices and the national enrolment system give it."""

from __future__ import annotations

import re
from enum import Enum

from notoneless.exchange.cells import compact


class Column(Enum):
    """What a column may tell us; the value is the name to use in messages."""

    ENROLMENT_NO = "学籍号"
    NAME = "姓名"
    SEX = "性别"
    BIRTH = "出生日期"
    SCHOOL = "学校"
    GRADE = "年级"
    CLASS = "班级"
    IDENTITY_KIND = "身份证件类型"
    IDENTITY_NO = "身份证件号"
    GUARDIAN_NAME = "监护人姓名"
    GUARDIAN_PHONE = "监护人电话"
    PHONE = "联系电话"
    GUEST = "借读"
    ROLL_AT = "学籍所在学校"
    HOUSEHOLD = "户籍类型"
    DAY = "日期"
    SESSION = "节次"
    STATUS = "状态"
    REASON = "原因"
    TAKEN_AT = "点名时间"


NAMES: dict[Column, str] = {
    Column.ENROLMENT_NO: "学籍号 全国学籍号 学籍号码 学籍编号 全国学籍号码 学生学籍号",
    Column.NAME: "姓名 学生姓名 学生 名字",
    Column.SEX: "性别 学生性别",
    Column.BIRTH: "出生日期 出生年月日 生日 出生时间",
    Column.SCHOOL: "学校 学校名称 就读学校 所在学校 学校全称",
    Column.GRADE: "年级 年级名称 所在年级 就读年级",
    Column.CLASS: "班级 班级名称 所在班级 班别 就读班级 行政班级 年级班级 班",
    Column.IDENTITY_KIND: "身份证件类型 证件类型 身份证类型",
    Column.IDENTITY_NO: (
        "身份证件号 身份证号 身份证号码 证件号码 身份证件号码 证件号 公民身份号码 学生身份证号 身份证"
    ),
    Column.GUARDIAN_NAME: "监护人姓名 监护人 家长姓名 家长 成员1姓名 家庭成员1姓名 监护人1姓名 第一监护人",
    Column.GUARDIAN_PHONE: (
        "监护人电话 监护人联系电话 家长电话 家长联系电话 家长手机 监护人手机 "
        "监护人手机号 成员1联系电话 成员1电话 家庭成员1联系电话 监护人1电话 监护人联系方式 家长联系方式"
    ),
    Column.PHONE: "联系电话 电话 手机 手机号 手机号码 联系方式 电话号码",
    Column.GUEST: "借读 是否借读 借读生 是否借读生",
    Column.ROLL_AT: "学籍所在学校 学籍学校 学籍所在校 学籍所属学校",
    Column.HOUSEHOLD: "户籍类型 户籍情况 户籍类别",
    Column.DAY: "日期 考勤日期 点名日期 上课日期 缺勤日期",
    Column.SESSION: "节次 节 课次 时段 第几节 课节 点名节次",
    Column.STATUS: "状态 考勤状态 出勤状态 考勤 出勤情况 考勤情况 考勤结果 出勤 点名结果 到校情况",
    Column.REASON: "原因 缺勤原因 请假原因 未到校原因 旷课原因 事由 缺席原因",
    Column.TAKEN_AT: "点名时间 考勤时间 登记时间 点名时刻 记录时间",
}

# Columns everybody knows and nobody is told about: the rest of the national 72 items and office habits.
OTHERS = """
    序号 编号 学号 班内学号 座号 备注 照片 学校标识码 学籍辅号 出生地 籍贯 民族 国籍/地区 国籍
    港澳台侨外 政治面貌 健康状况 姓名拼音 曾用名 身份证件有效期 血型 户口所在地 户口性质 户口地址 特长
    入学年月 入学方式 就读方式 学生来源 学生类别 现住址 通信地址 家庭地址 家庭住址 邮政编码 电子信箱
    主页地址 是否独生子女 是否受过学前教育 是否留守儿童 是否进城务工人员随迁子女 是否孤儿
    是否烈士或优抚子女 随班就读 残疾类型 是否由政府购买学位 是否需要申请资助 是否享受一补
    上下学距离(公里) 上下学距离 上下学交通方式 是否需要乘坐校车 学生状态 班主任 记录人 点名人 关系
    与学生关系 星期 出勤天数 缺勤天数 旷课 病假 事假 公假 迟到 早退 应到 实到 合计 小计 出勤率 签名
"""
UNUSED = frozenset(OTHERS.split())

BY_NAME = {name: column for column, names in NAMES.items() for name in names.split()}
FAMILY = re.compile(r"(家庭)?(成员|监护人|家长|父亲|母亲|父|母)([12一二两]?)")
NOTE = re.compile(r"\((必填|选填|必填项|\*|文本|格式.*)\)")


def label(text: str) -> str:
    """A heading as it is compared: no spaces or line breaks, no marks for "must be filled in"."""
    text = NOTE.sub("", compact(text))
    return (
        text.strip("*:※☆★#")
        .replace("家庭成员一", "成员1")
        .replace("成员一", "成员1")
        .replace("成员二", "成员2")
    )


def meaning(heading: str, group: str = "") -> Column | None:
    """What a column is, from its heading and the heading above it that it shares with others."""
    heading, group = label(heading), label(group)
    family = FAMILY.match(group)
    if not family:
        return BY_NAME.get(heading)
    which = {"一": "1", "二": "2", "两": "2"}.get(family[3], family[3])
    return BY_NAME.get(family[2] + which + heading)


def is_known(heading: str) -> bool:
    """Whether the heading is one we know, used or not."""
    name = label(heading)
    return name in BY_NAME or name in UNUSED or FAMILY.match(name) is not None
