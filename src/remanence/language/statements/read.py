"""Reads a text for statements, once: plain sentences, talk, and what a learned reader finds, settled into one list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypedDict, Unpack

from remanence.language import dates
from remanence.language.calendar import MONTHS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.money import is_called
from remanence.language.sentences import Span, split_asking
from remanence.language.speakers import ASSISTANTS
from remanence.language.statements.attributes import ATTRIBUTES, DIED, OVER, SOMEBODY
from remanence.language.statements.coordinated import SEVERAL, with_coordinated
from remanence.language.statements.gate import is_likely
from remanence.language.statements.kin import KIN
from remanence.language.statements.named import named_things
from remanence.language.statements.passing.reader import passing_statements
from remanence.language.statements.plain import plain_statements
from remanence.language.statements.predicates.focus import Company, Focus
from remanence.language.statements.predicates.reader import clause_statements
from remanence.language.statements.predicates.words import PEOPLE
from remanence.language.statements.services import of_services
from remanence.language.statements.statement import SURE, Statement
from remanence.language.statements.talk.reader import talk_statements
from remanence.language.statements.values import alike
from remanence.language.statements.whose_body import OF_BODIES, not_of_the_speaker
from remanence.language.statements.whose_yours import MAY_BE_ANOTHERS, of_who_is_spoken_to


class StatementReader(Protocol):
    """A learned reader: statements of one turn, with spans in its text and certainties in [0, 1]."""

    def statements(self, text: str, speaker: str) -> Sequence[Statement]: ...


_CHANGED = lazy_pattern(
    r"\b(?:now|nowadays|these days|no longer|any ?more|instead|switched|changed|moved|used to|from now on"
    r"|I(?: was|['’]m| am) (?:wrong|mistaken)|I (?:misspoke|meant|made a mistake|got (?:that|it) wrong)|correction)\b",
    re.I,
)


_POINTS = lazy_pattern(
    r"(?:that|this|it|there|here|he|she|they|what|who|we|you|I)(?:['’](?:s|re|ve|ll|d|m))?(?: \([a-z -]{2,20}\))?|"
    r"a few|a lot|some|ones?|them|those|these",
    re.I,
)
_VERB = lazy_pattern(r"(?:is|was|are|were|am|has|have|had|does|do|did|can|will)", re.I)
_OF_ANOTHER = lazy_pattern(r"[A-ZÀ-Þ][a-zà-ÿ]+(?:['’]s)?\sto\s")
_NEVER = {
    "allergy": lazy_pattern(r".*\b(?:makes?|gives?)\b", re.I),
    "event": lazy_pattern(
        r"(?:told|said|thought|meant|forgot|mixed|misread|counted|looked|checked|mistyped|made a mistake|was wrong|"
        r"had \d|gave you|sent you|found out|wondered)\b|.*\b(?:it|him|her|them|that|this)$",
        re.I,
    ),
    "home": lazy_pattern(r"(?:Django|Postgres|Python|Node|React|Redis|Kafka|Kotlin|Java|Rust|Go|Slack|Teams)\b"),
    "job": lazy_pattern(
        r"(?:(?:sleep|happ|bus|eas|heav|hungr|angr|craz|laz|tid|health|luck|funn|prett|earl|lonel|chatt|nois)ier$|(?:\w+\s)?(?:father|mother|dad|mum|mom|parent|uncle|aunt|gran\w+)$|one\b|.*\b(?:vegetarian|pescatarian|(?:Ital|Russ|Ind|Canad|Austral|Norweg|Braz)il?ian)$)"
    ),
    "owns": lazy_pattern(
        r"(?:him|her|them|me|us|training|meeting|call|lesson|appointment|exam|job|shift|question|idea|problem)\b|.*\bjob\b",
        re.I,
    ),
    "over": lazy_pattern(r"(?:both|all|some|one|none|half|everything|nothing|\d[\d.,]*\s\w+$)\b", re.I),
    "pets": lazy_pattern(
        r"(?:put|get|feed|walk|take|let|call|ring|wash|see|look)$|(?:\w+\s){0,2}(?:love|fear|passion|thing|phobia|spot|interest|respect|obsession|dislike|hatred|weakness|fondness)"
        r"\s(?:for|of|with|about|in)\b",
        re.I,
    ),
    "place of death": lazy_pattern(rf"(?:{'|'.join(MONTHS)})\b|\d{{4}}\b", re.I),
    "price": lazy_pattern(r"\d[\d.,]*$"),
    "studies": lazy_pattern(r"(?:in|at|for|with)\s", re.I),
}
"""Values that an attribute cannot have, whoever read them."""
_NO_MEASURE = lazy_pattern(
    r"\d+ (?:seat|row|room|gate|table|door|floor|page|line|number|code|port|desk|bay|platform)s?", re.I
)
"""A number and what is numbered next: of "row 4 seat 12" no row is "4 seat"."""
_LISTS = lazy_pattern(r"[\w)],? (?:and|or|und|y|et|&) (?!(?:I|we|he|she|they|it)\b)\w")
_BARE_NAME = lazy_pattern(r"^(?:[a-z]+\s){0,3}(?:called|named)\s(?=[A-ZÀ-Þ])")


class Saying(TypedDict, total=False):
    """What is known of a text beside its words; see `read`."""

    speaker: str
    addressee: str | None
    at: datetime | None
    about: str
    thing: str
    focus: Focus | None
    reader: StatementReader | None


def read(text: str, **said: Unpack[Saying]) -> list[Statement]:
    """What a text states, in order; spans are in `text`, times are anchored at `at` (naive = UTC).

    speaker: who says "I"; without one, talk is not read. addressee: whom an assistant's "you" means. about: whom "he"
    or "she" means where the text names nobody before; thing: what "its name" means. reader: joins in a learned reader;
    where two readings say the same, the more certain one is kept.
    """
    found, parts = candidates(text, **said)
    told, focus = likely(found, text, parts), said.get("focus")
    if MAY_BE_ANOTHERS.search(text) is None:
        return told
    company = focus.company if focus is not None else Company()
    return of_who_is_spoken_to(told, text, said.get("speaker", ""), company)


def candidates(
    text: str,
    *,
    speaker: str = "",
    addressee: str | None = None,
    at: datetime | None = None,
    about: str = "",
    thing: str = "",
    focus: Focus | None = None,
    reader: StatementReader | None = None,
) -> tuple[list[Statement], list[Span]]:
    """`read` before the gate, with what is hardly right, and the sentences of the text."""
    times, (parts, asking) = dates.find(text, at), split_asking(text)
    focus, low = focus if focus is not None else Focus(), text.lower()
    found = [_with_change(one, text, parts) for one in plain_statements(text, speaker, at, times, parts)]
    if speaker.lower() in ASSISTANTS:
        # what an assistant says of its user's life is not taken from it; its settings, numbers and dates are
        user = addressee or "user"
        talk = talk_statements(text, user, at, times, about=about, your=user, parts=parts)
        settled = [one for one in talk if not _advised(one, text, parts)]
        found = _joined(found, [one for one in settled if one.attribute not in ATTRIBUTES and one.polarity > 0])
    else:
        found = _joined(found, _by("talk", talk_statements(text, speaker, at, times, about=about, parts=parts)))
        found = _joined(found, _by("named", named_things(text, speaker, thing, at)))
        said = _by("clause", clause_statements(text, speaker, at, parts, asking, focus))
        found = [one for one in found if not _looser(one, said) and not _meant_otherwise(one, said, text)]
        found = _joined(found, said)
        if any(word in low for word in OF_BODIES):
            found = not_of_the_speaker(found, text, speaker, parts, focus.company)
        telling = [one for one in parts if one.start not in asking]
        found += _new(passing_statements(text, speaker, at, times, telling, focus), found)
    if _LISTS.search(text) and any(one.attribute in SEVERAL or one.attribute not in ATTRIBUTES for one in found):
        found = with_coordinated(found, text)
    if reader is not None:
        found = _joined(found, reader.statements(text, speaker))
    listed = [one for one in found if one.attribute in ATTRIBUTES]
    found = [
        one
        for one in found
        if (one.certainty >= SURE and not one.attribute.endswith(" size"))
        or not any(_told_as(one, other) for other in listed)
    ]
    found = [
        replace(one, value=_named(one))
        for one in found
        if not (_says_nothing(one) or _supposed(one, text) or _another_amount(one, text) or _next_clause(one, text))
        and not _measured(one, text)
    ]
    gone = {(one.subject, one.value.lower()) for one in found if one.attribute == "owns" and one.polarity < 0}
    found = [x for x in found if x.attribute != "owns" or x.polarity < 0 or (x.subject, x.value.lower()) not in gone]
    found = _to_arrive(_of_the_dead(_named_ones(_since_now(found, at))), text, at)
    if any("port" in one.attribute for one in found):
        found = of_services(found, text)
    return sorted(found, key=lambda one: (one.start, one.attribute)), parts


def _named(one: Statement) -> str:
    """The name alone: of "called Rex", and of "Ture's" where somebody is told."""
    value = _BARE_NAME.sub("", one.value)
    return re.sub(r"(?<=\w)['’]s$", "", value) if one.attribute in PEOPLE else value


def _since_now(found: Sequence[Statement], said_at: datetime | None) -> list[Statement]:
    """Whose wife or dog somebody is, they are when it is said: "my wife Selin is due in July" makes no wife in July."""
    now = _aware(said_at) if said_at is not None else None
    return [
        replace(one, at=said_at)
        if now is not None and one.attribute in SOMEBODY and one.at is not None and one.at > now and one.polarity > 0
        else one
        for one in found
    ]


_KIND = lazy_pattern(r"(?:[a-z]+\s)*(?P<kind>[a-z]{2,})s")


def _named_ones(found: Sequence[Statement]) -> list[Statement]:
    """Names with the kind that is told of them: of "three cats: Miso, Tofu and Bean" no fourth pet is "cats"."""
    gone = [one.value for one in found if one.attribute == OVER]
    if gone:
        found = [
            one
            for one in found
            if one.attribute not in SOMEBODY
            or one.value[:1].isupper()
            or not any(alike(one.value, each) for each in gone)
        ]
    found = _called(found)
    named = {_key(one) for one in found if one.attribute in SOMEBODY and one.value[:1].isupper()}
    if not named:
        return list(found)
    roles = {(_key(one), m[1]) for one in found if (m := _ROLE_BEHIND.search(one.value)) is not None}
    found = [one for one in found if (_key(one), _ONE_OF.sub("", one.value)) not in roles]
    kinds = {
        _key(one): m["kind"] for one in found if _key(one) in named and (m := _KIND.fullmatch(one.value)) is not None
    }
    return [_of_kind(one, kinds) for one in found if not (one.value.islower() and _key(one) in kinds)]


_ROLE_BEHIND = lazy_pattern(r" \(([a-z -]{2,20})\)$")
_ONE_OF = lazy_pattern(r"^(?:an?|my|our|the)\s")


def _called(found: Sequence[Statement]) -> list[Statement]:
    """Names with the kind that another statement of the same text gives them: a "rabbit name" makes Hoppel a rabbit."""
    kinds = {
        (one.subject, one.value): one.attribute.removesuffix(" name")
        for one in found
        if one.attribute.endswith(" name")
    }
    return [
        replace(one, value=f"{one.value} ({kind})")
        if one.attribute in SOMEBODY
        and one.value[:1].isupper()
        and "(" not in one.value
        and KIN.get(kind := kinds.get((one.subject, one.value), "")) == one.attribute
        else one
        for one in found
    ]


def _key(one: Statement) -> tuple[str, str]:
    return one.subject, one.attribute


def _of_kind(one: Statement, kinds: Mapping[tuple[str, str], str]) -> Statement:
    kind = kinds.get(_key(one), "")
    known = KIN.get(kind) == one.attribute == "pets" and "(" not in one.value
    return replace(one, value=f"{one.value} ({kind})") if known else one


_ORDERED = lazy_pattern(
    r"\b(?:ordered|pre-?ordered|(?:is|are|['’]s|got) on order|put (?:an?|the) deposit (?:down )?on|reserved)\b", re.I
)
_HERE = lazy_pattern(
    r"\b(?:(?:has |have |finally |already )?arrived|(?:was|were|been|got) delivered|turned up|is (?:finally )?here|"
    r"picked (?:it|them|him|her) up|came (?:today|yesterday|this|last|on))\b",
    re.I,
)
_LONG = timedelta(days=90)
"""What was ordered so long ago has come."""


def _to_arrive(found: Sequence[Statement], text: str, said_at: datetime | None) -> list[Statement]:
    """What is ordered is owned once it is there: "ordered a Skoda, comes in March"."""
    if not _ORDERED.search(text) or _HERE.search(text):
        return list(found)
    return [_ordered(one, said_at) if _is_ordered(one, text, said_at) else one for one in found]


def _is_ordered(one: Statement, text: str, said_at: datetime | None) -> bool:
    if one.attribute not in ("owns", "car") or not one.holds or _ORDERED.search(text, one.start, one.end) is None:
        return False
    return said_at is None or one.at is None or one.at > _aware(said_at) - _LONG


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _ordered(one: Statement, said_at: datetime | None) -> Statement:
    return replace(one, attribute="owns", modality="planned", change="", at=said_at or one.at)


def _of_the_dead(found: Sequence[Statement]) -> list[Statement]:
    """Who is told to have died is nobody's dog or aunt any more: "our rabbit Nutmeg was run over"."""
    dead = [one for one in found if one.attribute == DIED and one.polarity > 0]
    if not dead:
        return list(found)
    return [
        replace(one, at=by.at, until=by.at, in_talk=True)
        if one.attribute in SOMEBODY
        and (by := next((each for each in dead if alike(one.value, each.subject)), None)) is not None
        else one
        for one in found
    ]


