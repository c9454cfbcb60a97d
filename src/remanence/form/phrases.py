"""Key phrases, noun phrases and plain triples of a text, by rules: no tagger, no model.

`tokens` are the words that a word index would keep; `noun_phrases` cuts at function words and verbs;
`keyphrases` ranks them as RAKE does (degree over frequency); `triples` is a small open information extraction for
encyclopedic prose ("X is a Y in Z", "directed by", appositions, passives, "the capital of X is Y").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from remanence.form.sentences import Span, split


def _list(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP = _list(
    """a about above after again against all also am an and any are aren't as at be because been before being below
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either
    else even ever every few for from further get gets got had hadn't has hasn't have haven't having he he'd he'll he's
    her here here's hers herself him himself his how how's however i i'd i'll i'm i've if in into is isn't it it'd it'll
    it's its itself just let's lets like may me might mine more most much must my myself neither no nor not now of off
    often oh ok okay on once one only onto or other our ours ourselves out over own per perhaps quite rather really
    same shall shan't she she'd she'll she's should shouldn't since so some something still such than that that's the
    their theirs them themselves then there there's these they they'd they'll they're they've thing things this those
    though through thus to too toward towards under until up upon us very via was wasn't we we'd we'll we're we've well
    were weren't what what's whatever when when's where where's whether which while who who's whole whom whose why
    will with within without won't would wouldn't yeah yes yet you you'd you'll you're you've your yours yourself
    yourselves im ive dont didnt doesnt cant wont thats whats isnt youre gonna wanna gotta lot lots bit kind sort
    anything everything nothing someone anyone everyone nobody somebody around away back along across another many
    several already almost always never maybe please thanks thank hey hi hello wow bye etc going"""
)
"""Words that name nothing: articles, pronouns, auxiliaries, prepositions, question words, talk fillers."""

_VERBS = _list(
    """make makes made making take takes took taken taking go goes went gone come comes came coming see sees saw seen
    seeing know knows knew known think thinks thought thinking want wants wanted need needs needed feel feels felt
    feeling find finds found finding give gives gave given giving tell tells told telling say says said saying ask asks
    asked keep keeps kept keeping help helps helped try tries tried trying use uses used become becomes became look
    looks looked looking seem seems seemed mean means meant hear hears heard sound sounds show shows showed shown put
    puts start starts started starting begin begins began hope hopes hoped love loves loved loving enjoy enjoys
    enjoyed hate hates hated call calls called let guess believe believes remember remembers remembered forget happen
    happens happened happening talk talks talked talking chat chatted work works worked play plays played run runs ran
    bring brings brought buy buys bought pay paid meet meets met learn learns learned leave leaves left live lives
    lived move moved stay stays stayed wait waited read wrote write spend spent lose lost win won build built send sent
    stand stood follow follows followed pass passed appear appears appeared include includes included contain contains
    remain remains remained locate located situate situated publish published create created produce produced direct
    directed perform performed develop developed found founded star starred starring feature features featured serve
    serves served refer refers referred base based write written release released hold holds held can't glad excited
    happy sorry sure able nice great awesome amazing cool good bad best better super such so true right wrong crazy
    proud pretty agree appreciate congrats check checked wish wished miss missed"""
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+|[-.][^\W_]+)*")
_CJK_RUN = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯豈-﫿]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with its place in the source and a weight (RAKE score; 0 where none was asked for)."""

    start: int
    end: int
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


_ADVERB = re.compile(r"[a-z]{3,30}ly$")
_PARTICIPLE = re.compile(r"[a-z]{2,30}(?:ed|ing)$")
_NOUN_ING = _list(
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
    if word in STOP or word in _VERBS or _ADVERB.match(word) is not None and word not in ("family", "italy", "july"):
        return True
    if "'" in word and not word.endswith("'s"):
        return True
    return word not in _NOUN_ING and word.endswith("ed") and _PARTICIPLE.match(word) is not None


def noun_phrases(text: str, max_words: int = 5) -> list[Phrase]:
    """Runs of at most `max_words` words that hold no function word, verb form or punctuation; spans slice the text."""
    out: list[Phrase] = []
    run: list[re.Match[str]] = []
    previous = 0
    for m in _WORD.finditer(text):
        gap = text[previous : m.start()]
        broken = _breaks(m.group())
        if run and (broken or gap not in (" ", "-", " & ")):
            out.extend(_close(text, run, max_words))
            run = []
        if not broken:
            run.append(m)
        previous = m.end()
    if run:
        out.extend(_close(text, run, max_words))
    return out


def _close(text: str, run: list[re.Match[str]], max_words: int) -> Iterator[Phrase]:
    while run and (run[0].group().isdigit() or run[0].group().lower().endswith("ing")
                   and run[0].group().lower() not in _NOUN_ING and len(run) > 1):  # fmt: skip
        run = run[1:]
    run = run[-max_words:]
    if not run:
        return
    start, end = run[0].start(), run[-1].end()
    if text[end - 2 : end] in ("'s", "’s"):
        end -= 2
    if end - start > 1:
        yield Phrase(start, end, text[start:end])


def keyphrases(text: str, k: int = 5) -> list[Phrase]:
    """The `k` best noun phrases, best first: sum over the words of degree / frequency (Rose et al. 2010, RAKE).

    Capitalised phrases count a fifth more; phrases said several times count more than once. Ties keep text order.
    """
    phrases = noun_phrases(text, 4)
    if not phrases or k <= 0:
        return []
    frequency: dict[str, int] = {}
    degree: dict[str, int] = {}
    split_phrases = [p.text.lower().split() for p in phrases]
    for words in split_phrases:
        for word in words:
            frequency[word] = frequency.get(word, 0) + 1
            degree[word] = degree.get(word, 0) + len(words)
    first: dict[str, int] = {}
    score: dict[str, float] = {}
    for i, words in enumerate(split_phrases):
        key = " ".join(words)
        if key in first:
            score[key] *= 1.5
            continue
        weight = sum(degree[w] / frequency[w] for w in words)
        if phrases[i].start > 0 and phrases[i].text[0].isupper():
            weight *= 1.2
        first[key] = i
        score[key] = weight * 0.5 if len(key) < 4 else weight
    ranked = sorted(first, key=lambda key: (-score[key], first[key]))[:k]
    return [replace(phrases[first[key]], score=round(score[key], 6)) for key in ranked]
