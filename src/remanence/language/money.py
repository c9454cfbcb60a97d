"""Which way an amount of money went, and as what: paid, got for a sale, earned, a deposit, a rent, a quote, a refund.

"What did I pay for the kayak?" is not answered by what it was sold for.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import split
from remanence.language.value_forms import Value, amounts

Role = Literal[
    "", "paid", "sold", "earned", "deposit", "rent", "quote", "refund", "tip", "fine", "saved", "post", "full", "debt",
    "budget",
]  # fmt: skip
"""What an amount is; "" where its sentence does not say."""

_ASKED = r"""
    refund=\brefund\w*|\b(?:get|got|gets|getting|paid|gave|given|sent?) (?:\w{1,20} ){0,3}?back\b
    refund=\breimburs\w+|\berstattet\b
    deposit=\bdeposit\b|\bdown payment\b|\bkaution\b|\bfianza\b|\bcaution\b
    quote=\bquot(?:e[sd]?|ing|ation)\b|\bestimate[sd]?\b|\basking\b|\boffer(?:s|ed)?\b|\bkostenvoranschlag\b
    full=\b(?:full|original|list|usual|normal|old) price\b|\bbefore (?:the |any )?(?:discount|reduction|sale)\b
    full=\b(?:originally|normally|usually)\b(?=.{0,30}\b(?:cost|price)|\W*$)
    saved=\bdiscount\b|\bsaved?\b|\bmoney off\b|\brabatt\b
    tip=\btips?\b|\btipped\b|\btrinkgeld\b
    fine=\bfine[ds]?\b|\bpenalty\b
    post=\b(?:shipping|postage|delivery (?:cost|fee|charge)|porto|versand)\b
    budget=\bbudget\b
    debt=\bow(?:e[sd]?|ing)\b|\b(?:lent|lend|lends|lending|borrow\w*|loan(?:ed)?)\b|\bgeliehen\b
    sold=\b(?:sell|sells|sold|selling|fetch(?:ed)?|verkauft|vendí|vendimos)\b|\b(?:get|got|go|went) for\b
    earned=\b(?:earn\w*|salary|wages?|income|gehalt|verdien\w+|sueldo|stipend|pay ?(?:rise|raise))\b
    earned=\b(?:am|is|are|was|were|get|gets|got|being|been) (?:i |we |he |she |they |[A-Z]\w+ )?paid\b(?! for the| off)
    earned=\bpa(?:y|ys|id) (?:me|us|him|her|them)\b|\bmakes? (?:an?|per|each)\b|\bhourly rate\b|\b(?:i|we) charged?\b
    rent=\brents?\b|\brenting\b|\bmiete\b|\balquiler\b|\bloyer\b
    paid=\b(?:pay|pays|paid|paying|costs?|spend|spent|price|buy|bought|charged?|bill|fee|fare|worth)\b
    paid=\bhow much (?:was|were|is|are)\b|\b(?:gekostet|kostet|bezahlt|cuesta|costó|pag\w+|coûté?|payé)\b"""
"""What a question asks for; the first row that is found decides."""
_TOLD = r"""
    refund=\brefund\w*|\b(?:got|get|gave|sent|paid|transferred) (?:\w{1,20} ){0,3}?back\b
    refund=\breimburs\w+|\bmoney back\b|\berstattet\b|\bcredited\b
    deposit=\bdeposit\b|\bdown payment\b|\bup ?front\b|\bkaution\b|\bfianza\b
    quote=\bquot(?:e[sd]?|ing|ation)\b|\bestimate[sd]?\b|\basking\b|\boffer(?:s|ed|ing)?\b|\bwant(?:s|ed)\b(?! to)
    full=\b(?:full|original|list|usual|normal|old) price\b|\b(?:originally|normally|usually|instead of|down from)\b
    full=\breduced from\b
    saved=\bsaved?\b|\bdiscount of\b
    tip=\btips?\b|\btipped\b|\btrinkgeld\b
    fine=\bfine[ds]?(?= of| for|\W*$)|\bfined\b|\bpenalty\b|\bticket for (?:parking|speeding)\b
    post=\b(?:shipping|postage|porto|versand)\b
    budget=\bbudget\b
    debt=\bow(?:e[sd]?|ing)\b|\b(?:lent|lend|borrowed|loaned|loan)\b|\bgeliehen\b
    sold=\b(?:sold|selling|verkauft|fetched|vendí|vendimos|(?:sell|sells)(?! out))\b|\bgot(?= (?:an? )?$)|\bwent for\b
    sold=\bgave (?:me|us)\b
    earned=\b(?:earn\w*|salary|wages?|raise|pay ?rise|gehalt|verdien\w+|sueldo|stipend)\b|\bpa(?:y|ys|id) (?:me|us)\b
    earned=\b(?:am|is|are|was|were|get|gets|got|being|been|i['’]m) paid\b|\b(?:i|we) charge\b|\bmake(?= (?:about )?$)
    rent=\brents?\b|\bmiete\b|\balquiler\b|\bloyer\b
    paid=\b(?:pay|pays|paid|paying|costs?|spent|price|buy|bought|buying|charged?|charges|bill|fees?|fare)\b
    paid=\b(?:set (?:me|us) back|picked up|gekostet|kostet|bezahlt|gekauft|cuesta|costó|pagué|compré|payé|acheté)\b"""
"""What the words beside an amount say of it; what stands before it counts before what stands behind it."""
_ROLES: dict[str, Role] = {role: role for role in get_args(Role)}


def _rows(table: str) -> tuple[tuple[Role, re.Pattern[str]], ...]:
    pairs = (row.strip().split("=", 1) for row in table.strip().split("\n"))
    return tuple((_ROLES[role], lazy_pattern(pattern, re.I)) for role, pattern in pairs)


_OF_QUESTIONS, _OF_TEXTS = _rows(_ASKED), _rows(_TOLD)
_BREAKS = lazy_pattern(r"[,;:()\n]|\s(?:but|and|so|then|which|that|instead of|(?:down |up |reduced )?from)\s|\s-\s")
_WORDS_BEHIND = lazy_pattern(r"\W*(?:[\w'’]+\W*){0,4}")
_AT_ONCE = lazy_pattern(
    r"\W*(?:(?:euros?|eur|€|pounds|quid|dollars|bucks) )?(?:(?P<refund>back|refund)|(?P<saved>off|discount|less)|"
    r"(?P<deposit>deposit)|(?P<tip>tip)|(?P<rent>rent))\b",
    re.I,
)
"""What stands directly behind an amount decides."""
_RATE = lazy_pattern(
    r"\W{0,2}(?:euros?|eur|€|pounds|quid|dollars|k|grand)?\s?(?:(?:an?|per|each|every|pro|/)\s?(?:hour|day|week|month|year|h\b|hr|"
    r"session|shift|lesson)|p\.?[amh]\b|monthly|weekly|hourly|gross|net)",
    re.I,
)
_A_YEARS_PAY = lazy_pattern(r"\d{2,3}[.,]?\d00\b|\d{2,3}\s?(?:k|thousand|grand)\b", re.I)
_PAYER = lazy_pattern(r"\b(?:did|does|do) (?:the |my |our |his |her )?(?P<who>\w{1,30}) pay\b", re.I)
_ALSO: dict[Role, tuple[Role, ...]] = {
    "paid": ("rent",),
    "rent": ("paid",),
    "deposit": ("paid",),
    "sold": ("earned",),
    "earned": ("sold", "quote"),
    "tip": ("paid",),
    "fine": ("paid",),
    "post": ("paid",),
    "budget": ("paid",),
    "full": (),
}
"""Other roles whose amounts may answer for one that is asked for."""


def role_asked(question: str) -> Role:
    """What amount a question asks for, "" where no rule says."""
    return next((role for role, pattern in _OF_QUESTIONS if pattern.search(question[:400])), "")


def role_told(text: str, start: int, end: int) -> Role:
    """What the amount at [start, end) of a text is, by the words of its clause before it, then behind it."""
    every = amounts(text)
    spans = split(text)
    here = next((n for n, span in enumerate(spans) if span.start <= start < span.end), None)
    first = spans[here].start if here is not None else 0
    last = spans[here].end if here is not None else len(text)
    first = max([first, *(one.end for one in every if first <= one.end <= start)])
    if here and not any(c.isalpha() for c in text[first:start]):
        first = spans[here - 1].start
    behind = text[end : min([last, *(one.start for one in every if one.start >= end)])]
    cut = _BREAKS.search(behind)
    behind = behind[: cut.start()] if cut is not None else behind
    near = _WORDS_BEHIND.match(behind)
    behind = behind[: near.end()] if near is not None else behind
    at_once = _AT_ONCE.match(behind)
    if at_once is not None:
        return _ROLES[at_once.lastgroup or ""]
    before = text[first:start].rstrip("$€£ ") + " "
    for some in (before, behind):
        role = _nearest(some, from_end=some is before)
        if role not in ("", "paid"):
            return role
    return "paid" if "paid" in (_nearest(before, from_end=True), _nearest(behind, from_end=False)) else ""


def _nearest(words: str, *, from_end: bool) -> Role:
    """The role whose words stand nearest to the amount; paying says least, and counts where nothing else is said."""
    found = [(m.end() if from_end else -m.start(), role) for role, one in _OF_TEXTS for m in one.finditer(words)]
    telling = [one for one in found if one[1] != "paid"] or found
    return max(telling, default=(0, ""))[1]


def is_it(text: str, one: Value, question: str) -> bool | None:
    """Whether an amount of a text is the one that a question asks for; None where the text does not say."""
    asked = role_asked(question)
    told = role_told(text, one.start, one.end)
    if asked == "earned" and told in ("", "paid"):
        return None if _RATE.match(text, one.end) or _A_YEARS_PAY.search(one.of(text)) else False
    if not asked or told == asked:
        return True
    if asked == "paid" and told == "sold" and _buys(question, text):
        return True
    if told and told not in _ALSO.get(asked, ()):
        return False
    return True if asked == "paid" else None


def _buys(question: str, text: str) -> bool:
    """Whether the payer of the question is the one to whom a text says that something was sold."""
    m = _PAYER.search(question)
    return m is not None and re.search(rf"\bto (?:\w+ ){{0,3}}{re.escape(m['who'])}\b", text, re.I) is not None


def amounts_asked(text: str, question: str) -> list[Value]:
    """The amounts of a text that a question may ask for: those that are said to be it, else those not said not to.

    Of these those with a currency, where some have one. What is said to be it, as a rent, is exact without one, too.
    """
    judged = [(one, is_it(text, one, question)) for one in amounts(text)]
    fit = [one for one, good in judged if good] or [one for one, good in judged if good is None]
    told = [one for one in fit if one.exact] or fit
    named = role_asked(question) not in ("", "paid") and any(good for _, good in judged)
    return [Value(one.start, one.end, exact=True) for one in told] if named else told


def other_amount(short: str, text: str, question: str) -> str | None:
    """The one amount of a text that is said to be what a question asks for, where `short` is said not to be it.

    "I sold it, 1,100, bought it for 1,600" / "What did I get for it?": 1,100 for 1,600.
    """
    judged = [(one, is_it(text, one, question)) for one in amounts(text)]
    if not role_asked(question) or not any(one.of(text) in short and good is False for one, good in judged):
        return None
    right = [one.of(text) for one, good in judged if good]
    return right[0] if len(right) == 1 and right[0] not in short else None


def is_called(attribute: str, text: str, start: int, end: int) -> bool:
    """Whether the amount at [start, end) of a text may be a "rent", a "salary" or a "price" by what is said of it."""
    told = role_told(text, start, end)
    return told in ("", "paid") or told in _CALLED.get(attribute.split(" ")[0], (told,))


_CALLED: dict[str, tuple[Role, ...]] = {
    "rent": ("rent", "saved"),
    "salary": ("earned",),
    "price": ("rent", "full"),
    "cost": ("rent", "full"),
}
"""What an amount may be that is stated under a name."""


_NAME = r"(?:[Ii]|[Ww]e|[Hh]e|[Ss]he|[Tt]hey|me|us|him|her|them|(?:my|the|our)\s\w{2,20}|[A-ZÀ-Þ][\w-]{1,20})"
_OWES = (
    lazy_pattern(rf"(?P<d>{_NAME})\s(?:(?:still|now|also|only)\s)?owes?\s(?P<c>{_NAME})"),
    lazy_pattern(rf"(?P<c>{_NAME})\s(?:(?:have|had|just|also)\s)?(?:lent|loaned)\s(?P<d>{_NAME})"),
    lazy_pattern(rf"(?P<d>{_NAME})\s(?:(?:have|had|just|also)\s)?borrowed\s[^.!?;]{{1,60}}?\sfrom\s(?P<c>{_NAME})"),
)
_OWES_ASKED = (
    lazy_pattern(rf"\b(?:do|does|did)\s(?P<d>{_NAME})\s(?:(?:still|now)\s)?owe\b(?:\s(?P<c>{_NAME}))?"),
    lazy_pattern(rf"\b(?:do|does|did)\s(?P<c>{_NAME})\slend\b(?:\s(?P<d>{_NAME}))?"),
    lazy_pattern(rf"\b(?:do|does|did)\s(?P<d>{_NAME})\sborrow\b(?:[^?]{{1,60}}\sfrom\s(?P<c>{_NAME}))?"),
)


def owed_by_another(text: str, speaker: str, question: str, asker: str) -> bool:
    """Whether a text tells of a debt the other way round than a question asks: "owe Tom?" - "I lent Tom 80"."""
    wanted = next((m for one in _OWES_ASKED if (m := one.search(question[:400])) is not None), None)
    told = next((m for one in _OWES if (m := one.search(text[:2_000])) is not None), None)
    if wanted is None or told is None:
        return False
    mine, theirs = _both(wanted, asker), _both(told, speaker)
    return any(mine[n] and mine[n] == theirs[1 - n] for n in (0, 1)) and mine != theirs


def _both(m: re.Match[str], speaker: str) -> tuple[str, str]:
    """Debtor and creditor by name, "" where it is not said who."""
    first = ("i", "we", "me", "us")
    d, c = ((m[part] or "").casefold() for part in "dc")
    return speaker.casefold() if d in first else d, speaker.casefold() if c in first else c