def likely(found: Sequence[Statement], text: str, parts: Sequence[Span]) -> list[Statement]:
    """Those of a text's statements that the gate lets through.

    What ends, changes or is planned is not judged: it is no value that holds, of which the gate knows.
    """
    kept = []
    for one in found:
        passing = " " in one.how
        plain = one.polarity > 0 and not one.change and one.modality in ("asserted", "reported")
        if not (passing or plain) or is_likely(one, text, parts):
            kept.append(one)
    return kept


def _by(how: str, found: Iterable[Statement]) -> list[Statement]:
    return [replace(one, how=how) for one in found]


def _new(passing: Sequence[Statement], found: Sequence[Statement]) -> list[Statement]:
    """What is said in passing and was not read in a surer way, by another name or of another, each value once."""
    kept: list[Statement] = []
    for one in passing:
        if not any(
            ((other.start < one.end and one.start < other.end) or _of_the_same(one, other))
            and alike(one.value, other.value)
            for other in (*found, *kept)
        ):
            kept.append(one)
    return kept


_LOOSE = ("price", "event", "number", "code", "over", "phone", "email", "rent", "employer", "job", "salary")
"""Attributes that are read from a few words; what a whole clause says of the same words is told instead."""


def _looser(one: Statement, said: Sequence[Statement]) -> bool:
    """Whether a clause says more of a value: "price of printer: 48,000 euros" than "price: 48,000 euros"."""
    return (one.attribute in _LOOSE or one.attribute not in ATTRIBUTES) and any(
        (other.attribute, other.subject) != (one.attribute, one.subject)
        and other.polarity == one.polarity
        and other.start < one.end
        and one.start < other.end
        and alike(one.value, other.value)
        for other in said
    )


