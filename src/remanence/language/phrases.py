"""Key phrases, noun phrases and plain triples of a text, by rules: no tagger, no model.

`tokens` are the words that a word index would keep; `noun_phrases` cuts at function words and verbs;
`keyphrases` ranks them as RAKE does (degree over frequency); `triples` is a small open information extraction for
encyclopedic prose ("X is a Y in Z", "directed by", appositions, passives, "the capital of X is Y").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from remanence.language.common_words import STOP, VERBS, listed
from remanence.language.entities import Entity, norm
from remanence.language.entities import find as find_entities
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import Span, split
from remanence.records import dataclass

_WORD = lazy_pattern(r"[^\W_]+(?:['’][^\W_]+|[-.][^\W_]+)*")
_CJK_RUN = lazy_pattern(r"[぀-ヿ㐀-䶿一-鿿가-힯豈-﫿]+")


@dataclass(frozen=True, slots=True)
class Phrase(Span):
    """A phrase with its place in the source and a weight (RAKE score; 0 where none was asked for)."""

    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Triple:
    """(subject, relation, object) as said by one sentence; the spans point at the words, or are empty for a title."""

    subject: str
    relation: str
    object: str
    subject_span: Span
    relation_span: Span
    object_span: Span


def tokens_each(texts: Iterable[str]) -> list[list[str]]:
    """`tokens` of each text."""
    return [tokens(text) for text in texts]


def tokens(text: str) -> list[str]:
    """Lower-case content words in order; function words and single letters dropped, CJK runs as character pairs."""
    low = text.lower()
    words = [w for w in _WORD.findall(low.replace("’", "'")) if w not in STOP and (len(w) > 1 or w.isdigit())]
    if low.isascii():
        return words
    out: list[str] = []
    for word in words:
        run = _CJK_RUN.search(word)
        if run is None:
            out.append(word)
            continue
        chars = run.group()
        out.extend([chars] if len(chars) == 1 else [chars[i : i + 2] for i in range(len(chars) - 1)])
    return out


_ADVERB = lazy_pattern(r"[a-z]{3,30}ly$")
_PARTICIPLE = lazy_pattern(r"[a-z]{2,30}(?:ed|ing)$")
_NOUN_ING = listed(
    """painting building wedding meeting training wing king ring spring string evening morning ceiling feeling being
    clothing cooking running swimming hiking camping reading writing boxing kickboxing surfing dancing counseling
    counselling engineering programming marketing housing hearing beginning ending drawing recording gaming cycling
    biking skiing shopping fishing knitting gardening parenting mentoring volunteering coaching thing bed seed feed
    need speed hundred breed shed weed deed"""
)


@lru_cache(maxsize=50_000)
def _breaks(spelling: str) -> bool:
    """Whether a word ends a noun phrase."""
    word = spelling.lower().replace("’", "'")
    if word in STOP or word in VERBS or (_ADVERB.match(word) is not None and word not in ("family", "italy", "july")):
        return True
    if "'" in word and not word.endswith("'s"):
        return True
    return word not in _NOUN_ING and word.endswith("ed") and _PARTICIPLE.match(word) is not None


def noun_phrases(text: str, max_words: int = 5) -> list[Phrase]:
    """Runs of at most `max_words` words that hold no function word, verb form or punctuation; spans slice the text."""
    return [Phrase(start, end, text[start:end]) for start, end in _runs(text, max_words)]


def _runs(text: str, max_words: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    previous = 0
    for m in _WORD.finditer(text):
        start, end = m.span()
        broken = _breaks(m.group())
        if run and (broken or (text[previous:start] != " " and text[previous:start] not in ("-", " & "))):
            _close(text, run, max_words, out)
            run = []
        if not broken:
            run.append((start, end))
        previous = end
    if run:
        _close(text, run, max_words, out)
    return out


@lru_cache(maxsize=20_000)
def _weak_start(word: str) -> bool:
    low = word.lower()
    return word.isdigit() or (low.endswith("ing") and low not in _NOUN_ING)


def _close(text: str, run: list[tuple[int, int]], max_words: int, out: list[tuple[int, int]]) -> None:
    first = 0
    while first < len(run) - 1 and _weak_start(text[run[first][0] : run[first][1]]):
        first += 1
    run = run[max(first, len(run) - max_words) :]
    start, end = run[0][0], run[-1][1]
    if text[end - 2 : end] in ("'s", "’s"):
        end -= 2
    if end - start > 1 and not (len(run) == 1 and text[start:end].isdigit()):
        out.append((start, end))


def keyphrases(text: str, k: int = 5) -> list[Phrase]:
    """The `k` best noun phrases, best first: sum over the words of degree / frequency (Rose et al. 2010, RAKE).

    Capitalised phrases count a fifth more; phrases said several times count more than once. Ties keep text order.
    """
    runs = _runs(text, 4)
    if not runs or k <= 0:
        return []
    frequency: dict[str, int] = {}
    degree: dict[str, int] = {}
    first: dict[str, tuple[int, int]] = {}
    words_of: dict[str, list[str]] = {}
    times: dict[str, int] = {}
    for start, end in runs:
        key = text[start:end].lower()
        words = key.split()
        for word in words:
            frequency[word] = frequency.get(word, 0) + 1
            degree[word] = degree.get(word, 0) + len(words)
        if key in times:
            times[key] += 1
        else:
            times[key] = 1
            first[key] = (start, end)
            words_of[key] = words
    score: dict[str, float] = {}
    for key, words in words_of.items():
        weight = 0.0
        for word in words:
            weight += degree[word] / frequency[word]
        start = first[key][0]
        if start > 0 and text[start].isupper():
            weight *= 1.2
        if len(key) < 4:
            weight *= 0.5
        score[key] = weight * (1 + 0.5 * (times[key] - 1))
    ranked = sorted(score, key=lambda key: (-score[key], first[key]))[:k]
    return [Phrase(*first[key], text[slice(*first[key])], round(score[key], 6)) for key in ranked]


# ------------------------------------------------------------ triples

_TOPIC_START = lazy_pattern(
    r"(?:(?P<pronoun>He|She|It|They)\s|(?P<own>His|Her|Its|"
    r"Their)\s(?P<noun>(?:[a-z][\w'-]{0,24}\s){1,4}?)(?=(?:is|was|are|were|include)\b)"
    r"|The\s(?:[a-z][\w'-]{0,24}\s){1,3}?(?=(?:is|was|has|had|are|were|can|will|also|first|[a-z]{2,20}(?:ed|es))\b))"
)
_COPULA = lazy_pattern(
    r"[’']?\s{0,2}(?:\([^()]{0,120}\)\s?)?,?\s{0,2}(?P<be>is|was|are|were|became|remains)\s(?:(?:also|"
    r"currently|now|originally|an?|the|one of the)\s){0,3}"
)
_APPOSITION = lazy_pattern(r"\s?,\s(?:an?|the)\s")
_OF_IS = lazy_pattern(
    r"(?:The|the|Its|its|current|The current)\s(?P<role>(?:[\w'-]{1,25}\s){1,6})(?:of|for|in)\s(?:the\s)?$"
)
_IS_GAP = lazy_pattern(
    r"\s(?:is|was|are|were)\s(?:located in |in )?(?:the |an? )?(?:(?:city|country|continent|town|state) of )?$"
)
_POSSESSED = lazy_pattern(r"^(?:['’]s?|s['’])\s(?P<role>(?:[\w'-]{1,25}\s){1,5}?)(?:,\s)?(?:is|was|are|were)?\s?$")
_JOINING = lazy_pattern(r"^[\"”']{0,2}\s?(?:,|,?\s?and|,?\s?or|&|;|/)\s?(?:the\s)?[\"“`']{0,2}$")
_SHORT = lazy_pattern(r"^\s?\(?(?:of|in|at|from|by|for|near|on|under|with|to|'s|’s)?(?:\sthe)?\s?$")
_TRIM_LEFT = lazy_pattern(
    r"^(?:['’]s\s)?[\s,;:)(\"”–—-]{0,6}(?:(?:It|He|She|They|The|which|that|who|where|when|also|and|"
    r"but)\s){0,2}(?:the\s)?"
)
_TRIM_RIGHT = lazy_pattern(r"(?:\s(?:the|an?|its|his|her|their|``|and))?[\s(\"“`]{0,4}$")
_LAST_NOUN = lazy_pattern(r"(?:^|\s|-)(?P<noun>[a-z][a-z-]{2,24})\s$")


def triples(text: str, title: str = "") -> list[Triple]:
    """Who does what to whom, sentence by sentence; subject, relation and object as said, spans in `text`.

    `title` names what the text is about: "It", "He", "The journal" at the start of a sentence stand for it (its span is
    then empty, at the start of the sentence). Meant for graphs: every named thing of a sentence is tied to the subject
    of the sentence, and to its neighbour where only a preposition lies between. Duplicates are dropped.
    """
    topic = re.sub(r"\s*\([^()]{0,80}\)$", "", title.strip())
    out: list[Triple] = []
    seen: set[tuple[str, str, str]] = set()
    subject_before: tuple[str, Span] | None = None
    for span in split(text):
        sentence = span.of(text)
        mentions = _mentions(sentence, topic)
        subject, rest = _subject(sentence, mentions, topic, subject_before)
        if subject is None:
            continue
        subject_before = subject
        for triple in _said(sentence, subject, rest):
            key = (norm(triple.subject), triple.relation.lower(), norm(triple.object))
            if key in seen or key[0] == key[2]:
                continue
            seen.add(key)
            out.append(_moved(triple, span.start))
    return out


def _moved(t: Triple, by: int) -> Triple:
    spans = [Span(s.start + by, s.end + by) for s in (t.subject_span, t.relation_span, t.object_span)]
    return Triple(t.subject, t.relation, t.object, *spans)


def _mentions(sentence: str, topic: str) -> list[Entity]:
    found = [e for e in find_entities(sentence) if e.label in ("name", "title", "acronym")]
    if topic and len(topic) > 2:
        at = sentence.lower().find(topic.lower())
        if at >= 0 and len(sentence.lower()) == len(sentence):
            end = at + len(topic)
            if not any(e.start <= at and e.end >= end for e in found):
                found = [e for e in found if e.end <= at or e.start >= end]
                found.append(Entity(at, end, sentence[at:end], norm(topic), "name"))
                found.sort(key=lambda e: e.start)
    return found


def _subject(
    sentence: str, mentions: list[Entity], topic: str, before: tuple[str, Span] | None
) -> tuple[tuple[str, Span] | None, list[Entity]]:
    empty = Span(0, 0)
    opening = _TOPIC_START.match(sentence)
    if opening is not None:
        name = topic or (before[0] if before else "")
        if name:
            return (name, empty), mentions
    if mentions:
        first = mentions[0]
        if first.start <= 4 or (topic and first.norm == norm(topic)):
            return (first.text, Span(first.start, first.end)), mentions[1:]
        for i, e in enumerate(mentions):
            if topic and e.norm == norm(topic):
                return (e.text, Span(e.start, e.end)), mentions[:i] + mentions[i + 1 :]
    if topic:
        return (topic, empty), mentions
    if mentions:
        first = mentions[0]
        return (first.text, Span(first.start, first.end)), mentions[1:]
    return None, []


def _said(sentence: str, subject: tuple[str, Span], mentions: list[Entity]) -> Iterator[Triple]:
    name, where = subject
    yield from _what_it_is(sentence, name, where)
    ties = _Ties(sentence, name, where)
    for entity in mentions:
        yield from ties.to(entity)


def _what_it_is(sentence: str, name: str, where: Span) -> Iterator[Triple]:
    """ "X is a ..." and "X, a ...,"."""
    at = where.end
    copula = _COPULA.match(sentence, at) if where.end else _PRONOUN_COPULA.match(sentence)
    if copula is not None:
        yield from _described(sentence, name, where, copula.end(), copula["be"], Span(*copula.span("be")))
    elif where.end:
        apposition = _APPOSITION.match(sentence, at)
        if apposition is not None:
            yield from _described(sentence, name, where, apposition.end(), "is", Span(at, at))


_PRONOUN_COPULA = lazy_pattern(r"(?:It|He|She|They)\s(?P<be>is|was|are|were)\s(?:an?\s|the\s)?")


class _Ties:
    """Ties the names of a sentence, in order, to its subject and to their neighbours."""

    def __init__(self, sentence: str, name: str, where: Span) -> None:
        self.sentence, self.name, self.where = sentence, name, where
        self.end = where.end
        self.last: Entity | None = None
        self.relation, self.span = "", Span(where.end, where.end)

    def to(self, e: Entity) -> Iterator[Triple]:
        target = Span(e.start, e.end)
        if e.start < self.end:  # named before the subject: "In Rome, X ..."
            before = self.sentence[max(0, e.start - 24) : e.start].split()
            word = before[-1].lower() if before and before[-1].lower() not in ("the", "a", "an") else "with"
            yield Triple(self.name, word, e.text, self.where, Span(max(0, e.start - 1), e.start), target)
            return
        gap = self.sentence[self.end : e.start]
        head = (self.last.text, Span(self.last.start, self.last.end)) if self.last is not None else None
        role = self._role_of(head[1] if head is not None else self.where, gap)
        if role is not None and head is not None:
            yield Triple(head[0], role[0], e.text, head[1], role[1], target)
        elif role is not None:
            self.relation, self.span = role
            yield Triple(self.name, role[0], e.text, self.where, role[1], target)
            self.last, self.end = e, e.end
            return
        yield from self._across(e, gap, head, target)
        self.last, self.end = e, e.end

    def _role_of(self, before: Span, gap: str) -> tuple[str, Span] | None:
        """ "the capital of X is Y": the role, where X ends before the gap."""
        if not before.end:
            return None
        role = _OF_IS.search(self.sentence, max(0, before.start - 160), before.start)
        return (role["role"].strip(), Span(*role.span("role"))) if role is not None and _IS_GAP.match(gap) else None

    def _across(self, e: Entity, gap: str, head: tuple[str, Span] | None, target: Span) -> Iterator[Triple]:
        """What the words between two names make of them."""
        owned = _POSSESSED.match(gap) if gap[:1] in "'’s" else None
        between = Span(self.end, e.start)
        if owned is not None:
            owner, owner_span = head or (self.name, self.where)
            self.relation = owned["role"].strip()
            self.span = Span(self.end + owned.start("role"), self.end + owned.end("role"))
            yield Triple(owner, self.relation, e.text, owner_span, self.span, target)
        elif head is not None and self.relation and _JOINING.match(gap):
            yield Triple(self.name, self.relation, e.text, self.where, self.span, target)
            if gap.strip() == "," and self.relation.endswith((" in", " at", " of", " from", " near", "in", "at")):
                yield Triple(head[0], "in", e.text, head[1], between, target)
        elif head is not None and _SHORT.match(gap):
            yield Triple(head[0], gap.strip(" ()") or "of", e.text, head[1], between, target)
            if self.relation:
                yield Triple(self.name, self.relation, e.text, self.where, self.span, target)
        else:
            self.relation, self.span = self._words_before(e, gap)
            yield Triple(self.name, self.relation, e.text, self.where, self.span, target)
            noun = _LAST_NOUN.search(self.sentence, max(0, e.start - 30), e.start)
            if noun is not None and noun["noun"] not in STOP | VERBS and not _breaks(noun["noun"]):
                yield Triple(e.text, "is", noun["noun"], target, Span(e.start, e.start), Span(*noun.span("noun")))

    def _words_before(self, e: Entity, gap: str) -> tuple[str, Span]:
        """The last words of the gap as a relation, at most six of a long one."""
        start, stop = self.end, e.start
        left = _TRIM_LEFT.match(gap)
        if left is not None:
            start += left.end()
        right = _TRIM_RIGHT.search(self.sentence, start, stop)
        if right is not None and right.start() >= start:
            stop = right.start()
        words = self.sentence[start:stop]
        cut = max(words.rfind(", "), words.rfind("; "))
        if cut >= 0 and len(words) - cut > 4:
            start += cut + 2
            words = self.sentence[start:stop]
        if len(words.split()) > 7:
            tail = " ".join(words.split()[-6:])
            if self.sentence[stop - len(tail) : stop] == tail:
                start = stop - len(tail)
        words = self.sentence[start:stop].strip()
        return words or "with", Span(start, max(start, stop))


def _described(sentence: str, name: str, where: Span, start: int, verb: str, verb_span: Span) -> Iterator[Triple]:
    """The noun phrase after "is a": as far as the first preposition, comma or verb."""
    m = _DESCRIPTION.match(sentence, start)
    if m is None:
        return
    words = m.group().rstrip(" -")
    pieces = words.split()
    while pieces and (pieces[-1].lower() in STOP or (pieces[-1].endswith("ed") and len(pieces) > 1)):
        pieces.pop()
    if pieces and not (len(pieces) == 1 and pieces[0].endswith("ed")):
        end = start
        for piece in pieces:
            end = sentence.index(piece, end) + len(piece)
        yield Triple(name, verb, sentence[start:end], where, verb_span, Span(start, end))


_DESCRIPTION = lazy_pattern(
    r"(?:(?!(?:of|in|on|at|by|for|from|to|with|that|which|who|and|or|as|near|located|situated|"
    r"published|written|directed|produced|"
    r"created|released|based|played|performed|starring|founded|held|made|set|devoted|who|whose|"
    r"between|known|under)\b)[\w'’.-]{1,30}\s?){1,8}"
)
