"""Finds the clauses of a sentence: where one begins, who or what it is about, and its verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from remanence.language.common_words import FUNCTION_WORDS, listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.words import BARE, BEASTS, NO_THING, PEOPLE
from remanence.language.statements.talk.clause import is_name
from remanence.records import dataclass

TOKEN = lazy_pattern(
    r"[^\W\d_]+(?=['’](?:m|s|re|ve|d|ll)\b)|['’](?:m|s|re|ve|d|ll)\b|(?:Mr|Mrs|Ms|Dr|St|Prof)\.|[^\W_][\w'’&+#-]*|[^\w\s]"
)
"""Words, with "'s" apart, and marks."""
_OPENS = listed(
    """and but so because btw also oh well yes yeah yep yup no nope ok okay then since sorry correction news update haha
    lol hi hey ah hm hmm ugh right sure wait actually plus fyi wow great good morning thanks now anyway while honestly
    only"""
)
"""Words behind which a clause may begin."""
_MARKS = frozenset(",;:()-–—….!\n")
_I, _THEY, _OWN = listed("i we"), listed("he she it they"), listed("my our his her their its")
_BE, _SHORT_BE, _HAVE = listed("am is are was were 'm ’m 're ’re"), listed("'s ’s"), listed("'ve ’ve")
_ADVERBS = listed(
    """now still also just only already really actually currently usually mostly always often sometimes both finally
    recently even basically officially mainly all"""
)
_INSIDE = listed("of at for in from to on with & the")
_NEVER_IN_A_NAME = FUNCTION_WORDS | listed("yes no ok hi hey oh thanks sorry please btw lol haha also")
_TITLES = listed("mr mrs ms dr miss prof mr. mrs. ms. dr. prof. frau herr auntie uncle aunt grandma grandpa sir")
_LINKS = listed("van de von der den la le da di del el al & of ten")


Token = NamedTuple("Token", [("text", str), ("low", str), ("start", int), ("end", int)])  # noqa: UP014
"""A word or mark as written and in small letters, and where it stands in the sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a clause is about.

    kind: "speaker", "person", "beast" or "thing". name: the subject of its statements (a thing's is whoever has it, ""
    where nobody is known). thing: what it is called among the owner's things.
    how: "ours" for "we", "pointed" where a pronoun means it.
    """

    kind: str
    name: str
    thing: str = ""
    role: str = field(default="")  # what a person is to the owner
    owner: str = ""
    how: str = ""


Clause = NamedTuple(  # noqa: UP014
    "Clause",
    [
        ("subject", Subject),
        ("verb", str),
        ("start", int),
        ("rest", int),
        ("end", int),
        ("was", bool),
        ("denied", bool),
        ("at", int),
    ],
)
"""A clause: its subject, its verb in small letters ("be" for all of its forms), where its rest begins and ends.

