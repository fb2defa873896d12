"""Invented names, and numbers that can belong to nobody."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from notoneless.core.terms import Sex

# Frequent surnames first, each as often as the weight beside it says.
_SURNAMES = {
    "王李张": 7,
    "刘陈杨": 5,
    "黄赵吴周": 3,
    "徐孙马朱胡郭何林罗高": 2,
    "郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方白邹熊": 1,
}
SURNAMES = [name for names, weight in _SURNAMES.items() for name in names for _ in range(weight)]
_ANY = "明文子雨晨思安宇清远林青山云川月星舟竹松禾秋春夏晓天一乐嘉佳欣然可心知行之言书语景和宁"
_BOYS = "浩轩杰伟强俊鹏飞博涛磊凯龙海志勇辉阳斌睿泽铭航"
_GIRLS = "婷雪梅芳琳丽娜静怡慧敏颖莹洁蕾薇妍瑶萱琪彤悦"
_ELDERS = "建国华军平民福贵生根荣发秀英兰桂珍玉凤萍琴红霞德成长顺有田水旺"
_STEMS = """
    云岭 清溪 石桥 青坪 竹沟 白塘 松坡 枫湾 梅寨 桃源 柳河 银杏 金溪 双桥 长岭 大湾 小河 东坪 龙塘 凤坡
    玉泉 红岩 沙坝 高寨 平川 水口 新田 月亮湾 向阳 莲花 杨柳 马鞍 石门 茶园 草坪 黄沙 三岔 九龙 双河 古井
    北斗 南山 西岭 河口 花桥 铁炉 观音 牛栏 磨盘 碾房 望江 落星 乌石 瓦窑 大树 芦荻 甘泉 麦地 烟竹 锦屏
"""
# Villages share a name and are told apart by where they lie: a county of 300 schools needs them all.
_SIDES = ("", "东", "西", "上", "下")
SCHOOL_STEMS = [side + stem for side in _SIDES for stem in _STEMS.split()]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_CHECK = "10X98765432"
MADE_UP_AREA = "000000"  # no place has this area code, so no person has such a number


def surname(rng: Random) -> str:
    """A surname, frequent ones more often."""
    return rng.choice(SURNAMES)


def given_name(rng: Random, sex: Sex) -> str:
    """One or two characters; two are the usual."""
    own = _BOYS if sex is Sex.MALE else _GIRLS
    first = rng.choice(_ANY)
    if rng.random() < 0.12:
        return first
    second = rng.choice(own + _ANY)
    return first + second if second != first else first


def elder_name(rng: Random) -> str:
    """The given name of somebody of the parents' age."""
    first = rng.choice(_ELDERS)
    return first if rng.random() < 0.2 else first + rng.choice(_ELDERS.replace(first, ""))


def born(rng: Random, grade: int, school_year: int, over_age: bool) -> date:
    """A birthday of a child in `grade` in the school year that begins in `school_year`."""
    first = date(school_year - 6 - grade - over_age, 9, 1)
    return first + timedelta(days=rng.randrange(365))


def identity_no(birth_on: date, sex: Sex, serial: int) -> str:
    """A well-formed identity number of no area; `serial`, 0–498, tells equal birthdays apart."""
    order = serial * 2 + (1 if sex is Sex.MALE else 2)
    return _with_check_digit(f"{MADE_UP_AREA}{birth_on:%Y%m%d}{order:03d}")


def enrolment_no(entered: int, no: int) -> str:
    """A well-formed enrolment number: the year of entry and the child's number, of no area."""
    return "G" + _with_check_digit(f"{MADE_UP_AREA}{entered:04d}{no:07d}")


def phone(no: int) -> str:
    """A telephone number that cannot be dialled: no area has the code 000."""
    return f"000-{no:07d}"


def _with_check_digit(first_17: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return first_17 + _CHECK[total % 11]
