"""Lines that are headed by what they tell: "boss: Paula", "allergies - latex", "age 34"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.lazy_pattern import lazy_pattern

PHONE = 5
"""A phone number has at least so many digits: "number 9 is dead" is none."""
LABELS: dict[str, str] = {}
for _attribute, _words in {
    "home": "home|city|town|living in|based in|addr",
    "address": "address|new address",
    "from": "hometown|home town|from|originally from",
    "employer": "employer|company|work|workplace|new gig|working at",
    "job": "job|role|title|job title|occupation|profession|position",
    "boss": "boss|new boss|manager|line manager|supervisor",
    "salary": "salary|pay|wage",
    "rent": "rent",
    "age": "age|aged",
    "birthday": "birthday|bday|b-day|born",
    "partner": "wife|husband|partner|girlfriend|boyfriend|fiance|fiancee",
    "relationship": "status|relationship|marital status",
    "children": "kids|son|daughter|children",
    "siblings": "brother|sister|siblings|bro|sis",
    "parents": "mum|mom|dad|mother|father|parents",
    "pets": "dog|cat|pet|pets",
    "allergy": "allergy|allergies|allergic to",
    "diet": "diet",
    "condition": "condition|diagnosis",
    "medicine": "meds|medication|medicine|medicines",
    "hobby": "hobby|hobbies",
    "likes": "fav|fave|favourite|favorite",
    "language": "language|languages|speaks",
    "phone": "phone|mobile|cell|tel|phone number|number",
    "email": "email|e-mail|mail",
    "car": "car|wheels|new wheels|vehicle",
    "education": "school|uni|university|college",
    "studies": "major|studying|subject",
    "working on": "project|working on",
    "name": "name|full name",
}.items():
    for _word in _words.split("|"):
        LABELS[_word] = _attribute
_LABEL = lazy_pattern(
    rf"^\W{{0,3}}(?:(?:my|our|the)\s)?(?P<a>{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})"
    r"(?:\s?(?::|=|–)\s|\s-\s|\s(?=\d))(?P<v>[^.;!?\n()\"]{1,60}?)(?=\s*(?:$|[.;!?\n(]|,\s(?!(?:flat|apt|floor|unit)\b)|\s(?:and|but|now|since|btw)\b))",
    re.I,
)


def labelled(sentence: str) -> Iterator[tuple[str, re.Match[str]]]:
    """(attribute, match with the value in group v) of a line that is headed by a label."""
    m = _LABEL.match(sentence)
    if m is None:
        return
    attribute = LABELS[m["a"].lower()]
    if sentence[m.end("a") : m.start("v")].isspace() and attribute not in ("age", "rent", "salary", "phone"):
        return
    if attribute == "phone" and sum(c.isdigit() for c in m["v"]) < PHONE:
        return
    yield attribute, m


SAME_NAME = {
    "miete": "rent", "alquiler": "rent", "loyer": "rent", "affitto": "rent", "aluguel": "rent", "renda": "rent",
    "huur": "rent", "gehalt": "salary", "sueldo": "salary", "salario": "salary", "salaire": "salary",
    "stipendio": "salary", "salário": "salary", "chef": "boss", "chefin": "boss", "jefe": "boss", "jefa": "boss",
    "patron": "boss", "patronne": "boss", "capo": "boss", "baas": "boss",
    "lockers": "locker code", "locker": "locker code", "case": "case number", "order": "order number",
    "return": "return number",
    "ticket": "ticket number", "booking": "booking number", "account": "account number", "codes": "code",
    "prs": "reviewer", "pr": "reviewer", "reviews": "reviewer", "review": "reviewer", "line manager": "boss",
    "manager": "boss", "supervisor": "boss", "team lead": "boss", "wife": "partner", "husband": "partner",
    "girlfriend": "partner", "boyfriend": "partner", "fiancé": "partner", "fiancée": "partner", "fiance": "partner",
    "fiancee": "partner", "stundensatz": "hourly rate", "rate": "hourly rate", "bp": "blood pressure", "mail": "email",
    "gp": "doctor", "roommate": "flatmate", "housemate": "flatmate", "password": "password", "passcode": "code",
}  # fmt: skip
"""What talk calls an attribute -> its one name."""

SAME_VALUE = {
    "veggie": "vegetarian", "vegetarisch": "vegetarian", "vegetarier": "vegetarian", "vegetarierin": "vegetarian",
    "vegetariano": "vegetarian", "vegetariana": "vegetarian", "végétarien": "vegetarian", "végétarienne": "vegetarian",
    "vegano": "vegan", "vegana": "vegan", "végane": "vegan", "vegetariër": "vegetarian",
    "t-total": "teetotal", "ttotal": "teetotal", "freelancer": "freelance", "freelancing": "freelance",
    "self employed": "self-employed",
}  # fmt: skip
"""What talk calls a value -> its one name."""