def _meant_otherwise(one: Statement, said: Sequence[Statement], text: str) -> bool:
    """Whether a clause says it of somebody else, where the text names nobody: whose dogs "he has two dogs" tells of."""
    return (
        one.subject not in (one.speaker, "")
        and one.subject not in text
        and any(
            other.attribute == one.attribute
            and other.subject != one.subject
            and other.start < one.end
            and one.start < other.end
            and alike(one.value, other.value)
            for other in said
        )
    )


def _told_as(one: Statement, other: Statement) -> bool:
    """Whether a loose reading ("current hole: 900") is another one's by a name of its own ("rent: 900")."""
    return (
        one.attribute not in ATTRIBUTES
        and one.subject == other.subject
        and one.value == other.value
        and one.start < other.end
        and other.start < one.end
    )


def _says_nothing(one: Statement) -> bool:
    """A value that only points ("that's") or is the subject itself ("I'm Ines"), or a subject that is a verb ("Is")."""
    if one.attribute == "allergy" and _OF_ANOTHER.match(one.value):
        return True
    no = _NEVER.get(one.attribute)
    if no is not None and no.match(one.value):
        return True
    if _NO_MEASURE.fullmatch(one.value) is not None:
        return True
    if one.subject != one.speaker and _POINTS.fullmatch(one.subject) is not None:
        return True
    itself = one.value == one.subject and one.attribute in ("is", "name")
    is_verb = one.subject != one.speaker and _VERB.fullmatch(one.subject) is not None  # a speaker may be called Will
    return itself or _POINTS.fullmatch(one.value) is not None or is_verb


