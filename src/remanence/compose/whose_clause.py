"""Of whom, and of when, the clause is that an answer stands in: "Anouk rides a gravel bike, I have a Peugeot"."""

from __future__ import annotations

import re

from remanence.language.contrast import contrasts
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import clause_round, sentence_at
from remanence.language.statements.happened import stems
from remanence.language.statements.kin import KIN_WORDS
from remanence.language.text import content_words, words
from remanence.language.times.reading import MOVED_TO
from remanence.types import Item

ONE_SAYING = 200
"""Characters of a text that is read as one saying."""
_I = lazy_pattern(r"^\W*(?:(?:and|but|so|then|now)\s){0,2}(?:i|i['’](?:m|ve|ll|d)|im|we|my|our)\b", re.I)
_NOW = lazy_pattern(r"\b(?:now|from now on|these days|nowadays|as of today)\b", re.I)
_MOVED = lazy_pattern(rf"(?:\b(?:got|was|were|had been|been)\s)?{MOVED_TO}\b", re.I)
_OF_THEN = lazy_pattern(r"\b(?:was|were|had|used to|before|until|instead|previously|formerly|old|from)\b", re.I)


def said_of_the_speaker(short: str, cited: Item, asked: Question) -> bool:
    """Whether a clause tells of who says "I" while another one of its sentence tells of whom it is asked.

    Not where the asker asks of themselves, or of the speaker by name.
    """
    speaker = (cited.who or "").casefold()
    names = {part.casefold() for name in (*asked.names, *asked.people) for part in words(name)}
    if asked.says_i or not names or names & set(words(speaker)):
        return False
    place = cited.text.find(short)
    if place < 0:
        return False
    sentence = sentence_at(cited.text[:4_000], place, shortest=0)
    clause = clause_round(sentence, short)
    beside = set(words(sentence)) - set(words(clause))
    return clause != sentence and _I.match(clause) is not None and bool(names & beside)


_KINS = lazy_pattern(rf"\b(?P<kin>{KIN_WORDS})['’]s\s(?:\w+\s)?(?P<what>[^\W\d_]{{3,}})", re.I)
_OWN = lazy_pattern(r"(?:['’]s|\b(?:my|our|his|her|their|your))\s(?:\w+\s)?(?P<what>[^\W\d_]{3,})", re.I)


def only_ones_kins(cited: Item, asked: Question) -> bool:
    """Whether a text has what is asked of somebody as their kin's alone: "my daughter's birthday" for "Ann's"."""
    wanted = {stem for m in _OWN.finditer(asked.text) for stem in stems([m["what"].lower()])}
    text, asks = cited.text[:2_000], set(words(asked.text))
    told = [m for m in _KINS.finditer(text) if stems([m["what"].lower()]) & wanted]
    every = [word for word in words(text) if stems([word]) & wanted]
    known = any({m["kin"].lower(), f"{m['kin'].lower()}'s"} & asks for m in told)
    return bool(told) and not known and len(every) == len(told)


def done_by_the_speaker(short: str, cited: Item, asked: Question) -> bool:
    """Whether the clause before has what is asked in the speaker's own mouth: "I'll take the Pi, Bo ..."."""
    place = cited.text.find(short)
    if asked.expected.form != "person" or asked.says_i or place < 0 or not cited.who or not short[:1].isupper():
        return False
    sentence = sentence_at(cited.text[:4_000], place, shortest=0)
    other = clause_round(sentence, short)
    mine = sentence[: sentence.find(other)] if other != sentence else ""
    wanted = stems(asked.essence)
    held = wanted & stems(content_words(mine)), wanted & stems(content_words(other))
    return _I.match(mine) is not None and held[0] > held[1]


def is_of_now(cited: Item, asked: Question) -> bool:
    """Whether a short text tells only what is so now, or to what it was moved, where it is asked what was before."""
    if asked.tense != "before" or len(cited.text) > ONE_SAYING:
        return False
    moved = _MOVED.search(cited.text)
    if moved is None and not _NOW.search(cited.text):
        return False
    rest = cited.text if moved is None else cited.text[: moved.start()] + cited.text[moved.end() :]
    return not _OF_THEN.search(rest) and not contrasts(cited.text)
