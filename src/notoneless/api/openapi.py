"""The description that programs and their makers read: OpenAPI 3.1, from the operations listed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from notoneless.core.terms import AbsenceReason, AttendanceStatus

Schema = dict[str, Any]


class Operation(NamedTuple):
    """One thing a program may ask or do; `name` is that of its address."""

    name: str
    method: str
    path: str
    zh: str
    en: str
    answers: Schema
    takes: Schema | None = None
    status: int = 200


def _object(**fields: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _some(**fields: Schema) -> Schema:
    """An object that may have these."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _codes(values: list[str]) -> Schema:
    return {"type": "string", "enum": values}


TEXT, NUMBER, YES_NO = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
DAY, MOMENT = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
ID = {"type": "string", "format": "uuid"}
TERM = _object(code=TEXT, zh=TEXT, en=TEXT)
PLACE = _object(id=NUMBER, name=TEXT)
CLASS = _object(id=NUMBER, name=TEXT, grade=NUMBER, school=PLACE)
STATUS = _codes([each.value for each in AttendanceStatus])
REASON = _codes([each.value for each in AbsenceReason])
POST = {
    **_object(post=TERM, place=_or_none(PLACE), until=_or_none(DAY)),
}
POST["properties"] |= {"class": _or_none(PLACE), "from": DAY}
POST["required"] += ["class", "from"]
PUPIL = _object(
    id=ID,
    name=TEXT,
    status=_or_none(STATUS),
    leave=_or_none(_object(until=DAY, reason=REASON)),
)
CALLED = _object(id=ID, taken_at=MOMENT, expected=NUMBER, absent=NUMBER, leave=NUMBER, unrecorded=NUMBER)
REGISTER = _object(day=DAY, session=TEXT, pupils=_list(PUPIL), roll_call=_or_none(CALLED))
REGISTER["properties"]["class"] = CLASS
REGISTER["required"].append("class")
ROLL_CALL = {
    **_some(
        key={"type": "string", "minLength": 1, "maxLength": 80},
        taken_at=MOMENT,
        rest_present=YES_NO,
        marks=_list({**_some(child=ID, status=STATUS, reason=REASON), "required": ["child", "status"]}),
    ),
    "required": ["key"],
}
RECEIPT = _object(
    roll_call=ID,
    recorded_at=MOMENT,
    receipt=TEXT,
    expected=NUMBER,
    present=NUMBER,
    absent=NUMBER,
    leave=NUMBER,
    late=NUMBER,
    unrecorded=NUMBER,
    opened=NUMBER,
    competing=YES_NO,
)
OBLIGATION = _object(
    key=ID,
    act=TERM,
    who=TERM,
    child=_or_none(_object(id=ID, name=TEXT)),
    place=PLACE,
    due_at=_or_none(MOMENT),
    overdue=YES_NO,
)
OBLIGATION["properties"]["class"] = _or_none(PLACE)
OBLIGATION["required"].append("class")
CHILD = {
    **_some(
        id=ID,
        fields=_list(TEXT),
        name=TEXT,
        sex=_or_none(TERM),
        identity_no=TEXT,
        guardians=_list(_object(name=TEXT, relation=TEXT, phone=TEXT)),
        groups=_list(TERM),
        obligations=_list(OBLIGATION),
    ),
    "required": ["id", "fields", "groups", "obligations"],
}
SCHOOL = _object(id=NUMBER, name=TEXT, classes=NUMBER, pupils=NUMBER)
REFUSED = _object(code=TEXT, zh=TEXT, en=TEXT)
_REGISTER_PATH = "/api/v1/classes/{class_id}/roll-calls/{day}/{session}/"

OPERATIONS = (
    Operation(
        "me",
        "GET",
        "/api/v1/me/",
        "我是谁，今天任什么岗位",
        "Who I am, and the posts I hold today",
        _object(name=TEXT, now=MOMENT, posts=_list(POST)),
    ),
    Operation(
        "classes",
        "GET",
        "/api/v1/classes/",
        "我能看点名的班级；一次最多 500 个，after= 接着上一个编号",
        "The classes whose roll calls I may see; 500 at a time, after= goes on behind a number",
        _object(classes=_list(CLASS), more=YES_NO),
    ),
    Operation(
        "roll_call",
        "GET",
        _REGISTER_PATH,
        "一个班这一节的名单、请假和已有的点名",
        "The register of a class for a session, with leave and what was called",
        REGISTER,
    ),
    Operation(
        "roll_call",
        "POST",
        _REGISTER_PATH,
        "点名；同一个 key 再发一次，得到第一次的回执",
        "Take the roll call; the same key again gives the first receipt",
        RECEIPT,
        ROLL_CALL,
        201,
    ),
    Operation(
        "owed",
        "GET",
        "/api/v1/owed/",
        "我的岗位应办未办的事，最早到期的在前",
        "What my posts owe and have not done, the soonest first",
        _object(obligations=_list(OBLIGATION), more=YES_NO),
    ),
    Operation(
        "child",
        "GET",
        "/api/v1/children/{child_id}/",
        "一名学生，只有我的岗位能看的字段",
        "A child, by the field sets of my posts",
        CHILD,
    ),
    Operation(
        "silent",
        "GET",
        "/api/v1/places/{place_id}/silent-schools/",
        "今天还没有消息的学校",
        "The schools of which nothing is heard today",
        _object(place=PLACE, asks=YES_NO, silent=_list(SCHOOL)),
    ),
)
_IN_PATH: Mapping[str, tuple[Schema, str]] = {
    "class_id": (NUMBER, "班级编号 · a class's number"),
    "day": (DAY, "日期 · a day"),
    "session": (TEXT, "节次代码，如 MORNING · a session's code, such as MORNING"),
    "child_id": (ID, "学生 id · a child's id"),
    "place_id": (NUMBER, "单位编号 · a place's number"),
}
_SAID = {
    "401": "令牌不对、已到期或已停用 · no token that may be used",
    "403": "令牌只能读取 · the token may only read",
    "404": "没有，或不在岗位范围内 · not there, or out of reach",
    "422": "不能办，原因写在里面 · refused, with the reason",
    "429": "太频繁，见 Retry-After · too often, see Retry-After",
}


def description() -> Schema:
    """The whole document."""
    paths: dict[str, Schema] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    bearer = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "一个都不能少 · Not One Less", "version": "1"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": bearer}, "schemas": {"Refused": REFUSED}},
    }


def _operation(each: Operation) -> Schema:
    names = [part[1:-1] for part in each.path.split("/") if part.startswith("{")]
    fields = [
        {"name": n, "in": "path", "required": True, "schema": _IN_PATH[n][0], "description": _IN_PATH[n][1]}
        for n in names
    ]
    if each.name == "classes":
        fields.append({"name": "after", "in": "query", "required": False, "schema": NUMBER})
    found: Schema = {
        "operationId": f"{each.method.lower()}_{each.name}",
        "summary": f"{each.zh} · {each.en}",
        "parameters": fields,
        "responses": {str(each.status): _said("", each.answers)}
        | {code: _said(words, {"$ref": "#/components/schemas/Refused"}) for code, words in _SAID.items()},
    }
    if each.takes is not None:
        found["requestBody"] = {"required": True, "content": _json(each.takes)}
    return found


def _said(words: str, schema: Schema) -> Schema:
    return {"description": words or "好 · done", "content": _json(schema)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
