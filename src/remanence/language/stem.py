"""English word stems by Porter's second algorithm ("English" of the Snowball project, its tables as of release 3.1).

M. F. Porter, *The English (Porter2) stemming algorithm*, https://snowballstem.org/algorithms/english/stemmer.html.
The word index keeps stems in the space, so they must not change with the release of some package.
"""

from __future__ import annotations

from collections.abc import Mapping

_VOWELS = frozenset("aeiouy")
_NOT_SHORT = _VOWELS | frozenset("wxY")
"""What does not end a short syllable."""
_BEFORE_LI = frozenset("cdeghkmnrt")
_DOUBLES = frozenset(("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"))
_WHOLE = {
    "skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli",
    "singly": "singl", **{word: word for word in ("andes", "atlas", "bias", "cosmos", "howe", "news", "sky")},
}  # fmt: skip
"""Words with a stem of their own."""
_PREFIXES = ("arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers")
"""The first region begins after these."""
_EED = frozenset(("succ", "proc", "exc"))
_ING = frozenset(("even", "cann", "inn", "earr", "herr", "out"))
"""What stands before "eed" or "ing" in words that keep it."""

_STEP_2 = {
    "tional": "tion", "enci": "ence", "anci": "ance", "abli": "able", "entli": "ent", "izer": "ize", "ization": "ize",
    "ational": "ate", "ation": "ate", "ator": "ate", "alism": "al", "aliti": "al", "alli": "al", "fulness": "ful",
    "ousli": "ous", "ousness": "ous", "iveness": "ive", "iviti": "ive", "biliti": "ble", "bli": "ble", "ogi": "og",
    "fulli": "ful", "lessli": "less", "li": "", "ogist": "og",
}  # fmt: skip
_STEP_3 = {
    "tional": "tion", "ational": "ate", "alize": "al", "icate": "ic", "iciti": "ic", "ical": "ic", "ful": "",
    "ness": "", "ative": "",
}  # fmt: skip
_STEP_4 = dict.fromkeys(
    ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate", "iti", "ous",
     "ive", "ize", "ion"), "",
)  # fmt: skip


def english_stem(word: str) -> str:
    """The stem of one word in lower case; words of two letters, and those of other scripts, stay as they are."""
    if word in _WHOLE:
        return _WHOLE[word]
    if len(word) < 3:
        return word
    word = _marked(word.removeprefix("'"))
    first, second = _regions(word)
    word = _step_1c(_step_1b(_step_1a(word), first))
    word = _step_2(word, first)
    word = _step_3(word, first, second)
    word = _step_4(word, second)
    return _step_5(word, first, second).replace("Y", "y")


def _marked(word: str) -> str:
    """`y` as a consonant, at the start or after a vowel, is written `Y`."""
    if "y" not in word:
        return word
    letters = list(word)
    for place, letter in enumerate(letters):
        if letter == "y" and (place == 0 or letters[place - 1] in _VOWELS):
            letters[place] = "Y"
    return "".join(letters)


def _regions(word: str) -> tuple[int, int]:
    """Where R1 and R2 begin: after the first consonant that follows a vowel, and after the next such one."""
    prefix = next((prefix for prefix in _PREFIXES if word.startswith(prefix)), None)
    first = len(prefix) if prefix else _after_syllable(word, 0)
    return first, _after_syllable(word, first)


def _after_syllable(word: str, place: int) -> int:
    while place < len(word) and word[place] not in _VOWELS:
        place += 1
    while place < len(word) and word[place] in _VOWELS:
        place += 1
    return min(place + 1, len(word))


def _short(word: str) -> bool:
    """Whether the word ends in a short syllable."""
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    ends = len(word) > 2 and word[-1] not in _NOT_SHORT and word[-2] in _VOWELS and word[-3] not in _VOWELS
    return ends or word.endswith("past")


def _holds_vowel(word: str) -> bool:
    return not _VOWELS.isdisjoint(word)


def _suffix(word: str, table: Mapping[str, str], longest: int) -> str:
    """The longest ending of the word that is in the table, "" when none is."""
    for size in range(min(longest, len(word)), 0, -1):
        if word[-size:] in table:
            return word[-size:]
    return ""


def _step_1a(word: str) -> str:
    for ending in ("'s'", "'s", "'"):
        if word.endswith(ending):
            word = word.removesuffix(ending)
            break
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us")) and _holds_vowel(word[:-2]):
        return word[:-1]
    return word


def _step_1b(word: str, first: int) -> str:
    for ending in ("eedly", "eed"):
        if word.endswith(ending):
            head = word.removesuffix(ending)
            return head + "ee" if first <= len(head) and head not in _EED else word
    ending = next((ending for ending in ("ingly", "edly", "ing", "ed") if word.endswith(ending)), "")
    head = word.removesuffix(ending)
    if ending == "ing":
        if len(head) == 2 and head[1] == "y" and head[0] not in _VOWELS:
            return head[0] + "ie"
        if head in _ING:
            return word
    if not ending or not _holds_vowel(head):
        return word
    if head.endswith(("at", "bl", "iz")):
        return head + "e"
    if head[-2:] in _DOUBLES:
        return head if len(head) == 3 and head[0] in "aeo" else head[:-1]
    return head + "e" if len(head) == first and _short(head) else head


def _step_1c(word: str) -> str:
    return word[:-1] + "i" if len(word) > 2 and word[-1] in "yY" and word[-2] not in _VOWELS else word


def _step_2(word: str, first: int) -> str:
    ending = _suffix(word, _STEP_2, 7)
    head = word[: len(word) - len(ending)]
    if not ending or len(head) < first:
        return word
    if ending == "ogi" and not head.endswith("l"):
        return word
    if ending == "li" and head[-1:] not in _BEFORE_LI:
        return word
    return head + _STEP_2[ending]


def _step_3(word: str, first: int, second: int) -> str:
    ending = _suffix(word, _STEP_3, 7)
    head = word[: len(word) - len(ending)]
    if not ending or len(head) < (second if ending == "ative" else first):
        return word
    return head + _STEP_3[ending]


def _step_4(word: str, second: int) -> str:
    ending = _suffix(word, _STEP_4, 5)
    head = word[: len(word) - len(ending)]
    if not ending or len(head) < second or (ending == "ion" and not head.endswith(("s", "t"))):
        return word
    return head


def _step_5(word: str, first: int, second: int) -> str:
    head = word[:-1]
    if word.endswith("e") and (len(head) >= second or (len(head) >= first and not _short(head))):
        return head
    if word.endswith("ll") and len(head) >= second:
        return head
    return word
