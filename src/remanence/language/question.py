"""A question, read once: who asks, about whom, what kind of answer would do, of which time, in which words.

Only rules, no model and no store; every rule may stay silent, and then the field is empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from remanence.language.answer_type import AnswerType, expected, in_another_language
from remanence.language.dates import TimeExpression, asked_times
from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.names import names_in
from remanence.language.speakers import match_speakers
from remanence.language.statements.attributes import attributes_asked
from remanence.language.text import content_of, words, words_each
from remanence.records import dataclass

_SAYS = Patterns(
    to_you=r"\b(?:did|have|had|were) you\b|\byou(?:'ve| have| had)? (?:\w{1,30}ed|told|said|gave|given|wrote|made|"
    r"put)\b"
    r"|\byour (?:advice|answer|explanation|idea|list|plan|recipe|recommendation|response|suggestion|tip)",
    i=r"(?<![\w'’])(?:i|me|my|mine|myself|we|us|our|ours|im)(?!\w)",
    i_elsewhere=r"(?<![\w'’])(?:ich|mich|mir|mein\w*|wir|unser\w*|je|j(?=['’])|mon|ma|mes|notre|nos|yo|mi|mis|nuestr[oa]s?|io|mio|mia|"
    r"nostr[oa]|eu|meu|minha|nosso|nossa|ik|mij|mijn|wij|ons|onze)(?!\w)|我|私|僕|俺|제|내",
    elision=r"(?<!\w)(?:j|l|d|qu|n|s|m|t|c)['’](?=\w)",
    before=r"\b(?:used to|before (?:that|i|we|he|she|they|the|my|\w{1,30} (?:moved|changed|left|switched|quit|started))"
    r"|previous(?:ly)?|former(?:ly)?|original(?:ly)?|at first|(?<!\bhow )old|earlier|initially|until|back then"
    r"|(?:my|his|her|their|our) (?:first|last|ex))\b|\bdid\b.{0,80}\bbefore\b|\bbefore\W*$"
    r"|\bfirst (?:planned|meant|supposed|due|promised|announced|set|scheduled|hoped|wanted|asked|offered|quoted|named|"
    r"booked|date|price|offer|quote|estimate|bid|deadline|plan)\b"
    r"|\b(?:planned|meant|supposed|due|promised|announced|set|scheduled|hoped|wanted|asked|asking|offered|quoted|booked)"
    r"(?: \w{1,30}){0,4} first\b"
    r"|\b(?:was|were|had)\b.{1,40}?"
    r"\b(?:meant|supposed|due|going|scheduled|planned|promised|hoped|have been) (?:to|for)\b"
    r"|\bhad\b.{1,30}?(?:\bin mind\b|\b(?:asked|wanted|hoped|planned|offered|quoted|promised)\b)",
    now=r"\b(?:now|currently|current|at the moment|these days|nowadays|still|today|latest|present)\b",
    past=r"\b(?:was|were|did|had|used)\b",
    # A list of what held at any time, not only of what holds now.
    ever=r"\b(?:every|all(?: of)?|each|which|what)\b.{0,80}\b(?:so far|ever|in order|over the (?:years|months)|"
    r"until now)\b"
    r"|\b(?:every|all(?: of)?|each)\b.{0,60}\b(?:ha(?:ve|s)|'ve|'s|had|been|was|were)\b"
    r"|^\W*(?:ha(?:ve|s|d)|did|was|were)\b.{1,40}?\bever\b",
    summary=r"\b(?:summar(?:y|ies|i[sz](?:e[sd]?|ing))|overview|recap(?:itulate)?)\b",
)
"""What a question says of whom and when it means."""
_WORDS_OF_ASKING: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("how long", lazy_pattern(r"\bhow (?:long|often)\b", re.I)),
    ("how many", lazy_pattern(r"\bhow (?:many|much|old|far)\b", re.I)),
    ("when", lazy_pattern(r"\bwhen\b|\b(?:what|which) (?:\w{1,30} )?(?:date|day|month|year|time|week)\b", re.I)),
    ("where", lazy_pattern(r"\bwhere\b|\b(?:what|which) (?:\w{1,30} )?(?:city|country|place|state|town)\b", re.I)),
    ("who", lazy_pattern(r"\bwho(?:m|se)?\b", re.I)),
    ("why", lazy_pattern(r"\bwhy\b|\bfor what reason\b|\bhow come\b", re.I)),
    ("how", lazy_pattern(r"\bhow\b", re.I)),
    ("which", lazy_pattern(r"\bwhich\b", re.I)),
    ("what", lazy_pattern(r"\bwhat\b", re.I)),
    ("whether", lazy_pattern(r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.I)),
)

_FUNCTION_WORDS_ELSEWHERE = frozenset(
    """wie was wer wo wann hoch viel viele alt lange ist sind war bin hat habe haben der die das ein eine einen den dem
    mein meine meinen meiner ich mich mir du sie er es wir unser unsere nicht in im am an auf zu mit von für und
    où quand qui quel quelle quels quelles combien que quoi est ce suis es a ai as ont sont le la les un une des du de
    mon ma mes je tu il elle on nous notre dans en au aux et pour avec dónde cuándo quién qué cuál cuánto cuánta cuántos
    es está estoy tengo tiene el los las una mi mis yo me se en de del con por para y al como cómo dove quando chi che
    quale quanto quanta è sono ho ha il lo gli i una mio mia io si di del della con per e onde quem qual o os um uma meu
    minha eu é estou tem do da no na com waar wanneer wie wat welke hoeveel hoe is zijn heb heeft het een mijn ik de van
    te met voor en""".split()
)
"""Function words of the languages whose question words are known; they say nothing in a question of theirs."""


Tense = Literal["now", "past", "before", ""]
A_THING = AnswerType("thing")
"""The expected answer of a question that no rule reads."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read.

    asker: the speaker who asks ("I" in it), None when unknown. people: those known by name whom it names, sorted.
    subjects: whom it is about: `people`, and the asker where it says "I" or "my"; empty when nobody is said.
    names: its capitalised names. expected: form of the answer, its noun, whether several are wanted.
    attributes: names of attributes that its words ask for, likeliest first (`statements.attributes`). single: those of
    them that hold one value at a time. named: those that its keywords name ("children", and not "has").
    said: all its words in order. keywords: content words in order, without the names of `people`; all content words
    when nothing else is left.
    topic: the same words, names of listed people included. essence: keywords without words of time ("these days",
    "in July 2025"), which say when and not what. interval: a time that it certainly names, [since, before).
    tense: "before" for what held before something else, "past", "now", or "" where it does not say.
    asks: a question word, "whether", or "". to_you: it wants what "you" (the assistant) said.
    ever: it wants what held at any time ("every city I have lived in"), not only what holds now.
    sums_up: it wants a summary of what was said. called: role words by which it speaks of the asker ("the user").
    whole: its text as a whole question ("weight of the dog" asks "What is the weight of the dog?").
    """

    text: str
    at: datetime
    asker: str | None = None
    people: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    expected: AnswerType = A_THING
    attributes: tuple[str, ...] = ()
    single: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    essence: tuple[str, ...] = ()
    interval: tuple[datetime, datetime] | None = None
    tense: Tense = ""
    asks: str = ""
    to_you: bool = False
    says_i: bool = False
    ever: bool = False
    sums_up: bool = False
    called: tuple[str, ...] = ()
    whole: str = ""

    @property
    def many(self) -> bool:
        """Whether a list is wanted."""
        return self.expected.many

    @property
    def whether(self) -> bool:
        """Whether yes or no is wanted."""
        return self.expected.form == "whether"

    @property
    def as_of(self) -> datetime | None:
        """The moment that it asks about: the end of a named time that is over when it is asked, else None."""
        if self.interval is None or self.interval[1] > self.at or self.expected.form == "date":
            return None
        return self.interval[1]


def read(
    question: str,
    *,
    at: datetime,
    asker: str | None = None,
    people: Sequence[str] = (),
    called: Sequence[str] = (),
) -> Question:
    """Read a question that is asked `at` a time (with its offset), by a speaker, in a memory of these people.

    `asker` and `people` are names as the memory stores them; roles such as "user" are no names but may ask. `called`
    are words of the question that mean the asker: "the user" is no word to search for, it is whose memory this is.
    """
    said = words(question)
    named = match_speakers(question, people, said)
    names = words_each(named)
    spoken = {part for name in names for part in name}
    spoken |= {part[:size] for name in names for part in name[:1] for size in range(3, len(part))}
    foreign = in_another_language(question) is not None
    every = words(_SAYS.elision.sub("", question)) if foreign else said
    topic = tuple(content_of(every))
    if foreign:
        topic = tuple(word for word in topic if word not in _FUNCTION_WORDS_ELSEWHERE) or topic
    spoken.update(called)
    bare = [re.split(r"['’]", word)[0] for word in topic]
    keywords = tuple(word for word, plain in zip(topic, bare, strict=True) if plain not in spoken)
    says_i = (_SAYS.i_elsewhere if foreign else _SAYS.i).search(question) is not None
    about = (*named, asker) if (says_i or called) and asker is not None and asker not in named else named
    asks = _asks(question)
    whole = question if asks else _whole(question)
    form = expected(whole)
    if whole is not question and _LISTED.search(question) is None:
        form = replace(form, many=False)
    attributes, single, told = attributes_asked(tuple(every), keywords or topic)
    times, intervals = asked_times(question, at)
    return Question(
        text=question,
        at=at,
        asker=asker,
        people=named,
        subjects=about,
        names=names_in(question),
        expected=form,
        attributes=attributes,
        single=single,
        named=told,
        said=tuple(said),
        keywords=keywords or topic,
        topic=topic,
        essence=_essence(question, times, keywords or topic),
        interval=_interval(intervals),
        tense=_tense(question),
        asks=asks,
        to_you=_SAYS.to_you.search(question) is not None,
        says_i=says_i,
        ever=_SAYS.ever.search(question) is not None,
        sums_up=_SAYS.summary.search(question) is not None,
        called=tuple(called),
        whole=whole,
    )


def _asks(question: str) -> str:
    return next((kind for kind, pattern in _WORDS_OF_ASKING if pattern.search(question)), "")


def _whole(question: str) -> str:
    """A question for an English noun phrase, in which nothing asks, nobody acts and nothing is ordered."""
    text = question.strip().rstrip(".")
    if text.endswith(("?", "？")) or not _NOUN_PHRASE.match(text) or _SAYS_SOMETHING.search(text):
        return question
    if in_another_language(text) is not None or not text.isascii():
        return question
    return f"What is {'' if _DETERMINED.match(text) else 'the '}{text}?"


_LISTED = lazy_pattern(r"\b(?:all|both|each|every|list|names)\b", re.I)
_NOUN_PHRASE = lazy_pattern(r"(?=[\w'’-]{2,}\s+\w)(?:\S+\s+){1,15}\S+$")
_SAYS_SOMETHING = lazy_pattern(
    r"^\W*(?:i|we|you|he|she|it|they|there|this|these|those|tell|remind|list|name|give|show|find|explain|describe|"
    r"recommend|suggest|help|write|make|look|please|let|summar\w+|recap|do|don't|in|on|at|for|to|from|by|with|and|or|so|ok|"
    r"hi|hello|thanks?|yes|no|not|just|if|how|about)\b(?!\s+of\b)|[.!;:]\s|\b(?:i|we|he|she|they)(?:'m|'ve|'re|'s)\b",
    re.I,
)
_DETERMINED = lazy_pattern(
    r"(?:my|your|our|his|her|their|its|the|an?|all|every|any|[A-Z][\w-]*(?:\s[A-Z][\w-]*)?['’]s?)\s"
)


_NOT_ESSENCE = frozenset(
    """now nowadays day days moment today currently current present presently latest recently lately so far still end
    anymore last first before after change changed check user customer month year week ago time times much many long
    often every name list date weekday per exactly please order code number amount ever each all""".split()
)
"""Words that say when or in which form, and not what."""


def _essence(question: str, times: Sequence[TimeExpression], keywords: Sequence[str]) -> tuple[str, ...]:
    timed = {word for one in times for word in words(question[one.start : one.end])}
    left = tuple(word for word in keywords if word not in timed and word not in _NOT_ESSENCE)
    return left or tuple(keywords)


def _interval(asked: Sequence[TimeExpression]) -> tuple[datetime, datetime] | None:
    certain = [time for time in asked if time.certain]
    return (certain[0].at, certain[0].until) if len(certain) == 1 else None


def _tense(question: str) -> Tense:
    if _SAYS.before.search(question):
        return "before"
    if _SAYS.now.search(question):
        return "now"
    return "past" if _SAYS.past.search(question) else ""