_WOULD = lazy_pattern(r"(?:['’]d|\b(?:would|could|might))\s(?:\w+\s){1,3}$", re.I)


def _supposed(one: Statement, text: str) -> bool:
    """Whether a sum is only what somebody would pay: "they'd pay 780k"."""
    place = text.find(one.value, one.start) if one.attribute in ("salary", "rent", "price") else -1
    return place > 0 and _WOULD.search(text, max(0, place - 40), place) is not None


_MONEY = ("rent", "salary", "price", "cost")


_OLD = lazy_pattern(r"\b(?:he|she|I|old|age|aged|years?|yrs?|turn\w*|birthday|now)\b", re.I)
_MEASURED = lazy_pattern(
    r"\d\s?(?:kg|kilos?|lbs?|pounds?|stone|cm|mm|m|km|miles?|feet|ml|mg|litres?|eur|euros?|quid|points?|pages?|%|[€£$])"
    r"(?!\w)[^.!?\n]{0,60}(?:[.!?]\s)?[^.!?\n]{0,12}$",
    re.I,
)


def _measured(one: Statement, text: str) -> bool:
    """Whether a bare number goes on with a measure and is no age: "he's 118 kilos. Mr Bell's 61"."""
    if one.attribute != "age" or _OLD.search(text, one.start, one.end):
        return False
    return _MEASURED.search(text[max(0, one.start - 90) : one.start]) is not None


