"""Short replies: "whats the trolley code?" - "3065" says the same as "the trolley code is 3065"."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from collections.abc import Iterator

from remanence.language.common_words import FUNCTION_WORDS, VERBS, listed
from remanence.language.lazy_pattern import Patterns
from remanence.language.sentences import asks, split
from remanence.language.statements.kin import KIN
from remanence.language.statements.passing.people import Told
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.words import NUMBER_WORD, PAYMENTS

_NP, _END = r"(?P<t>(?:[\w'’/-]+ ){0,4}?[\w'’/-]+)", r"(?= *(?:$|[?,.!;]))"
_DET = r"(?:(?P<whose>the|your|ur|my|our|his|her|their|an?|this|that|ya|yr|(?-i:[A-ZÀ-Þ][\w-]+)['’]s|(?:mum|dad|mom|nan|gran)s?['’]?s) )?"
_AGAIN = r"(?: (?:again|now|these days|exactly|btw|then|pls|please|tho|atm|anyway|for me|called))*"
_ROWS = rf"""
age; \bhow old(?:['’]?s| is| are| r|['’]?re)? (?P<who>you|u|he|she|[\w'’-]+(?: (?!now|again|is|are)[\w'’-]+)?)(?: now| anyway| again)?{_END}
price; \bhow much(?:['’]?s| is| was| were| are| did| does| do| for)?(?: that| it| you| u| they| he| she)?(?: pay| cost| ask| want| charge| get| take)*(?: for)?(?: {_DET}{_NP})?(?: cost| (?:they|you|he|she) (?:want|ask|charge|pay)\w*| in the end)?{_AGAIN}{_END}
does; \bhow much (?:do|does|did) (?P<who>you|u|he|she|they|(?-i:[A-ZÀ-Þ]\w+)) (?P<v>weigh|earn|make|get paid|charge|pay)
where; \bwhere(?:['’]?s| is| are|['’]?re)?(?: (?:do|does|are|did))? (?P<who>you|u|he|she|(?-i:[A-ZÀ-Þ]\w+)) (?P<v>liv\w+|work\w*|from|moving|move|staying|stay)
who; \b(?:whos|who['’]?s|who is|who was|whats the name of|what['’]?s the name of|who are)(?: the name of)? {_DET}{_NP}{_AGAIN}{_END}
named; \b(?:what(?:['’]?s| is| are|s)?|wats|whats)(?: (?:his|her|its|their|(?P<of>the|your|ur|my) {_NP}['’]?s)) (?:name|called)|\b(?:what(?:['’]?s| is|s)?|whats) (?:he|she|it|they) called|\bwhat (?:did|do|will|are) (?:you|u|they|he|she)(?: gonna| going to)? (?:call|name) (?:him|her|it|them|(?P<of2>the|your|ur) (?P<t2>[\w-]+))
what; \b(?:whats|wats|what['’]?s|what is|what was|what are|what were|which is|wheres|where['’]?s|where is|when['’]?s|when is|whens|remind me(?: of)?|need|send(?: me)?|tell me|give me|got|have you got|do you have|you have|anyone (?:got|know|have|remember)s?|does (?:anyone|anybody) (?:know|have|remember)|do you (?:know|remember)|what about) {_DET}{_NP}{_AGAIN}{_END}
which; \b(?:which|what|wot|wat) (?P<t>(?!time\b|about\b|if\b|did\b|do\b|does\b|is\b|are\b|was\b|the\b|you\b|happened\b|kind\b)(?:[a-z-]+ )??[a-z-]+) (?P<v>is|are|was|do|does|did|r|for|should|shall|will|have|has|you|u)\b(?: (?P<who>(?:you|u|he|she|they|it|we|i)\b|(?-i:[A-ZÀ-Þ]\w+)))?
bare; ^\W*(?:(?:and|ok|so|cool|great|oh|nice|thanks|sure|wow|but|lol|yes|no)[,!]? ){{0,2}}{_DET}{_NP}{_AGAIN} ?\?
opens; ^[^\w$€£+]*(?:(?:yes|yeah|yep|ok|oh|its|it['’]s|it is|hes|he['’]s|shes|she['’]s|they['’]re|im|i['’]m|i am|that['’]s|thats|was|still|now|just|about|only|around|we are|hang on|sec|one sec|hm+|er+m?|ehm|let me see|lol|haha|same|the|a|an|for|at|in|to|is|think|i think|ah|well|sure|my|his|her)\b[,.:… ]*)*
value; (?P<v>[\w.+-]+@[\w-]+\.[\w.-]+|[$€£]?\s?\+?\d[\d.,:/ -]*(?<=\d)(?:[/-]?[A-Za-z]{{1,3}}\d*)?(?: ?(?!and\b|but\b|so\b|not\b|if\b|for\b|then\b|in\b|on\b|at\b|the\b|now\b|i\b|from\b|was\b|is\b|since\b|no\b)(?:an? |per )?[a-zà-ÿ€£$%²/]{{1,12}}(?: (?:a|per) [a-z]+)?)?|(?=\w*\d)[\w#*-]{{3,}}|["“][^"“”]{{2,40}}["”]|(?i:{NUMBER_WORD})(?: [a-z]+)?|(?-i:(?:(?:Dr|Mr|Mrs|Ms|St)\.? )?[A-ZÀ-Þ][\w'’&-]+(?: (?:(?:de|van|von|der|the|of|&) ){{0,2}}[A-ZÀ-Þ0-9][\w'’&-]*){{0,3}})|[^\s.,;!?][^.,;!?\n(]{{1,40}})
denies; ^\W*(?:no\b|nope|not|none|dunno|don['’]?t|idk|never|nothing|nobody|maybe|i don|cant|can['’]t|why|what|when|who|how|if|ask|wait|sorry|depends|because|bc|cos|to |so |we|they|you|he |she |i |and|but|thank|let|yes|yeah|yep|ok|sure|good|great|fine|which|hello|hi\b|hey\b|dear\b|hola|hallo)
"""
_SAYS = Patterns(**dict(row.split("; ", 1) for row in _ROWS.strip().split("\n")))
"""What questions ask for and how a short reply begins."""
_NO_THING = (
    (FUNCTION_WORDS - listed("of for the to on in at"))
    | (VERBS - listed("work play"))
    | listed("lol haha anyway really u ur going doing")
)
_SENTENCE = 70
"""Characters of the first sentence of a reply that is still a short one."""
_ASKED = 160


def replies(question: str, asker: str, reply: str, speaker: str, focus: Focus) -> Iterator[Told]:
    """What a reply says of what the turn before asked last; nothing where no question or no short value stands."""
    sentences = [span.of(question) for span in split(question[-400:])] if "?" in question else []
    if not sentences or asker == speaker:
        return
    last = next((one for one in reversed(sentences) if one.rstrip().endswith("?") or asks(one)), "")
    if not last or len(last) > _ASKED:
        return
    parts = split(reply[:400])
    if not parts:
        return
    first = parts[0]
    told = first.of(reply)
    if asks(told) or len(told) > _SENTENCE:
        return
    head = _SAYS.opens.match(told)
    begin = head.end() if head is not None else 0
    m = _SAYS.value.match(told, begin)
    if m is None or _SAYS.denies.match(told[begin:]):
        return
    value = m["v"].strip(" \t\"“”'’.,")
    alone = "alone" if not told[m.end() :].strip(" .!") else "more"
    kind = "digits" if any(c.isdigit() for c in value) else "name" if value[:1].isupper() else "words"
    asked = next(_asked(last, asker, speaker, focus), None)
    if asked is not None and asked[2] == "bare" and kind == "words":
        return
    if asked is not None and value and len(value.split()) <= 6:
        of, attribute, how = asked
        start = first.start + m.start("v")
        yield Told(of, attribute, value, start, start + len(m["v"]), f"reply {how} {kind} {alone}")


def _asked(question: str, asker: str, speaker: str, focus: Focus) -> Iterator[tuple[str, str, str]]:
    """(whom, attribute, which way of asking) that a question asks for, the likeliest first."""

    def whom(word: str | None) -> str:
        low = (word or "").lower()
        if low in ("my", "i"):
            return asker
        if low in ("they", "their", "it", "its"):
            return ""
        if low in ("he", "his", "she", "her"):
            one = focus.meant("he" if low in ("he", "his") else "she")
            return one.name if one is not None else ""
        if word and word[0].isupper() and low not in ("the", "your", "a"):
            return word.removesuffix("'s").removesuffix("’s")
        return speaker

    if (m := _SAYS.age.search(question)) is not None:
        who = m["who"]
        pronoun = who.lower() in ("you", "u", "he", "she") or who[0].isupper()
        of = whom(who) if pronoun else who.removeprefix("the ").removeprefix("your ")
        yield of if pronoun else f"{speaker}'s {of}", "age", "age"
    if (m := _SAYS.does.search(question)) is not None:
        verb = m["v"].lower()
        yield whom(m["who"]), {"weigh": "weight", "charge": "charges", "pay": "price"}.get(verb, "salary"), "does"
    if (m := _SAYS.where.search(question)) is not None:
        verb = m["v"].lower()
        name = "employer" if verb.startswith("work") else "from" if verb == "from" else "home"
        yield whom(m["who"]), name, "where"
    if (m := _SAYS.named.search(question)) is not None:
        thing = (m["t"] or m["t2"] or "").lower() or (focus.thing(asker) or focus.thing(speaker) or ("", ""))[1]
        if thing:  # else nobody knows of what
            yield speaker, thing.rstrip("'’") + " name", "named"
    for name in ("who", "price", "what", "which", "bare"):
        m = getattr(_SAYS, name).search(question)
        thing = " ".join((m["t"] or "").lower().split()) if m is not None else ""
        if m is None or (not thing and name != "price") or len(thing) > 40 or set(thing.split()) & _NO_THING:
            continue
        if name == "price":
            label = (
                thing
                if thing.split(" ")[-1:] and thing.split(" ")[-1] in PAYMENTS
                else f"price of {thing}"
                if thing
                else "price"
            )
            yield whom(m["whose"]), label, "price" if thing else "how much"
        elif name == "which":
            yield whom(m["who"]), thing, "which"
        else:
            yield whom(m["whose"]), KIN.get(thing, thing) if name == "who" else thing, name
