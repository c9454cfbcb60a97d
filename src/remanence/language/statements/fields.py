"""Plain statements of state: what stands where, which way a sign points, what a tracker's field was set to.

Read are whole sentences of the shape "the SLOT of X is V", "X: SLOT set to V", "the X is at V", "the X points V",
"X-12 ... assigned to V", "X was made in V", "my SLOT is V" and, for many things at once, "Xs now stand at U, V".
Questions and denials give nothing. Other talk in the first person is read by
`statements.plain`.
"""

from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import split
from remanence.language.statements.statement import Statement

PLACE = "place"
"""The slot of where one thing is."""
PLACES = "places"
"""The slot of where all things of a sort are, without saying which is where."""

_ALIASES = {
    "assignee": "assigned",
    "owner": "assigned",
    "assigned to": "assigned",
    "due on": "due",
    "due day": "due",
    "due date": "due",
    "state": "status",
}
"""Other words for the same field of a tracker."""

_ID = r"(?P<s>\b[A-Z][A-Z0-9]*-\d+|#\d+)"
_NOUN = r"(?P<s>[\w'’-]+(?: [\w'’-]+){0,6}?)"
_FIELD = r"(?P<p>[a-z][\w ]{1,40}?)"
_VALUE = r"(?P<v>.+?)(?: (?:now|currently|from today|from now on|these days))?(?:, we agreed)?$"
_PATTERNS = tuple(
    lazy_pattern(pattern)
    for pattern in (
        rf"^(?P<s>[\w#./-]+(?: [\w#./-]+){{0,3}}): {_FIELD} (?:set|changed|moved|switched) to {_VALUE}",
        rf"\b[Tt]he {_FIELD} of (?P<s>.+?) (?:is|was set to|(?:has )?changed to|(?:has )?became) {_VALUE}",
        rf"\b(?:marks?|marked|sets?|puts?) {_ID} (?:as|to) (?P<p>[a-z]+) {_VALUE}",
        rf"{_ID}(?: [\w,]+){{0,3}}? (?P<p>assigned to|due on|due) {_VALUE}",
        rf"^(?:The|Our) {_NOUN} (?:is|stands|sits|lies|hangs)(?: now)? (?:at|in|on|under|behind) {_VALUE}",
        rf"^(?:The|Our) {_NOUN} (?P<p>points|shows|reads|displays|indicates|costs|weighs|measures) {_VALUE}",
        rf"^(?P<s>[A-Z].{{0,80}}?)['’]s {_FIELD} is {_VALUE}",
        rf"(?:^|[,:] )[Mm]y {_FIELD} is {_VALUE}",
        rf"^{_NOUN} (?:is|was) (?P<p>\w+ed (?:with|in|by|to|for|from))(?: the \w+ of)? {_VALUE}",
    )
)
_GROUP = lazy_pattern(r"^(?:The )?(?P<s>[A-Za-z]+s)(?: now)? (?:stand|are|sit|lie)(?: now)? at (?P<v>.+)$")
_LONGEST = 300
"""Characters of a sentence that is read; a longer one states more than one thing."""
_DENIED = lazy_pattern(r"^(?:not|no longer|never)\b", re.I)
_PRONOUNS = frozenset({"i", "you", "he", "she", "it", "we", "they", "this", "that", "there", "who", "what", "which"})


def field_statements(text: str) -> list[Statement]:
    """The states that a text's sentences state, in order; at most one a sentence."""
    found = []
    for span in split(text):
        sentence = span.of(text)
        said = sentence.rstrip(" .!")
        if not said or len(said) > _LONGEST or sentence.rstrip().endswith("?"):
            continue
        read = _read(said)
        if read is not None:
            subject, slot, value, values = read
            found.append(Statement(subject, slot, value, start=span.start, end=span.start + len(said), values=values))
    return found


def _read(said: str) -> tuple[str, str, str, tuple[str, ...]] | None:
    group = _GROUP.match(said)
    if group:
        values = tuple(part.strip() for part in re.split(r",| and ", group["v"]) if part.strip())
        return group["s"].lower(), PLACES, group["v"], values
    for pattern in _PATTERNS:
        hit = pattern.search(said)
        if hit is None:
            continue
        subject, value = hit.groupdict().get("s", "").strip(), hit["v"].strip()
        if _PRONOUNS & set(subject.lower().split()[:1]) or _DENIED.match(value):
            continue
        slot = " ".join(str(hit.groupdict().get("p") or PLACE).lower().split())
        return subject, _ALIASES.get(slot, slot), value, ()
    return None