was: whether "be" or "have" is told of the past. denied: "not" or "never" stands at the verb. at: where it stands.
"""


def clauses(
    words: Sequence[Token], verbs: Mapping[str, str], speaker: str, focus: Focus, noted: Callable[[int], None]
) -> Iterator[Clause]:
    """The clauses of a sentence's words in order; verbs: form -> its verb. Whom one names, the next ones mean.

    noted: takes note of whom the sentence names up to a place. A clause is handed out before the next is looked for, so
    that "she" in it means whom it named.
    """
    starts = [
        i
        for i, word in enumerate(words)
        if i == 0 or words[i - 1].text in _MARKS or words[i - 1].low in _OPENS or word.low in ("and", "but", "so")
    ]
    last: Clause | None = None
    done = 0
    for i in starts:
        if i < done:
            continue
        noted(words[i].start)
        read = _headed(words, i, verbs, speaker, focus, last.subject if last is not None else None)
        if read is None:
            continue
        subject, verb, at, was, denied = read
        clause = Clause(
            subject,
            verb,
            words[i].start,
            words[at - 1].end,
            _end(words, at, starts, verbs),
            was,
            denied,
            words[at - 1].start,
        )
        last, done = clause, at
        yield clause


def _end(words: Sequence[Token], at: int, starts: Sequence[int], verbs: Mapping[str, str]) -> int:
    """Where the rest of a clause ends: in front of the next clause that has a subject of its own."""
    for i in starts:
        if i > at and (words[i].low in _I or words[i].low in _THEY or words[i].low in _OWN or words[i].low in verbs):
            before = i - 1
            while before > at and (words[before].low in _OPENS or words[before].text in _MARKS):
                before -= 1
            return words[before].end
    return words[-1].end


def _headed(
    words: Sequence[Token], i: int, verbs: Mapping[str, str], speaker: str, focus: Focus, before: Subject | None
) -> tuple[Subject, str, int, bool, bool] | None:
    """(subject, verb, the word behind it, past, denied) of the clause that begins at a word; None for no clause."""
    while i < len(words) and (words[i].low in _OPENS or words[i].low in _ADVERBS) and words[i].low not in verbs:
        i += 1
    if i >= len(words):
        return None
    found = _subject(words, i, verbs, speaker, focus)
    if found is not None and not found[0].kind:
        return None
    if found is not None:
        verb = _verb(words, found[1], verbs, pointed=found[0].how == "pointed")
        return (found[0], *verb) if verb is not None else None
    if before is not None and i and words[i - 1].low in ("and", "but") and words[i].low in verbs:
        verb = _verb(words, i, verbs)
        return (before, *verb) if verb is not None else None
    if words[i].low in verbs and words[i].low in _PAST and (i == 0 or words[i - 1].text in _MARKS):
        verb = _verb(words, i, verbs)
        return (Subject("speaker", speaker), *verb) if verb is not None else None
    return None


_COUNTED = listed("a an another one two three four five six")
_PAST = listed("bought got ordered sold picked borrowed")


def _verb(
    words: Sequence[Token], i: int, verbs: Mapping[str, str], *, pointed: bool = False
) -> tuple[str, int, bool, bool] | None:
    """(verb, the word behind it, past, denied) at a word, behind adverbs; pointed: behind a pronoun."""
    denied, have = False, False
    while i < len(words) and (words[i].low in _ADVERBS or words[i].low in ("never", "not") or words[i].low in _HAVE):
        denied = denied or words[i].low in ("never", "not")
        have = have or words[i].low in _HAVE
        i += 1
    if i >= len(words):
        return None
    low = words[i].low
    if low in _BE or low in _SHORT_BE:
        was, i = low in ("was", "were"), i + 1
        if low in _SHORT_BE and not pointed and i < len(words) and not _goes_on(words[i]):
            return None
        while i < len(words) and words[i].low in (*_ADVERBS, "not", "never", "no", "longer"):
            denied = denied or words[i].low in ("not", "never", "no")
            if words[i].low == "only" and words[i - 1].low == "not":
                return None
            i += 1
        if i < len(words) and words[i].low == "got" and low in _SHORT_BE:
            return "have", i + 1, False, denied
        return "be", i, was, denied
    if have and low in _COUNTED:  # "I've a cargo bike", "we've two kids"
        return "have", i, False, denied
    if have:
        return ("have", i + 1, False, denied) if low == "got" else _known(low, i, verbs, denied)
    if low in ("has", "have") and i + 1 < len(words) and words[i + 1].low == "got":
        return "have", i + 2, False, denied
    return _known(low, i, verbs, denied)


def _goes_on(word: Token) -> bool:
    """Whether a word may stand behind "'s" for "is": "my colleague's kid" is nobody's being."""
    return word.low in _BEHIND_BE or word.text[0].isdigit() or word.low.endswith("ing")


_BEHIND_BE = (
    FUNCTION_WORDS
    | _ADVERBS
    | listed(
        """got called named born married engaged single divorced vegan vegetarian pescatarian allergic lactose gluten
        twenty thirty forty fifty sixty seventy eighty ninety one two three four five six seven eight nine ten eleven
        twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen due size number written based originally
        black blue brown green grey red white yellow pink purple orange silver"""
    )
    | frozenset("$€£")
)


def _known(low: str, i: int, verbs: Mapping[str, str], denied: bool) -> tuple[str, int, bool, bool] | None:
    return (verbs[low], i + 1, low == "had", denied) if low in verbs else None


def _subject(
    words: Sequence[Token], i: int, verbs: Mapping[str, str], speaker: str, focus: Focus
) -> tuple[Subject, int] | None:
    """(whom a clause is about, where its verb is looked for); None where no subject stands."""
    low = words[i].low
    if low in _I:
        return Subject("speaker", speaker, how="ours" if low == "we" else ""), i + 1
    if low in ("he", "she"):
        one = focus.meant(low)
        return (
            (Subject("beast" if one.beast else "person", one.name, how="pointed"), i + 1) if one is not None else None
        )
    if low == "it":
        thing = focus.thing(speaker)
        return (Subject("thing", thing[0], thing[1], how="pointed"), i + 1) if thing is not None else None
    if low in ("my", "our"):
        return _of(words, i + 1, verbs, speaker, speaker, focus)
    if low in ("his", "her"):
        one = focus.meant("he" if low == "his" else "she")
        return _of(words, i + 1, verbs, one.name, speaker, focus) if one is not None else None
    if low == "the":
        return _of(words, i + 1, verbs, speaker, speaker, focus, ours=False)
    first = i + 1 if low == "new" and i + 1 < len(words) else i
    if words[first].low in BARE or (first > i and words[first].text[0].islower()):
        return _of(words, first, verbs, speaker, speaker, focus, ours=False)
    named = _name(words, i, focus)
    if named is None:
        return None
    name, j = named
    if j == i + 1 and focus.known(name) is None and not is_name(name):
        return None
    if j < len(words) and words[j].low in _SHORT_BE and _possessive(words, j + 1, verbs):
        return _of(words, j + 1, verbs, name, speaker, focus)
    one = focus.known(name)
    return Subject("beast" if one is not None and one.beast else "person", one.name if one is not None else name), j


