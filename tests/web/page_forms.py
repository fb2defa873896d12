"""The forms of a page, and how somebody might fill them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Given = dict[str, list[str]]


@dataclass
class Form:
    """One form of a page: where it goes, what it carries, what may be chosen and written."""

    action: str
    hidden: Given = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # in the order of the page
    written: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # the kind of field and what stands in it
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **more: str | list[str]) -> Given:
        """The fields as somebody might fill them: what may be chosen first, something where one writes."""
        chosen = {name: [next((v for v in values if v), "")] for name, values in self.choices.items()}
        written = {
            name: [text.strip() or SOMETHING.get(kind, "写一句")]
            for name, (kind, text) in self.written.items()
        }
        pressed = {name: [value] for name, value in self.buttons[:1] if name}
        return {
            **self.hidden,
            **chosen,
            **written,
            **pressed,
            **{n: v if isinstance(v, list) else [v] for n, v in more.items()},
        }


SOMETHING = {
    "date": "2025-09-08",
    "datetime-local": "2025-09-08T10:00",
    "number": "1",
    "tel": "00000000456",
    "time": "10:00",
}


class FormReader(HTMLParser):
    """The forms of a page that are posted."""

    def __init__(self, page: str, url: str) -> None:
        super().__init__()
        self.url, self.forms = url, list[Form]()
        self._form: Form | None = None
        self._select, self._area = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in pairs}
        if tag == "form" and at.get("method") == "post":
            self._form = Form(at.get("action") or self.url)
            self.forms.append(self._form)
        form = self._form
        if form is None or "disabled" in at:
            return
        name = at.get("name", "")
        if tag == "input":
            self._input(form, at, name)
        elif tag == "button":
            form.buttons.append((name, at.get("value", "")))
        elif tag == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif tag == "option" and self._select:
            values = form.choices[self._select]
            values.insert(len(values) if "selected" in at else 0, at.get("value", ""))
        elif tag == "textarea":
            self._area = name
            form.written[name] = ("textarea", "")

    def _input(self, form: Form, at: dict[str, str], name: str) -> None:
        kind, value = at.get("type", "text"), at.get("value", "")
        if kind == "hidden":
            form.hidden.setdefault(name, []).append(value)
        elif kind == "file":
            form.files.add(name)
        elif kind in ("radio", "checkbox"):
            values = form.choices.setdefault(name, [])
            values.insert(0 if "checked" in at else len(values), value or "on")
        elif kind != "submit":
            form.written[name] = (kind, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, text: str) -> None:
        if self._form and self._area:
            self._form.written[self._area] = ("textarea", self._form.written[self._area][1] + text)
