"""Who "I" and "you" are: first and second person turned into names, with the verbs put right.

"I moved to Rome" said by Caroline becomes "Caroline moved to Rome"; "you" becomes the addressee. Quoted words stay.
The rewriting serves search keys and facts; the verbatim text is kept elsewhere. English only: a text without English
pronouns comes back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.records import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A pronoun [start, end) of the source, who it stands for, and what was written in its place."""

    start: int
    end: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rewritten text and the pronouns that were resolved, in order (spans in the source)."""

    text: str
    mentions: tuple[Mention, ...]


# The first letter comes before the look back at it: that lets the matcher skip to i, m and y.
_PRONOUN = lazy_pattern(
    r"[imy](?<![\w'’-][imy])(?:(?<=i)(?P<i>)(?P<iv>['’](?:m|ve|ll|d)\b)?|(?<=y)ou(?P<you>)(?P<yv>['’](?:re|ve|ll|d)\b)?"
    r"|(?<=m)(?P<my>y|ine|yself|e)|(?<=y)our(?P<your>s|self)?)(?![\w'’-])",
    re.I,
)
_QUOTE = lazy_pattern(r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|(?<!\w)'[^'\n]{2,200}'(?!\w)|`[^`\n]{1,300}`")
_NEXT_WORD = lazy_pattern(
    r"(\s{1,3}(?:(?:really|also|just|still|always|never|often|usually|sometimes|currently|recently|"
    r"actually|totally|"
    r"definitely|absolutely|truly|only|already|even|mostly|finally|once|now|mainly|kinda|sort of|"
    r"both)\s{1,3}){0,2})([a-z]{1,20}n['’]t\b|[a-z]+)"
)
_WORD_BEFORE = lazy_pattern(r"\b([a-z]{1,20}(?:['’]t)?)\s{1,3}$", re.I)

_IRREGULAR = {
    "am": "is",
    "are": "is",
    "have": "has",
    "do": "does",
    "haven't": "hasn't",
    "don't": "doesn't",
    "was": "was",
    "were": "was",
    "weren't": "wasn't",
    "aren't": "isn't",
    "go": "goes",
}
_INVERTED = {
    "am": "is",
    "are": "is",
    "have": "has",
    "do": "does",
    "were": "was",
    "aren't": "isn't",
    "don't": "doesn't",
    "haven't": "hasn't",
    "weren't": "wasn't",
}
# base forms that take -s after a name; anything else is left alone (past tense, modals, nouns)
_BASES = listed(
    """accept admire adore agree appreciate ask attend avoid bake become begin believe belong bike bring build buy
    call care carry celebrate change choose clean climb coach collect come compete consider cook crave
    create cycle dance design dislike draw dream drink drive earn eat enjoy exercise expect explore face
    fear feel find finish follow forget garden get give grow guess handle hate have hear help hike hope
    imagine intend invest join jog keep know lack learn leave like listen live look lose love make manage
    mean meet mentor miss move need offer open order owe own paint pay photograph plan play practice
    practise prefer promise read recall receive recommend regret relate remember rent respect ride run say
    see seem sell send serve share sing sit sketch ski sleep speak spend stand start stay stick struggle
    study suffer support surf swim take talk teach tend think train travel treasure trust try understand use
    value visit volunteer wait wake walk want watch wear win wish wonder work worry write"""
)
_SUBJECTIVE_BEFORE = listed(
    """am are was were have had do did can could will would shall should may might must aren't weren't haven't
    don't didn't can't couldn't won't wouldn't shouldn't hadn't"""
)


def _third(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb not in _BASES:
        return verb
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _possessive(name: str) -> str:
    return name + ("'" if name.endswith("s") else "'s")


def resolve(text: str, speaker: str, addressee: str | None = None) -> Resolved:
    """Replace "I", "my", "me" by the speaker and "you", "your" by the addressee (left alone when None).

    Verbs beside a replaced subject agree with it; words in quotes are untouched. An empty speaker changes nothing in
    the first person.
    """
    if not speaker and not addressee:
        return Resolved(text, ())
    rewriter = _Rewriter(text, speaker, addressee)
    for m in _PRONOUN.finditer(text):
        rewriter.take(m)
    return rewriter.resolved()


def resolve_each(said: Iterable[tuple[str, str]]) -> list[str]:
    """The texts of `resolve` for each (text, speaker)."""
    return [resolve(text, speaker).text for text, speaker in said]


class _Rewriter:
    """The text so far: `parts` are written up to `last`; `subject` is whom the clause is about."""

    def __init__(self, text: str, speaker: str, addressee: str | None) -> None:
        self.text, self.speaker, self.addressee = text, speaker, addressee
        self.quoted = [m.span() for m in _QUOTE.finditer(text)] if any(q in text for q in "\"“`'") else []
        self.next_quote = 0
        self.parts: list[str] = []
        self.mentions: list[Mention] = []
        self.last = 0
        self.subject = ""

    def resolved(self) -> Resolved:
        if not self.mentions:
            return Resolved(self.text, ())
        return Resolved("".join([*self.parts, self.text[self.last :]]), tuple(self.mentions))

    def _in_quotes(self, start: int) -> bool:
        while self.next_quote < len(self.quoted) and self.quoted[self.next_quote][1] <= start:
            self.next_quote += 1
        return self.next_quote < len(self.quoted) and self.quoted[self.next_quote][0] <= start

    def take(self, m: re.Match[str]) -> None:
        """Write the name for one pronoun, unless it is quoted, a letter, or somebody unknown."""
        text, start, end = self.text, m.start(), m.end()
        if start < self.last or self._in_quotes(start):
            return
        own = m.group().lower() if m["i"] is None and m["you"] is None else ""
        who = self.speaker if m["i"] is not None or own in ("my", "mine", "myself", "me") else self.addressee
        if (
            not who
            or (text[start:end] == "i" and _not_pronoun(text, start))
            or (own == "mine" and text[start] == "M" and start > 0)
            or (m["i"] is not None and text[end : end + 1] == "." and text[end + 1 : end + 2].isalpha())  # i.e., I.B.M.
        ):
            return
        if self.subject and _CLAUSE_END.search(text, self.last, start):
            self.subject = ""
        agreed: tuple[int, int, str] | None = None
        if own in ("myself", "yourself"):
            said = "themselves" if self.subject == who else who
        elif own in ("my", "your", "mine", "yours"):
            said = _possessive(who)
        elif own == "me":
            said = who
        else:
            said, agreed = self._subject(m, who)
        self.parts += [text[self.last : start], said]
        self.mentions.append(Mention(start, end, who, said))
        self.last = end
        if agreed is not None:
            verb_from, verb_to, verb = agreed
            self.parts += [text[end:verb_from], verb]
            self.last = _agree_coordinated(text, verb_to, self.parts)

    def _subject(self, m: re.Match[str], who: str) -> tuple[str, tuple[int, int, str] | None]:
        """ "I" or "you" with what hangs on it, and the verb behind that has to agree: (from, to, in its new form)."""
        text, start, end = self.text, m.start(), m.end()
        before = _WORD_BEFORE.search(text, max(0, start - 14), start)
        word = before[1].lower().replace("’", "'") if before else ""
        short = (m["iv"] or m["yv"] or "").replace("’", "'")
        if (
            m["you"] is not None
            and not short
            and word
            and word not in _SUBJECTIVE_BEFORE
            and _is_object(text, end, word)
        ):
            return who, None
        self.subject = who
        if short in _SHORT_FORMS:
            return f"{who} {_SHORT_FORMS[short]}", None
        if short == "'d":
            return f"{who} {'had' if _HAD.match(text, end, end + 24) else 'would'}", None
        if before is not None and word in _SUBJECTIVE_BEFORE and before.start() >= self.last:
            if word in _INVERTED:
                self.parts += [text[self.last : before.start()], _cased(_INVERTED[word], before[1])]
                self.last = before.end(1)
            return who, None
        after = _NEXT_WORD.match(text, end)
        if after is not None:
            verb = _third(after[2].replace("’", "'"))
            if verb != after[2]:
                return who, (after.start(2), after.end(2), verb)
        return who, None


_CLAUSE_END = lazy_pattern(r"[.!?;\n]")
_SHORT_FORMS = {"'m": "is", "'re": "is", "'ve": "has", "'ll": "will"}
_HAD = lazy_pattern(r"\s+(?:never\s|always\s|already\s)?(?:better|been|gone|had|[a-z]{2,20}ed)\b")
_AND_VERB = lazy_pattern(r"(\s(?:and|but)\s)([a-z]+)\b")


def _agree_coordinated(text: str, last: int, pieces: list[str]) -> int:
    """ "I live and work in Rome": the second verb of a pair agrees too when it follows at once."""
    m = _AND_VERB.match(text, last)
    if m is None or m[2] not in _BASES:
        return last
    pieces.append(m[1])
    pieces.append(_third(m[2]))
    return m.end()


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def _not_pronoun(text: str, start: int) -> bool:
    """A small "i" that is a letter: a list mark, "i)", an index."""
    after = text[start + 1 : start + 2]
    return after in (")", "=", "]", ":", "_", "+", "-") or text[max(0, start - 1) : start] in ("(", "[", "=")


_OBJECT_AFTER = listed(
    """for to with of about from at by than like thank thanks love miss see tell told give gave help helped let
    make makes made show shows showed ask asked meet met hear saw know between without around behind bless
    wish wishing seeing on in support supporting inspire remind suits suit hope"""
)


def _is_object(text: str, end: int, word: str) -> bool:
    """ "see you tomorrow" against "when you moved"."""
    if word not in _OBJECT_AFTER:
        return False
    after = _NEXT_WORD.match(text, end)
    if after is None:
        return True
    verb = after[2]
    return not (verb in _IRREGULAR and verb not in ("do",)) and not (
        word in ("hope", "wish", "know", "hear", "see", "than", "like", "about")
        and (verb in _BASES or verb.endswith("ed"))
    )