def _possessive(words: Sequence[Token], i: int, verbs: Mapping[str, str]) -> bool:
    """Whether "'s" before a word means whose: what follows has a verb of its own."""
    if i >= len(words) or words[i].low in FUNCTION_WORDS or words[i].low in ("got", "not", "been", "going"):
        return False
    for word in words[i : i + 6]:
        if word.text in _MARKS:
            return False
        if word.low in _BE or word.low in verbs or word.low in _SHORT_BE:
            return True
    return False


def _name(words: Sequence[Token], i: int, focus: Focus) -> tuple[str, int] | None:
    """A name that begins at a word, and where it ends: "Piet van Loon", "Dr Nygaard", a known one in small letters."""
    first = words[i]
    if not first.text[0].isupper():
        known = focus.known(first.low) if len(first.low) > 2 else None
        return (known.name, i + 1) if known is not None and first.low not in FUNCTION_WORDS else None
    if (first.low in _NEVER_IN_A_NAME or len(first.text) < 2) and first.low not in _TITLES:
        return None
    j = i + 1
    while j < len(words) and (
        (words[j].text[0].isupper() and words[j].low not in FUNCTION_WORDS)
        or (words[j].low in _LINKS and j + 1 < len(words) and words[j + 1].text[0].isupper())
    ):
        j += 1
    if first.low in _TITLES and j == i + 1:
        return None
    return " ".join(word.text for word in words[i:j]), j


def _of(
    words: Sequence[Token], i: int, verbs: Mapping[str, str], owner: str, speaker: str, focus: Focus, ours: bool = True
) -> tuple[Subject, int] | None:
    """What stands behind "my", "Ida's" or "the" up to the verb: somebody, a beast or a thing."""
    j = i
    while j < len(words) and j - i < 8:
        word = words[j]
        if word.low in _BE or word.low in _SHORT_BE or word.low in _HAVE:
            break
        if j > i and word.low in verbs and not (j + 1 < len(words) and words[j + 1].low in _BE):
            break
        if word.low in _ADVERBS and j > i:
            break
        if word.text in _MARKS:
            if word.text == "," and j > i and (within := _apposition(words, j, focus)) is not None:
                return _noun(words[i:j], owner, speaker, focus, within[0], ours), within[1]
            return None
        if word.low in FUNCTION_WORDS and word.low not in _INSIDE and word.low != "own":
            return None
        j += 1
    if j == i or j >= len(words):
        return None
    if words[j].low in _SHORT_BE and _possessive(words, j + 1, verbs):
        whose = _noun(words[i:j], owner, speaker, focus, "", ours)
        if whose.kind in ("person", "beast"):
            return _of(words, j + 1, verbs, whose.name, speaker, focus)
        return None
    subject = _noun(words[i:j], owner, speaker, focus, "", ours)
    return (subject, j) if subject.kind else None


def _apposition(words: Sequence[Token], j: int, focus: Focus) -> tuple[str, int] | None:
    """ ", Kai," behind a noun: the name and the word behind the second comma."""
    if j + 1 >= len(words) or not words[j + 1].text[0].isupper():
        return None
    named = _name(words, j + 1, focus)
    if named is None or named[1] >= len(words) or words[named[1]].text != ",":
        return None
    return named[0], named[1] + 1


def _noun(words: Sequence[Token], owner: str, speaker: str, focus: Focus, name: str, ours: bool) -> Subject:
    """Somebody, a beast or a thing by the words of its noun phrase."""
    lows = [word.low for word in words]
    for k, low in enumerate(lows):
        if low in PEOPLE or low in BEASTS:
            beast = low in BEASTS and low not in PEOPLE
            rest = words[k + 1 :]
            if not name and rest and rest[0].text[0].isupper():
                if not rest[-1].text[0].isupper():
                    return Subject("", owner)  # "my daughter Fleur wants to"
                name = " ".join(word.text for word in rest)
            elif rest and not name:
                break
            if not ours and not name:
                name = _the_one(low, focus, beast)
                if not name:
                    return Subject("thing", owner, low)
            whom = name or f"{owner}'s {low}"
            focus.name(whom, low, beast=beast)
            role = " ".join(one for one in lows[: k + 1] if one not in _SAYS_LITTLE)
            return Subject("beast" if beast else "person", whom, role if not name else "", low, owner)
    while lows and lows[0] in _SAYS_LITTLE:
        lows.pop(0)
    head = next((lows[k - 1] for k in range(1, len(lows)) if lows[k] in _INSIDE), lows[-1] if lows else "")
    if not lows or (head in NO_THING and len(lows) < 3):
        return Subject("", owner)
    return Subject("thing", owner, " ".join(lows), role="" if ours else "the")


def _the_one(low: str, focus: Focus, beast: bool) -> str:
    """Whom "the dog" means: a beast that was named; nobody for a person, who has a name or an owner."""
    return next((one.name for one in reversed(focus.named) if beast and one.beast), "")


_SAYS_LITTLE = listed("new old other current own little big good dear lovely poor whole latest second third")
