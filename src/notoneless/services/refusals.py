"""Why an act is not done, said once: the page shows it on the greyed button, the API sends its code."""

from __future__ import annotations


class Refusal(Exception):
    """An act that may not be done now, by this person, or with these facts.

    `zh` and `en` are one sentence each that says who may do it or what would be right.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.code = code
        self.zh = zh
        self.en = en

    def text(self, language: str = "zh") -> str:
        """The sentence, Chinese unless `language` starts with "en"."""
        return self.en if language.startswith("en") else self.zh

    def __reduce__(self) -> tuple[type[Refusal], tuple[str, str, str]]:
        return Refusal, (self.code, self.zh, self.en)
