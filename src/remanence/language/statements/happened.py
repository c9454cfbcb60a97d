"""Whether a sentence says that something happened, is over, was only planned, was called off, is denied, or asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import words

Happened = Literal["affirmed", "over", "planned", "cancelled", "denied", "asked"]


def _pattern(rows: str) -> re.Pattern[str]:
    """A pattern over several lines, which are joined."""
    return lazy_pattern("".join(row.strip("\n").removeprefix("    ") for row in rows.split("\n")), re.I)


_BREAK = _pattern(r"""
    [,;:()]\s|\s[-–—]\s|\.{2,}|…|[.!]\s|\s(?=(?:but|though|although|because|since|so|until|only)\s)""")
_OFF = _pattern(r"""
    \b(?:cancel\w*|called (?:it |that |the \w+ )?off|fell through|fallen through|didn['’]?t happen|not happening|
    isn['’]?t happening|never happened|won['’]?t happen|scrapped|bailed|backed out|pulled out|postponed|put off|
    dropped out|changed (?:my|our|his|her|their) minds?|decided (?:against|not to)|
    (?:it['’]?s|is|are|was|were|['’]s|trip|plan) off(?! (?:to|on|for|work|the)\b)|no longer (?:going|doing)|
    (?:didn|couldn)['’]?t make it|off the table|off the cards|out of the question|stay(?:s|ing|ed)? put|
    no [\w -]{2,20} for (?:me|us|him|her|them)\b|(?:said|say|saying|says) no to|turned (?:\w+ ){0,4}down|
    pulled the plug|abgesagt|storniert|ausgefallen|fällt aus|cancel(?:ad[oa]s?|amos|aron)|annulé\w*|annullat[oa])
    \b|取消""")
_INTENDED = _pattern(r"""
    \b(?:plan(?:s|ned|ning)?|want(?:s|ed|ing)?|wanna|wish(?:es|ed)?|hop(?:e|es|ed|ing)|thinking (?:of|about)|
    thought (?:of|about)|talk(?:s|ed|ing)? (?:of|about)|consider(?:ing|ed)?|going to|gonna|will|['’]ll|would|['’]d|
    might|may(?! \d)|maybe|perhaps|could|should|supposed to|meant to|intend(?:s|ed|ing)?|about to|dream(?:s|ed|ing)?|
    tempted|let['’]?s|if|almost|nearly|looking forward to|next (?:week|month|year|weekend)|tomorrow|someday|one day|
    fancy|aim(?:s|ing)?|(?:is|are|am|['’]m|['’]s|['’]re) (?:moving|going|coming|leaving|visiting|starting|flying|
    travelling|getting|joining|having|buying|selling)|ought to|
    booked|signed up|invited|möchte|wollte|würde|vielleicht|quiero|quería|veux|
    voulais|vorrei|quero)\b""")
_OVER = _pattern(r"""
    \b(?:sold|stolen|gone(?! (?:to|on|for|through|over|off|into|by|well|home)\b)|gave (?:\w+ ){0,3}away|
    given (?:\w+ ){0,3}away|got rid of|quit|left|stopped|gave up|given up|no longer|any ?more|used to|
    broke up|split up|moved out|resigned|retired|fired|laid off|died|passed away|threw away|thrown away|returned|
    dropped|nicht mehr|kein\w* mehr|ya no|ne \w+ plus)\b""")
_NOT = _pattern(r"""
    \b(?:not|never|no|none|nobody|nothing|without|cannot|neither|nor|hardly|refused|declined|skipped|missed|nicht|nie|
    kein\w*|nunca|jamais|não|niet|geen|
    (?:is|are|was|were|do|does|did|has|have|had|ca|wo|sha|would|could|should|must|might|need|ai)n['’]?t)\b""")
_ONLY_EXCLAIMS = _pattern(r"""
    ^\W*no(?:pe)?\W|\bno (?:idea|problem|worries|doubt|wonder|time)\b|\bnot (?:only|bad|sure)\b""")
_PAST_OF = {
    past: base
    for base, pasts in (
        pair.split(":")
        for pair in """go:went,gone take:took,taken pay:paid see:saw,seen get:got,gotten make:made buy:bought come:came
        give:gave,given find:found leave:left lose:lost win:won eat:ate,eaten drive:drove,driven fly:flew,flown
        spend:spent write:wrote,written teach:taught bring:brought sell:sold meet:met send:sent tell:told say:said
        do:did,done have:had,has begin:began,begun break:broke,broken build:built catch:caught choose:chose,chosen
        drink:drank,drunk fall:fell,fallen feel:felt forget:forgot,forgotten grow:grew,grown hear:heard hold:held
        keep:kept know:knew,known learn:learnt lend:lent run:ran ride:rode,ridden ring:rang sing:sang,sung sit:sat
        sleep:slept speak:spoke,spoken stand:stood steal:stole,stolen swim:swam,swum think:thought throw:threw,thrown
        understand:understood wake:woke,woken wear:wore,worn""".split()
    )
    for past in pasts.split(",")
}


def happened(sentence: str, asked: Iterable[str]) -> Happened:
    """How the sentence means what the question's words name: by the clause that holds most of them.

    What the clauses behind it say of "it" ("but it's off") counts too. asked: content words of a question.
    """
    if sentence.rstrip(" \"')").endswith(("?", "？")):
        return "asked"
    wanted = stems(asked)
    parts = [part for part in _BREAK.split(sentence) if part.strip()] or [sentence]
    held = [len(wanted & stems(words(part))) for part in parts]
    place = held.index(max(held))
    clause, behind = parts[place], parts[place + 1 :]
    if _OFF.search(clause) or any(_OFF.search(part) for part in behind):
        return "cancelled"
    if _INTENDED.search(clause[: _end(clause, wanted)]):
        return "planned"
    if _OVER.search(clause):
        return "over"
    return "denied" if _NOT.search(_ONLY_EXCLAIMS.sub(" ", clause)) else "affirmed"


def _end(clause: str, wanted: frozenset[str]) -> int:
    """Where the last of the words stands that are asked for; the whole clause where none does."""
    found = [m.start() for m in re.finditer(r"\w+", clause) if stem(m.group().lower()) in wanted]
    return found[-1] if found else len(clause)


def share(sentence: str, asked: Sequence[str]) -> float:
    """The share of the words that the sentence holds, whatever their endings, in [0, 1]."""
    wanted = stems(asked)
    return len(wanted & stems(words(sentence))) / len(wanted) if wanted else 0.0


def stems(every: Iterable[str]) -> frozenset[str]:
    """The stems of words in lower case."""
    return frozenset(stem(word) for word in every)


def stem(word: str) -> str:
    """A word without the commonest endings; past forms of irregular verbs as the verb."""
    word = re.split(r"['’]", word)[0]
    if word in _PAST_OF:
        return _PAST_OF[word].rstrip("e")
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word
