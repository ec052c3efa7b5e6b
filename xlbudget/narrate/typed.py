"""Putting typed texts in order: punctuation, doubled words and the lead-ins that the report adds."""

from __future__ import annotations

import re

_LEAD_IN = re.compile(
    r"(?:决算数?(?:大于|小于|高于|低于)[^，。；：]{0,12}?的)?"
    r"(?:(?:主要)?原因(?:(?:是|为|在于|系)[：:]?|[：:]|(?=[一1]是))|主要(?:是|为|系)[：:]?)"
)
_SPACES = re.compile(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])")
_PRIVATE = re.compile("[\x00-\x08\x0b-\x1f\ue000-\uf8ff]")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_NARROW = re.compile(r"(?<=[^\x00-\x7f])[,;:?!]|[,;:?!](?=[^\x00-\x7f])")
_RUN = re.compile(r"[，。；：、！？,;:!?]{2,}")
_DOUBLED = re.compile(r"(主要是|其中|同比|的)\1+")
_EDGES = "，。；：、！？,;:!?. \t"


def tidy(text: str) -> str:
    """One typed line as it goes into a sentence: full-width punctuation, no end mark."""
    text = _PRIVATE.sub("", text).lstrip("# ")
    text = _SPACES.sub("", text.strip())
    text = _RUN.sub(_strongest, text)
    text = _NARROW.sub(lambda match: _WIDE[match[0]], text)
    text = _DOUBLED.sub(r"\1", text)
    text = re.sub("元{2,}", "元", text)
    return text.strip(_EDGES)


def _strongest(match: re.Match[str]) -> str:
    """Of several marks in a row the one that separates most."""
    return min((_WIDE.get(char, char) for char in match[0]), key="。！？；：，、".index)


def sentence(text: str) -> str:
    """A typed text of any number of lines as one sentence without its end mark."""
    lines = [line for line in map(tidy, text.splitlines()) if line]
    return "；".join(lines)


def reason(text: str) -> str:
    """A typed reason without the words that the report puts before it; "" if it has only those."""
    text = sentence(text)
    while match := _LEAD_IN.match(text):
        text = text[match.end() :].lstrip(_EDGES)
    return text


def lines(text: str) -> list[str]:
    """A typed text of several paragraphs: each line tidied, empty ones dropped."""
    return [line for line in map(tidy, text.splitlines()) if line]


_NUMBER = re.compile(
    r"[（(]\s*(?:\d+|[一二三四五六七八九十百]+)\s*[)）]|(?:\d+|[一二三四五六七八九十百]+)[、.．](?!\d)|[①-⑳]"
)


def is_numbered(line: str) -> bool:
    """Whether a line begins with a number of its own: （一）, 1., 一、, ①."""
    return bool(_NUMBER.match(line.strip()))
