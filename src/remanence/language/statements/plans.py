"""What somebody plans or wishes to do, and what they did when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import WHOLE, Sentence, grammar, make, on, subject_of
from remanence.language.statements.statement import CERTAIN, LOOSE, Statement

_PLAN = grammar(
    r"<SUBJECT>(?:['’]m| am|['’]re| are|['’]ve been| have been|['’]s| is)?(?P<no> not| no longer|"
    r" don['’]t)?<ADVERBS> (?P<w>going to|gonna|planning (?:to|on|a|for)|plan (?:to|on)|plans to|"
    r"thinking (?:of|about)|intend to|intends to|aim to|want to|wants to|hope to|hopes to|hoping to|"
    r"decided to|signed up (?:for|to)|scheduled (?:a|an|my|to)|booked (?:a|an|my|our))"
    r" (?P<v>[^.,;:!?\n()]{3,110})"
)
_WILL = grammar(r"<SUBJECT>(?:['’]ll| will| am|['’]m|['’]re| are) (?P<v>(?:be )?[a-z]+(?:ing)? [^.,;:!?\n()]{3,110})")
_PLAN_TAIL = lazy_pattern(r"\s(?:but|because|so (?:i|we|that)|and (?:i|we|it|was|am)|[-–—])(?=\s|\b)", re.I)
_SURELY_PLANNED = listed("plan plans planning planned decided signed scheduled booked")


@on(
    "going gonna planning plan plans thinking intend intends aim want wants hope hopes hoping decided signed "
    "scheduled booked",
    _PLAN,
)
def _plans(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    word = m["w"].split()[0]
    value = m["v"]
    if re.match(
        r"(?:you|see you|be (?:ok|okay|fine|great|awesome|amazing)|say|tell you|let you|know|ask|thank|"
        r"have to|need to|it|that|this|them|"
        r"keep (?:it|going|pushing|at)|a few\b|the same|[A-Z])",
        value,
    ):
        return
    if word == "thinking" and not re.match(r"[a-z]+ing\b", value):
        return
    if word == "going" and value.split()[0] in ("the", "a", "my"):
        return  # "going to the shop": a place, not a plan, unless dated
    slot = "wants" if word in ("want", "wants", "hope", "hopes", "hoping", "aim") else "plan"
    start, end = m.span("v")
    tail = _PLAN_TAIL.search(s.text[start:end])
    if tail is not None:
        end = start + tail.start()
    lead = (
        ""
        if m["w"].endswith(("to", "gonna"))
        else m["w"].split()[-1] + " "
        if word in ("planning", "booked", "scheduled") and m["w"].split()[-1] in ("a", "an", "my", "our")
        else ""
    )
    if word in ("signed", "booked", "scheduled"):
        lead = m["w"] + " "
    yield from make(s, m, slot, value=lead + s.text[start:end].strip(), span=(start, end),
                     certain=word in _SURELY_PLANNED)  # fmt: skip


@on("i'll will going i'm am we're we'll are", WHOLE)
def _dated_plans(s: Sentence, _: re.Match[str]) -> Iterator[Statement]:
    if s.said_at is None:
        return
    ahead = [
        e for e in s.when() if e.until > e.at and e.at >= s.said_at - timedelta(days=1) and e.precision != "minute"
    ]
    if not ahead:
        return
    for m in _WILL.finditer(s.text):
        if m["i"] is None or re.search(
            r"\b(?:planning|gonna|thinking|hoping|excited|happy|sure|glad|so)\b", m["v"][:14]
        ):
            continue
        if not re.match(r"(?:be\s)?[a-z]+ing\b", m["v"]) and not re.search(r"(?:['’]ll|\swill)\s", m.group()):
            continue
        value = _PLAN_TAIL.split(re.sub(r"^going to\s(?=(?!the|a|an|my|our)[a-z])", "", m["v"]))[0]
        yield from make(s, m, "plan", value=value.strip(), certain=False)


_DID = grammar(
    r"<SUBJECT>(?P<no> didn['’]t| did not| never)?<ADVERBS> (?P<v>(?:went|got|saw|met|took|made|"
    r"came|ran|gave|had|bought|told|found|left|won|lost|ate|drove|flew|spent|wrote|read|brought|"
    r"taught|held|heard|became|began|broke|caught|sold|led|did|was|were|put|set|cut|hit|hurt|quit|"
    r"sang|swam|rode|threw|built|fell|felt|drew|[a-z]{2,18}ed)\b[^.!?;\n]{2,160})"
)


@on("i we I We", WHOLE)
def _events(s: Sentence, _: re.Match[str]) -> Iterator[Statement]:
    if s.said_at is None:
        return
    past = [e for e in s.when() if e.sense == "at" and e.precision != "decade" and e.at <= s.said_at]
    if not past:
        return
    for m in _DID.finditer(s.text):
        if m["i"] is None:
            continue
        near = min(
            past,
            key=lambda e: 0 if m.start() <= e.start < m.end() else min(abs(e.start - m.end()), abs(m.start() - e.end)),
        )
        if not (m.start() - 40 <= near.start <= m.end()):
            continue
        if _NO_EVENT.match(m["v"]):
            continue
        start, end = m.span("v")
        tail = _EVENT_TAIL.search(s.text, start + 6, end)
        if tail is not None and tail.start() >= min(end, near.end if near.start >= start else start):
            end = tail.start()
        value = s.text[start:end].strip(" ,-")
        what = _ANTECEDENT.search(s.text, max(0, m.start() - 50), m.start())
        if what is not None and what[1].split()[-1].isdigit():
            continue  # "the 20 I still had": a sum, nothing that happened
        if what is not None:
            # "a trip we took last year": the object stands in front
            verb, _space, rest = value.partition(" ")
            lead = _STRANDED.match(rest)
            if lead is not None:  # "a festival I volunteered at last month"
                verb, rest = f"{verb} {lead[1]}", rest[lead.end() :]
            value = f"{verb} {what[1].strip()} {rest}".strip()
        who = subject_of(s, m)
        if who:
            yield Statement(
                who,
                "event",
                " ".join(value.split()),
                -1 if m["no"] else 1,
                near.at,
                near.until,
                s.offset + m.start(),
                s.offset + end,
                CERTAIN if near.certain else LOOSE,
                speaker=s.speaker,
            )
        return


_NO_EVENT = lazy_pattern(
    r"(?:(?:wanted|planned|hoped|meant|intended|tried) to|(?:was|were) (?:\w+ )?(?:remembering|thinking|wondering|"
    r"hoping|just|going to|supposed to|about to|meant to|planning)|felt like|had to say|needed to)\b"
)
_EVENT_TAIL = lazy_pattern(
    r"\s[-–—]\s|,\s|\sand (?:it|we|i|they|he|she)\b|\s(?:because|which|but|so|reminds|means|makes)\b|"
    r"(?<!what)\s(?:is|was|were) (?:so|really|such|a|an|the)\b",
    re.I,
)
_STRANDED = lazy_pattern(r"(at|to|in|on|with|for|from|about)\s(?=last|this|yesterday|on|in|a|two|three|the other|\d|$)")
_ANTECEDENT = lazy_pattern(r"\b((?:a|an|the|this|that|these|those|my|our|one of)\s(?:[\w'’-]{2,18}\s){1,4}?)$")


RULES = (_plans, _dated_plans, _events)
