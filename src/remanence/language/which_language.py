"""Guesses the language of a text from its script and its most common words; says nothing where these do not tell."""

from __future__ import annotations

from collections import Counter

from remanence.language.lazy_pattern import lazy_pattern

_SCRIPTS = (
    ("ja", lazy_pattern(r"[\u3040-\u30ff]")),
    ("ko", lazy_pattern(r"[\uac00-\ud7af]")),
    ("zh", lazy_pattern(r"[\u4e00-\u9fff]")),
    ("ru", lazy_pattern(r"[\u0400-\u04ff]")),
    ("ar", lazy_pattern(r"[\u0600-\u06ff]")),
    ("he", lazy_pattern(r"[\u0590-\u05ff]")),
    ("el", lazy_pattern(r"[\u0370-\u03ff]")),
    ("hi", lazy_pattern(r"[\u0900-\u097f]")),
    ("th", lazy_pattern(r"[\u0e00-\u0e7f]")),
)
"""The language that a script stands for most often; Japanese before Chinese, as it has both."""

_COMMON = {
    "en": "the and is of to in that it for was with on my are have you this not be i he she they we at user has",
    "de": "der die das und ist nicht ich ein eine mit zu den von auf für im dem des sich auch es wir sie hat",
    "fr": "le la les et est une des dans pour pas je que qui sur du avec ce il elle nous vous au ne aux mon",
    "es": "el los las y es una de en que no con por para su mi se lo como está muy pero más yo tiene",
    "it": "il gli e è una di che non con per sono mi si lo come più ma della nel anche ho ha questo suo",
    "pt": "os as e é uma de em que não com por para seu meu se como mais mas do da no na eu você tem",
    "nl": "de het een en is niet ik van op met voor dat zijn in te er maar ook aan hij wij ze heeft mijn",
    "pl": "i w nie na się jest to z do że jak ale po tak o mnie co ten jego moja jestem ma",
    "sv": "och är det att en i på som inte jag för med av den till har om ett men han hon min",
}
_COMMON["en"] += " his her an their who since lives works likes loves wants prefers owns plays enjoys plans needs uses"
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_WORD = lazy_pattern(r"\b[^\W\d_]+\b")
READ = 2_000
"""Characters of a text that are read."""
LEAST = 0.08
"""Least share of its words that must be common ones of a language."""


def language_of(text: str) -> str:
    """The language's two letters (ISO 639-1), or "" when the text does not tell."""
    text = text[:READ]
    for language, script in _SCRIPTS:
        if script.search(text) is not None and len(script.findall(text)) * 4 >= sum(map(str.isalpha, text)):
            return language
    words = [word.lower() for word in _WORD.findall(text)]
    counts = Counter({language: sum(word in known for word in words) for language, known in _WORDS.items()})
    (best, most), (_, second) = counts.most_common(2)
    return best if most > second and most >= LEAST * len(words) else ""
