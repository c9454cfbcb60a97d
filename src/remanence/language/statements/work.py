"""What somebody works as, for whom, and what they study."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import CUT_SHORT, Sentence, clip, grammar, make, on, polarity_of
from remanence.language.statements.kin import KIN
from remanence.language.statements.statement import Statement

_WORK_AS = grammar(
    r"<START> (?:(?P<w>work|works|working|worked)(?: full[ -]time| part[ -]time| remotely)? as|"
    r"(?:got|landed|started|have|has|took|accepted|found|lost|quit|left) (?:a|my|his|her|the) (?:new |"
    r"old )?(?:job|role|position|gig)(?: working)? as|became|become|was promoted to|got promoted to|"
    r"been promoted to|promoted to|was hired as|got hired as|started(?: working)? as) (?:(?:a|an|the|"
    r"our|my) )?<VALUE>"
)
_WORK_AT = grammar(
    r"<START> (?:(?P<w>work|works|working|worked) (?:at|for|with)|(?:got|landed|started|have|has|"
    r"took|accepted|found|lost|quit|left) (?:a|an|my|his|her|the) (?:new |old )?(?:[\w-]+ )?(?:job|"
    r"role|position|internship) (?:at|with)|joined|was hired by|got hired by) <VALUE>"
)
_I_AM_A = grammar(r"<SUBJECT>(?:['’]m| am|['’]s| is)(?P<no> not| no longer)?<ADVERBS> (?:a|an) <VALUE>")
_JOB_IS = grammar(
    r"<MY> (?:new |current )?(?P<w>job|occupation|profession|job title|role|employer|boss)(?: is|"
    r"['’]s)(?: (?:a|an|as|as an?))? <VALUE>"
)
_TRADES = lazy_pattern(
    r"\b(?:[a-z]{3,}(?:er|or|ist|ian|yst)|nurse|chef|cook|clerk|coach|judge|pilot|artist|intern|"
    r"student|accountant|assistant|consultant|"
    r"surgeon|architect|musician|attorney|therapist|dentist|vet|scientist|athlete|model|guard|fireman|"
    r"firefighter|policeman|cop|"
    r"freelancer|mechanic|pharmacist|electrician|plumber|barista|banker|soldier|president|CEO|CTO|"
    r"executive|analyst|journalist|entrepreneur|"
    r"teacher|professor|doctor|lawyer|engineer|designer|developer|writer|manager)\b(?!['’-])"
)
_NO_TRADE = lazy_pattern(
    r"\b(?:bit|fan|big|huge|lover|believer|member|person|user|customer|owner|beginner|mother|father|"
    r"sister|brother|parent|mix|loser|winner|"
    r"better|other|another|number|matter|dinner|reminder|dancer at heart|survivor|supporter|lover|"
    r"newcomer|foodie|single|sucker|"
    r"reader|listener|learner|firm|night owl|morning|power|killer|bummer|factor|color|monster|"
    r"disaster|super|corner|letter|paper)\b",
    re.I,
)


_NO_NAME = lazy_pattern(
    r"(?:(?:an?|the|so|very|not|\w+ing|gone|away|off|on|in|at|from|out|back|here|there|ill|sick|never|always|still|also|"
    r"really|quite|too|such|no|ok|okay|fine|new|old|right|wrong|mad|angry|happy|sad|late|dead|ready|busy|tired|strict|"
    r"nice|great|good|bad|kind|lovely|awful|amazing|terrible|horrible|useless|cool|chill|sweet|mean|weird|funny|crazy|"
    r"upset|pregnant)\b|(?-i:[a-z]+(?:ed|ful|ous|ive|ish|less)\b))",
    re.I,
)
"""What a boss is ("leaving"), not who."""
_WORK_WORDS = (
    "work works working worked job role position gig became become promoted hired started joined "
    "internship occupation profession employer i'm am is boss"
)


@on(_WORK_WORDS, _WORK_AS)
def _works_as(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    lost = re.search(r"\b(?:lost|quit|left)\b", m.group()) is not None
    start, end = clip(s, *m.span("v"))
    cut = re.search(r"\s(?:at|for|with|in|on|from)\s", s.text[start:end])
    if cut is not None:
        place = s.text[start + cut.end() : end]
        if place[:1].isupper() and cut.group().strip() in ("at", "for", "with"):
            yield from make(s, m, "employer", value=place, span=(start, end), polarity=-1 if lost else polarity_of(m))
        end = start + cut.start()
    if re.search(r"\b(?:became|become)\b", m.group()):
        trade = _TRADES.search(s.text[start:end])
        if trade is None or trade.group() in KIN:  # "became a mother"
            return
    slot = "worked as" if m["w"] == "worked" and not m["no"] else "job"
    yield from make(s, m, slot, span=(start, end), polarity=-1 if lost else polarity_of(m))


@on(_WORK_WORDS, _WORK_AT)
def _works_at(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"))
    value = s.text[start:end]
    if not re.match(r"(?:the\s|an?\s)?(?:[a-z]+\s){0,2}[A-Z]", value) and not re.search(
        r"\b(?:company|startup|start-up|firm|agency|hospital|school|university|bank|studio|restaurant|"
        r"shop|store|clinic|library|office|lab|non-?profit|shelter)\b",
        value,
    ):
        return
    if "joined" in m.group() and not value[:1].isupper():
        return
    lost = re.search(r"\b(?:lost|quit|left)\b", m.group()) is not None
    role = re.search(r"\sas\s(?:an?\s)?(.+)$", value)
    if role is not None:
        yield from make(s, m, "job", value=role[1], span=(start, end))
        value = value[: role.start()]
    slot = "worked at" if m["w"] == "worked" and not m["no"] else "employer"
    yield from make(s, m, slot, value=value, span=(start, end), polarity=-1 if lost else polarity_of(m))


_TEACH_AT = grammar(
    r"<START> (?:teach|teaches|lecture|lectures|coach|coaches|nurse|nurses|cook|cooks|tutor|tutors|intern|interns)"
    r"(?: (?!at\b|for\b)[a-z]+){0,3} at (?:the )?(?P<v>[A-Z][\w&'’-]*(?: [A-Z][\w&'’-]*){0,3})"
)
"""The names of trades that are verbs: "I teach chemistry at Saltmarsh College"."""


@on("teach teaches lecture lectures coach coaches nurse nurses cook cooks tutor tutors intern interns", _TEACH_AT)
def _teaches_at(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    yield from make(s, m, "employer", value=m["v"], span=m.span("v"))


@on(_WORK_WORDS, _I_AM_A)
def _is_a(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"))
    head = CUT_SHORT.search(s.text, start, end)
    title_end = head.start() if head is not None else end
    value = s.text[start:title_end]
    if len(value.split()) <= 4 and _TRADES.search(value) and not _NO_TRADE.search(value):
        yield from make(s, m, "job", value=value, span=(start, title_end), certain=m["i"] is not None)
        at = re.match(r"\s(?:at|for|with)\s([A-Z][\w&'’-]*(?:\s[A-Z][\w&'’-]*){0,3})", s.text[title_end:end])
        if at is not None:
            yield from make(s, m, "employer", value=at[1], span=(start, title_end + at.end()))


@on(_WORK_WORDS, _JOB_IS)
def _job_is(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    slot = {"employer": "employer", "boss": "boss"}.get(m["w"], "job")
    start, end = clip(s, *m.span("v"), short=True)
    if slot == "job" and not _TRADES.search(s.text[start:end]):
        return
    if slot == "boss" and _NO_NAME.match(s.text[start:end]):
        return
    yield from make(s, m, slot, span=(start, end))


_HELD = lazy_pattern(
    r"\b(?:ceremony|graduation|festival|conference|reunion|event|party|workshop|lecture|seminar|meeting|wedding|game|"
    r"match|concert|show|fair|exhibition|webinar|class(?:es)?|abs|yoga|zumba)\b|['’]s\b|\son\s\w+days?\b",
    re.I,
)
"""What one attends and is no school."""
_STUDY = grammar(
    r"<START> (?:(?P<w>study|studying|studies|studied|major in|majoring in|majored in)|(?:have|has|"
    r"got|earned|finished|completed|pursuing|doing) (?:a|an|my|his|her) (?:[\w.'’]+ )?(?:degree|major|"
    r"bachelor['’]?s|master['’]?s|phd|PhD|diploma|certificate) in|(?P<g>graduated from|graduated at|"
    r"went to college at|attend|attended|enrolled at|enrolled in)) <VALUE>"
)


@on(
    "study studying studies studied major majoring majored degree graduated attend attended enrolled "
    "bachelor's master's phd diploma certificate",
    _STUDY,
)
def _studies(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"))
    value = s.text[start:end]
    if m["g"]:
        if _HELD.search(value):
            return
        if value[:1].isupper() or re.search(r"\b(?:university|college|school)\b", value, re.I):
            yield from make(s, m, "education", span=(start, end))
        return
    at = re.search(r"\sat\s(?=[A-Z])", value)
    if at is not None:
        yield from make(s, m, "education", value=value[at.end() :], span=(start, end))
        end = start + at.start()
    if not re.match(r"(?:for|hard|at|with|together|abroad|a lot|to|the|how)\b", value):
        yield from make(s, m, "studied" if m["w"] == "studied" else "studies", span=(start, end))


RULES = (_works_as, _works_at, _teaches_at, _is_a, _job_is, _studies)
