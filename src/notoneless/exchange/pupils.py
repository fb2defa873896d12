"""Whom a row of an attendance sheet means: by enrolment number, else by class and name; never by likeness."""

from __future__ import annotations

from typing import NamedTuple

from notoneless.exchange.cells import Wrong, shortened
from notoneless.exchange.classes import classes_in, grade_of
from notoneless.exchange.identity import enrolment_no
from notoneless.exchange.rosters import Roster

CLASSES_SHOWN = 12


class ClassOf(NamedTuple):
    """A class on the roster."""

    school: str
    name: str

    @property
    def grade(self) -> str:
        """The grade its name tells, "" if it tells none."""
        return grade_of(self.name)


class Pupils:
    """A roster, ready to be asked."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.members: dict[ClassOf, list[int]] = {}
        self._by_number: dict[str, int] = {}
        self._by_name: dict[tuple[ClassOf, str], list[int]] = {}
        self._by_class_name: dict[str, list[ClassOf]] = {}
        for index, pupil in enumerate(roster.pupils):
            self._enter(index, ClassOf(pupil.school, pupil.class_name), pupil.name, pupil.enrolment_no)

    def _enter(self, index: int, of: ClassOf, name: str, number: str) -> None:
        if number:
            self._by_number[number] = index
        if of not in self.members:
            self._by_class_name.setdefault(of.name, []).append(of)
        self.members.setdefault(of, []).append(index)
        self._by_name.setdefault((of, name), []).append(index)

    def class_of(self, index: int) -> ClassOf:
        """The class a pupil is in."""
        pupil = self.roster.pupils[index]
        return ClassOf(pupil.school, pupil.class_name)

    def find(self, number: str, name: str, of: ClassOf | None) -> int:
        """The one pupil meant; raises Wrong with what does not agree."""
        return self._numbered(number, name, of) if number else self._named(name, of)

    def _numbered(self, number: str, name: str, of: ClassOf | None) -> int:
        plain = enrolment_no(number)
        if plain.error:
            raise Wrong(plain.error)
        index = self._by_number.get(plain.value)
        if index is None:
            raise Wrong("这个学籍号不在花名册里，请核对，或先导入有这名学生的花名册。")
        pupil = self.roster.pupils[index]
        if name and name != pupil.name:
            raise Wrong(
                f"这个学籍号在花名册里是“{pupil.name}”，这里的姓名是“{shortened(name)}”，请改成一致。"
            )
        if of is not None and self.class_of(index) != of:
            raise Wrong(f"“{pupil.name}”在花名册里是{pupil.class_name}，不是{of.name}，请核对。")
        return index

    def _named(self, name: str, of: ClassOf | None) -> int:
        if of is None:
            raise Wrong(
                "没有写明班级，也没有学籍号，不能确定是哪名学生；请在标题里写明班级，或加上学籍号一列。"
            )
        found = self._by_name.get((of, name), [])
        if len(found) > 1:
            raise Wrong(f"{of.name}有 {len(found)} 名学生叫“{shortened(name)}”，请加上学籍号一列来区分。")
        if not found:
            raise Wrong(f"“{shortened(name)}”不在{of.name}的花名册里，请核对姓名和班级，或先更新花名册。")
        return found[0]

    def class_called(self, name: str, context: str = "") -> ClassOf:
        """The class with this name, of the school that `context` names if need be; raises Wrong."""
        found = self._by_class_name.get(name, [])
        if not found:
            raise Wrong(f"花名册里没有“{shortened(name)}”；花名册里的班级是：{self._known_classes()}。")
        if len(found) > 1:
            found = [of for of in found if of.school and of.school in context]
        if len(found) != 1:
            raise Wrong(f"花名册里有几所学校都有“{name}”，请在标题里写明学校名称。")
        return found[0]

    def class_in_titles(self, *titles: str) -> ClassOf | None:
        """The one class that titles and sheet name name, None if they name none; raises Wrong if several."""
        named = {name for title in titles for name in classes_in(title, self._by_class_name)}
        if not named:
            return None
        if len(named) > 1:
            raise Wrong(f"标题和工作表名里写了几个班级：{'、'.join(sorted(named))}，请只写一个。")
        return self.class_called(named.pop(), " ".join(titles))

    def _known_classes(self) -> str:
        names = [name for name in self._by_class_name if name]
        more = f"等 {len(names)} 个班" if len(names) > CLASSES_SHOWN else ""
        return ("、".join(names[:CLASSES_SHOWN]) or "（花名册没有写班级）") + more
