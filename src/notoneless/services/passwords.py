"""Which passwords will do, and the one form in which they are kept and compared."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import east_asian_width, normalize

from django.contrib.auth.password_validation import CommonPasswordValidator

from notoneless.records.models import Person
from notoneless.services.refusals import Refusal

LONG_ENOUGH = 12  # a Chinese character counts as two
ENOUGH_LEFT = 5  # different characters beside what everybody thinks of

# What everybody thinks of, taken out before the rest is looked at; longer ones first.
_FRAGMENTS = (
    *("womendexuexiao", "woaizhongguo", "woaixuexi", "woaini", "wodemima", "nihao", "mima", "laoshi"),
    *("xuexiao", "xiaoxue", "zhongxue", "jiaoyuju", "jiaoshi", "jiaowu", "banzhuren", "xiaozhang"),
    *("kongchuobaoxue", "yigedoubunengshao", "notoneless", "password", "passwd", "iloveyou", "welcome"),
    *("administrator", "admin", "root", "user", "test", "qwertyuiop", "qwerty", "asdfghjkl", "asdf"),
    *("zxcvbnm", "zxcv", "1qaz2wsx3edc", "1qaz2wsx", "qazwsx", "qweasd", "5201314", "1314520", "1314"),
    *("520", "666", "888", "168", "abc", "aaa", "qq", "88", "密码", "学校", "老师", "我爱你", "一个都不能少"),
)
_DATE = r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NAME_AND_DATE = re.compile(rf"[a-z]{{2,20}}[._@\-]?{_DATE}|{_DATE}[._@\-]?[a-z]{{2,20}}")


def normal(password: str) -> str:
    """The password as it is kept and compared: full-width letters of an input method are the plain ones.

    Done once, here: setting and asking both go through it.
    """
    return normalize("NFKC", password)


def refuse_weak(password: str, person: Person, username: str) -> None:
    """Raise Refusal when the (normal) password is short, common, or made of the person's own data."""
    low = password.lower()
    if _length(password) < LONG_ENOUGH:
        raise Refusal(
            "PASSWORD_SHORT",
            "密码至少 12 个字符（汉字一个算两个）；可以用几个不相干的词连成一句。",
            "A password has at least 12 characters (Chinese ones count twice); unrelated words will do.",
        )
    if len(password) > 200:
        raise Refusal("PASSWORD_LONG", "密码最多 200 个字符。", "A password has at most 200 characters.")
    if _about(person, username, low):
        raise Refusal(
            "PASSWORD_OWN",
            "密码里不要用自己的姓名、用户名、电话，也不要用拼音加日期。",
            "Leave your name, user name, telephone, and names with dates out of the password.",
        )
    if low in _common() or _left(low) < ENOUGH_LEFT:
        raise Refusal(
            "PASSWORD_COMMON",
            "这个密码太常见，容易被猜中；请换成几个不相干的词连成一句。",
            "This password is common and easily guessed; use a few unrelated words.",
        )


def _length(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def _about(person: Person, username: str, low: str) -> bool:
    own = [username.lower(), person.name.lower(), re.sub(r"\D", "", person.phone)]
    return any(len(each) >= 2 and each in low for each in own) or bool(_NAME_AND_DATE.fullmatch(low))


def _left(low: str) -> int:
    """How many different characters stay when common parts, runs (1234, dddd) and ends of words are gone."""
    for fragment in sorted(_FRAGMENTS, key=len, reverse=True):
        low = low.replace(fragment, "")
    kept = [b for a, b in zip(" " + low, low, strict=False) if ord(b) - ord(a) not in (-1, 0, 1)]
    return len(set(kept))


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
