"""A port is its service's: of "the api runs on 8080, the worker listens on 9090" each has its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remanence.language.common_words import FUNCTION_WORDS, listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.statement import Statement

LISTENER = (
    r"(?:api|server|service|app|dashboard|back-?end|front-?end|proxy|database|db|daemon|worker|"
    r"scheduler|gateway|broker|queue|cache|jenkins|grafana|prometheus|redis|postgres|mysql|nginx|exporter|bot|ui|site)"
)
"""What listens on a port."""
SERVICE = rf"(?:[a-z][\w-]{{1,14}}\s)?{LISTENER}"
"""The same with a word before it: "auth service"."""
_LONGEST = 60
_STOPS = lazy_pattern(r"[,;.!?\n](?=\s)")
_LISTENS = lazy_pattern(
    rf"\b(?P<s>{SERVICE}|[a-z][\w-]{{2,20}}(?=\s(?:(?:now|still|only|also)\s)?(?:listens|binds|is\slistening)\b))\b",
    re.I,
)
_FOR = lazy_pattern(rf"^\W{{0,3}}(?:is\s|now\s)*(?:for|of)\s(?:the|our|my)?\s?(?P<s>{SERVICE})\b", re.I)
_PORT_OF = lazy_pattern(r"port (?:of|for) (?:the |our |my )?(?P<s>.+)|(?P<a>.+) port", re.I)
_NO_SERVICE = FUNCTION_WORDS | listed(
    "default new old usb serial same other another next first second free now then also only still moved put run runs"
)


def of_services(found: Sequence[Statement], text: str) -> list[Statement]:
    """The statements, those of a port with the service that it is the port of as their subject."""
    return [_of_service(one, text) if "port" in one.attribute else one for one in found]


def _of_service(one: Statement, text: str) -> Statement:
    named = _PORT_OF.fullmatch(one.attribute)
    if named is not None:
        service = _bare(named["s"] or named["a"])
    elif one.attribute == "port":
        service = _beside(one, text)
    else:
        return one
    return replace(one, subject=service, attribute="port", in_talk=True) if service else one


def _beside(one: Statement, text: str) -> str:
    """The service that the clause of a port names, before it or behind it ("8080 for the api")."""
    place = text.find(one.value, one.start)
    if place < 0:
        return ""
    begin = max(0, place - _LONGEST)
    begin = max([begin, *(m.end() for m in _STOPS.finditer(text, begin, place))])
    before = [_bare(m["s"]) for m in _LISTENS.finditer(text, begin, place)]
    behind = _FOR.match(text[place + len(one.value) :])
    return next((name for name in reversed(before) if name), "") or (_bare(behind["s"]) if behind is not None else "")


def _bare(name: str) -> str:
    """The name without the small words before it; "" for none."""
    words = name.lower().split()
    while words and (words[0] in _NO_SERVICE or words[0].endswith("ed")):
        words.pop(0)
    return " ".join(words)
