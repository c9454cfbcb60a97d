"""A name that is asked for is one that was given to that thing: "that's called pacing" names no cat."""

from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import sentence_at
from remanence.language.statements.happened import stems
from remanence.language.statements.kin import KIN
from remanence.language.statements.named import kinds_of
from remanence.language.text import content_words, words

_NAMES = lazy_pattern(
    r"\b(?:called|names?|named|heißt|heisst|se llaman?|s['’]appelle|si chiama|se chama)\b|叫|名", re.I
)
_GIVEN = lazy_pattern(
    r"(?P<to>[\w'’-]+)\s(?:(?:is|are|was|were|will be|has been|have been|now|just|even)\s){0,3}(?:called|named)\s"
    r"|(?P<by>[\w'’-]+)(?:['’]s)?\snames?\s(?:is|was|will be)\s",
    re.I,
)
_POINTS = frozenset("that thats this these those which what".split())
"""Words that point at what was just said, and not at somebody."""


def named_otherwise(short: str, text: str, asked: Question) -> bool:
    """Whether a name is asked for and what a text tells is a kind ("a dog"), or the name of something else.

    That is so where its sentence gives the name to what is pointed at ("that's called ..."), or in small letters to a
    thing that the question does not name, and the sentence has no word of what the question names.
    """
    if asked.expected.form not in ("thing", "person", "place") or not _NAMES.search(asked.text):
        return False
    told = content_words(short)
    if told and all(KIN.get(word) is not None for word in told):
        return True
    place = text.find(short)
    if place < 0 or not short.isascii():
        return False
    sentence = sentence_at(text[:4_000], place, shortest=0)
    people = {part.casefold() for name in asked.people for part in words(name)}
    wanted = kinds_of(re.split(r"['’]", word)[0] for word in asked.essence if not _NAMES.search(word)) - people
    if not wanted or stems(wanted) & stems(kinds_of(words(sentence))):
        return False
    given = next((m for m in _GIVEN.finditer(sentence) if sentence.startswith(short.split(" ")[0], m.end())), None)
    if given is None:
        return False
    thing = re.split(r"['’]", (given["to"] or given["by"] or "").casefold())[0]
    return thing in _POINTS or (short.islower() and thing not in ("he", "she", "it", "they", "him", "her", "them"))