def _another_amount(one: Statement, text: str) -> bool:
    """Whether a sum is of another payment than its name says: no rent is "the deposit for the flat, 1800 euros"."""
    if one.attribute.split(" ")[0] not in _MONEY:
        return False
    place = text.find(one.value, one.start)
    return place >= 0 and not is_called(one.attribute, text, place, place + len(one.value))


_ADVICE = lazy_pattern(
    r"\b(?:can|could|might|may(?! \d)|should|would|try|consider|recommend\w*|suggest\w*|typical\w*|usual\w*|often|"
    r"at most|for example|e\.g\.|helps?)\b|['’]d\b",
    re.I,
)


def _advised(one: Statement, text: str, parts: Sequence[Span]) -> bool:
    """Whether a dose or a price is only advice: "ibuprofen 400 mg can help, at most three a day"."""
    part = next((each for each in parts if each.start <= one.start < each.end), None)
    return part is not None and _ADVICE.search(part.of(text)) is not None


_ACTS = lazy_pattern(
    r"\s(?:also |just |now |still |only |never )?(?:is|was|has|had|does|did|will|can|could|would|wants?|needs?|got|"
    r"gets|goes|went|came|comes|says|said|thinks|likes|makes|takes|took|works|keeps|owns|runs|plays|picked|gave|lost|broke)\b(?!\sby\b)"
)


def _next_clause(one: Statement, text: str) -> bool:
    """Whether a name behind a comma begins what comes next: no doctor is "the doctor, Ida has an ear infection"."""
    place = text.find(one.value, one.start) if one.value[:1].isupper() else -1
    if place < 2 or text[place - 2 : place] != ", " or not one.attribute:
        return False
    label = text[: place - 2].casefold().endswith(one.attribute.split(" ")[-1].casefold())
    return label and _ACTS.match(text, place + len(one.value)) is not None


def _with_change(one: Statement, text: str, parts: Sequence[Span]) -> Statement:
    if one.change:
        return one
    around = next(((s.start, s.end) for s in parts if s.start <= one.start < s.end), (one.start, one.end))
    if one.polarity < 0:
        return replace(one, change="ended")
    return replace(one, change="changed") if _CHANGED.search(text[around[0] : around[1]]) else one


def _joined(found: Sequence[Statement], more: Sequence[Statement]) -> list[Statement]:
    """Both lists, without what says the same of the same; the surer reading stays and takes the other's change."""
    kept = list(found)
    for one in more:
        place = next((n for n, other in enumerate(kept) if _same(one, other)), None)
        if place is None:
            kept.append(one)
            continue
        other = kept[place]
        best = one if one.certainty > other.certainty else other
        change = "corrected" if "corrected" in (one.change, other.change) else one.change or other.change
        kept[place] = replace(best, change=change)
    return kept


def _same(one: Statement, other: Statement) -> bool:
    return _of_the_same(one, other) and (one.value == other.value or alike(one.value, other.value))


def _of_the_same(one: Statement, other: Statement) -> bool:
    return (
        one.attribute == other.attribute
        and one.polarity == other.polarity
        and one.subject.lower() == other.subject.lower()
    )
