"""Recognises credentials in text: private keys, API keys, tokens, passwords in addresses; never what a person tells.

Only what has the form of an issued credential counts: a published prefix and length, a header, or a long random value
given to a name of a program (`DB_PASSWORD=...`). "The wifi password is tulip42" is a fact that a person told, and
stays one; hashes, commit ids, UUIDs and encoded pictures are none.

Where the forms of issued credentials come from stands in `secret_forms`.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.secret_forms import ISSUED, OPENINGS, kind_of
from remanence.records import dataclass
from remanence.types.items import Item

LEAST = 12
"""No credential without a mark of its own is shorter, in characters."""
SHORT = 8
"""Nor is a password in an address."""
BITS = 3.0
"""Least Shannon entropy, in bits a character, of a value that only its name makes a credential."""
WORD = 6
"""So many characters of a credential, alone, still give it away."""

_LONG = lazy_pattern(r"[\w.~+/=:,@-]{15,}")
"""Where an issued credential can stand: the shortest has 15 characters."""
_MARK = lazy_pattern(r"[\d_:=]")
_BREAK = lazy_pattern(r"(?<=[\w./+=-])\\?\r?\n[ \t]{0,40}(?=[\w./+=-])")
_PEM = lazy_pattern(r"(?P<line>-----|---- )BEGIN (?P<label>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)(?:-----| ----)")
_PUTTY = lazy_pattern(
    r"^Private-Lines: \d{1,3}\r?\n(?:(?!Private-)[A-Za-z0-9+/=]{1,80}\r?\n?){1,200}(?:Private-(?:MAC|Hash): \w+)?", re.M
)
_BASE64 = lazy_pattern(r"[A-Za-z0-9+/=\s\\:,-]{0,20000}")
_ADDRESS = lazy_pattern(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,64}:(?P<value>[^\s/@\"'<>]{3,200})@[\w.-]")
_HEADER = lazy_pattern(
    r"(?i:\b(?:authorization|api-key|x-[\w-]{0,40}(?:key|token|secret)|ocp-apim-subscription-key|(?:private|job|deploy)-token))"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[A-Za-z]{3,12}\s{1,3})?(?P<value>[\w.~+/=-]{16,2000})"
)
_CALLED = r"(?i:key|token|secret|passw(?:or)?d|pwd|credentials?)(?i:_?(?:id|value|base64|b64))?"
_NAMED = lazy_pattern(
    _CALLED + r"[\"']?\s{0,3}(?::=|=>|=|:)\s{0,3}(?:(?P<quote>[\"'`])(?P<quoted>[^\s\"'`]{12,300})(?P=quote)"
    r"|(?P<value>[\w.~+/=!@#$%^&*-]{12,300}))"
)
_SECRETS = r"(?i:[\w.:-]{0,60}(?:secret|token|passw(?:or)?d|pwd|api[_-]?key|auth[_-]?key|access[_-]?key))"
_TOLD: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "credential",  # ENV API_KEY ..., set -x API_KEY ...
        ("ENV", "ARG", "set"),
        lazy_pattern(
            rf"(?:^|[\s;&(])(?:ENV|ARG|setx?|set -g?x|setenv)\s{{1,3}}\w{{0,60}}{_CALLED}(?:\s{{1,3}}|=)"
            r"[\"']?(?P<value>[^\s\"'`]{12,300})",
            re.M,
        ),
    ),
    (
        "credential",  # --token ..., ?token=..., name="DB_PASSWORD" value="..."
        ("=", "--", "alue"),
        lazy_pattern(
            rf"(?:(?<!\S)--{_SECRETS}(?:\s{{1,3}}|=)|[?&]{_SECRETS}=|(?i:\b(?:key|name)[\"']?[=:]\s?[\"']?{_SECRETS}[\"',]{{0,2}}"
            r"\s{1,40}[\"']?value[\"']?[=:]\s?))[\"']?(?P<value>[^\s\"'`&#<>]{12,300})"
        ),
    ),
    (
        "password in an address",  # Server=...;User Id=...;Password=...
        (";",),
        lazy_pattern(r"=[^;\n]{1,200};\s?(?i:password|pwd)\s?=\s?[\"']?(?P<value>[^;\s\"'<>]{8,200})"),
    ),
    (
        "signed address",
        ("=",),
        lazy_pattern(r"[?&](?i:sig|signature|x-amz-signature|x-goog-signature)=(?P<value>[\w%+/=-]{30,600})"),
    ),
    (
        "credential",  # "auths": {"registry": {"auth": "..."}}
        ('"auth"',),
        lazy_pattern(r"\"auth\"\s{0,3}:\s{0,3}\"(?P<value>[A-Za-z0-9+/]{12,2000}={0,2})\""),
    ),
    (
        "credential",  # a line of .pgpass: host:port:database:user:password
        (":5432:", ":*:", ":6432:"),
        lazy_pattern(r"^[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.@-]{1,64}:(?P<value>[^\s:]{8,200})$", re.M),
    ),
)
"""(kind, signs of which one is in the text, form) of values that a shell, an address or a file of settings gives."""
_LOGIN = lazy_pattern(
    r"(?:\b(?:curl|wget|xh)\b[^\n]{0,400}?\s(?:-u|--user|--auth)(?:\s{1,3}|=)[\"']?[^\s:\"']{1,64}:|\bsshpass\s{1,3}-p\s{0,3}[\"']?"
    r"|\bmachine\s{1,3}\S{1,100}\s{1,9}login\s{1,3}\S{1,100}\s{1,9}password\s{1,3})(?P<value>[^\s\"'`]{6,200})"
)
"""The password that a command or its file sends with a name: `curl -u admin:...`, `sshpass -p ...`, .netrc."""
_COMMANDS = ("curl", "wget", "xh", "sshpass", "machine")
_COOKIE = lazy_pattern(r"(?i:\b(?:set-)?cookie)[\"']?\s{0,3}:\s{0,3}[\"']?(?P<value>[^\r\n\"']{16,4000})")
_NO_SECRET = lazy_pattern(
    r"(?:next|page|continuation|sync|cursor|csrf|xsrf)[_-]?(?:page)?[_-]?token|(?:cache|idempotency|partition|public)[_-]?key"
    r"|next_public",
    re.I,
)
"""Tokens and keys that open nothing."""
_WORD = lazy_pattern(r"[\w.-]{0,60}$")
_OPENS = lazy_pattern(
    r"(?:.*[a-z0-9_.-])?(?:api|access|secret|private|signing|encryption|auth|master|service|account|shared)_?key", re.I
)
_PROGRAM = lazy_pattern(
    r"[A-Z0-9]+(?:_[A-Z0-9]+)+|[a-z0-9]+(?:[_.-][a-z0-9]+)+|[A-Za-z][a-z0-9]+(?:[A-Z][a-z0-9]+)+|[A-Z]{6,}"
)
_UUID = lazy_pattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STRONG = lazy_pattern(
    r"[A-Z0-9_]*(?:API_?KEY|TOKEN|SECRET(?:_KEY)?|PASSWORD|PASSWD|PWD)|(?i:(?:[\w.-]*[_.-])?(?:api|auth|access|secret)[_-]?(?:key|token))"
)
"""Names under which also a UUID is a credential: many services issue them."""
_PLAIN = lazy_pattern(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|[a-z]+(?:[._-][a-z]+)*|[\d.,:/-]+"  # words or numbers
    r"|(?:https?|file)[:/].*|[\w.-]*\(.*|(?:\w+\.)+[a-z_]+"  # an address, a call, a name of a program
    r"|.*(?:your|example|changeme|placeholder|xxxx|\*\*\*\*|<|\$\{|process\.env|os\.environ).*",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential at [start, end) of a text, and what it is."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Secret]:
    """The credentials of a text, in order, none within another; takes time in proportion to the text."""
    if not _worth_reading(text):
        return []
    found: list[Secret] = []
    end = 0
    for one in sorted(_all(text), key=lambda one: (one.start, -one.end)):
        if one.start >= end:
            found.append(one)
            end = one.end
    return found


def any_in(texts: Iterable[str]) -> bool:
    """Whether any of some texts holds a credential."""
    return any(find(text) for text in texts if len(text) >= LEAST)


def _worth_reading(text: str) -> bool:
    """Whether a run without spaces is long enough, and holds what no plain word holds."""
    if _MARK.search(text) is None:
        return False
    long = [run for run in text.split() if len(run) >= LEAST]
    return bool(long) and _MARK.search(" ".join(long)) is not None


def _all(text: str) -> Iterator[Secret]:
    if "PRIVATE KEY" in text:
        yield from _pem(text)
    if "Private-Lines" in text:
        yield from (Secret("private key", *match.span()) for match in _PUTTY.finditer(text))
    for run in _LONG.finditer(text):
        for match in ISSUED.finditer(text, *run.span()) if not run.group().isalpha() else ():
            yield Secret(kind_of(match.lastgroup), *match.span())
    if "://" in text:
        for match in _ADDRESS.finditer(text):
            if not match["value"].startswith(("$", "{", "<", "*")):
                yield Secret("password in an address", *match.span("value"))
    for match in _HEADER.finditer(text):
        if random(match["value"]):
            yield Secret("authorization header", *match.span("value"))
    for match in _NAMED.finditer(text):
        group = "quoted" if match["quote"] else "value"
        value, name = match[group], _name(text, match)
        machine = random(value, quoted=bool(match["quote"])) or (
            _UUID.fullmatch(value) is not None and _STRONG.fullmatch(name) is not None
        )
        if machine and _of_a_program(name, match):
            yield Secret("credential", *match.span(group))
    for kind, signs, pattern in _TOLD:
        for match in pattern.finditer(text) if any(sign in text for sign in signs) else ():
            least = LEAST if kind == "credential" else SHORT
            if (
                random(match["value"], least=least)
                and _NO_SECRET.search(text, match.start(), match.start("value")) is None
            ):
                yield Secret(kind, *match.span("value"))
    for match in _LOGIN.finditer(text) if any(name in text for name in _COMMANDS) else ():
        if not match["value"].startswith(("$", "{", "<", "*")):
            yield Secret("password of a command", *match.span("value"))
    for match in _COOKIE.finditer(text) if "ookie" in text else ():
        if any(random(part.partition("=")[2]) for part in match["value"].split("; ")):
            yield Secret("cookie header", *match.span("value"))
    if "\n" in text:
        yield from _wrapped(text)


def _pem(text: str) -> Iterator[Secret]:
    """Private keys up to their last line; of one that was cut, as far as it goes on like one."""
    last = 0
    for match in _PEM.finditer(text):
        if match.start() < last:
            continue
        closing = match.group().replace("BEGIN", "END", 1)
        place = text.find(closing, match.end(), match.end() + 20_000)
        rest = _BASE64.match(text, match.end())
        last = place + len(closing) if place >= 0 else rest.end() if rest is not None else match.end()
        if last > match.end():
            yield Secret("private key", match.start(), last)


def _wrapped(text: str) -> Iterator[Secret]:
    """Issued credentials that were broken at the end of a line, by a terminal or a backslash."""
    breaks = list(_BREAK.finditer(text)) if any(opening in text for opening in OPENINGS) else []
    if not breaks:
        return
    joined = _BREAK.sub("", text)
    lost = [0, *accumulate(len(one.group()) for one in breaks)]
    cut = [one.start() - gone for one, gone in zip(breaks, lost, strict=False)]
    for match in _across(joined, cut):
        first, last = bisect_right(cut, match.start()), bisect_left(cut, match.end())
        end = match.end()
        while last > first and "\\" not in breaks[last - 1].group():
            whole = ISSUED.match(joined, match.start(), cut[last - 1]) is not None
            if not whole or _piece(joined[cut[last - 1] : end]):
                break
            last -= 1  # what comes after the end of this line is the next word of the text
            end = cut[last]
        if last > first:
            yield Secret(kind_of(match.lastgroup), match.start() + lost[first], end + lost[last])


def _across(joined: str, cut: list[int]) -> Iterator[re.Match[str]]:
    """Issued credentials in the runs without spaces that one of the places `cut` lies in."""
    for run in _LONG.finditer(joined):
        if bisect_right(cut, run.start()) < bisect_left(cut, run.end()):
            yield from ISSUED.finditer(joined, *run.span())


def _piece(run: str) -> bool:
    """Whether a run of characters is rather a part of a credential than the next word of a text."""
    digits = any(map(str.isdigit, run))
    mixed = run[1:].lower() != run[1:] and run.upper() != run
    return (len(run) >= WORD and (mixed or digits)) or (len(run) > 2 and digits and not run.isdigit())


def _name(text: str, match: re.Match[str]) -> str:
    """The whole name before a value."""
    before = _WORD.search(text[max(0, match.start() - 60) : match.start()])
    word = re.match(r"[\w-]+", match.group())
    return ((before.group() if before else "") + (word.group() if word else "")).lstrip("_")


def _of_a_program(name: str, match: re.Match[str]) -> bool:
    """Whether a program, and no sentence, calls it so: `DB_PASSWORD=`, `apiKey:`, or a name before a quoted value."""
    if _NO_SECRET.search(name) is not None:
        return False
    if match.group()[:3].lower() == "key" and _OPENS.match(name) is None:
        return False  # the key of a table, of a door or of a piece of music
    return bool(match["quote"]) or _PROGRAM.fullmatch(name) is not None


def random(value: str, *, quoted: bool = False, least: int = LEAST) -> bool:
    """Whether a value was made by a machine: letters and digits mixed, many different ones, no known plain form.

    What is quoted is no call, whatever brackets it has. least: characters that it has.
    """
    plain = value.replace("(", "") if quoted else value
    if len(value) < least or _PLAIN.fullmatch(plain) is not None:
        return False
    if not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts) >= min(BITS, 0.8 * math.log2(least))


def label(kind: str) -> str:
    """What stands where a credential stood."""
    return f"[secret: {kind}]"


def mask(text: str) -> str:
    """The text with a label in place of every credential; the same object when it has none."""
    found = find(text)
    return _without(text, found) if found else text


def _without(text: str, found: list[Secret]) -> str:
    parts: list[str] = []
    last = 0
    for one in found:
        parts += [text[last : one.start], label(one.kind)]
        last = one.end
    return "".join(parts) + text[last:]


_RUN = lazy_pattern(rf"[\w+/=.~-]{{{WORD},}}")


class Hider:
    """Hides the credentials of some sources in texts that were made of them, also where only a part was copied."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, *texts: str) -> list[Secret]:
        """Take in what sources hold; what was found in them."""
        found = [(text, one) for text in texts for one in find(text)]
        for text, one in found:
            self._known.setdefault(text[one.start : one.end].casefold(), one.kind)
        return [one for _, one in found]

    def __call__(self, text: str) -> str:
        """`text` without any credential that it holds or that was learned."""
        text = mask(text)
        if self._known:
            text = _RUN.sub(self._part, text)
        return text

    def _part(self, match: re.Match[str]) -> str:
        run = match.group().strip(".").casefold()
        telling = any(c.isdigit() for c in run) or len(run) >= 2 * WORD
        for value, kind in self._known.items() if telling and len(run) >= WORD else ():
            if run in value:
                return label(kind)
        return match.group()


# --- in items and JSON values ----------------------------------------------------------------------


def hidden_each(items: list[Item]) -> list[Item]:
    """The items with every credential of their texts and data hidden; the same objects where there is none."""
    texts = [item.text for item in items]
    for item in items:
        if item.data:
            _gather(item.data, texts)
    if not any_in(texts):
        return items
    return [_hidden(item) for item in items]


def strings_of(value: Any) -> list[str]:
    """Every text of a JSON value, its names apart."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, (list, tuple, Mapping)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            if type(inner) is str:
                found.append(inner)
            elif type(inner) not in _BARE:
                _gather(inner, found)


_BARE = (bool, int, float, type(None))
"""What holds no text."""


def _hidden(item: Item) -> Item:
    text, data = mask(item.text), within(item.data, mask) if item.data else item.data
    return item if text is item.text and data is item.data else item.with_(text=text, data=data)


def within(value: Any, hide: Callable[[str], str]) -> Any:
    """`hide` on every text of a JSON value; the same object when nothing changes."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        made = {name: within(inner, hide) for name, inner in value.items()}
        return made if any(made[name] is not value[name] for name in made) else value
    if isinstance(value, (list, tuple)):
        several = [within(inner, hide) for inner in value]
        return several if any(a is not b for a, b in zip(several, value, strict=True)) else value
    return value
