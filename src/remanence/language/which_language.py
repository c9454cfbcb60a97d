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
    "en": "the and is of to in that it for was with on my are have you this not be i he she we they at user has "
    "his her an their who since lives works likes loves wants prefers owns plays enjoys plans needs uses "
    "as a year last every doesn don t's moved called learns goes from two new but or so will does did had "
    "been only never always day week",
    "de": "der die das und ist nicht ich ein eine mit zu den von auf für im dem des sich auch es wir sie hat in "
    "einen einem einer als am an bei nach vor aus um wie nur noch kein keine keinen nie immer seit jahr "
    "jahren tag woche wohnt lebt arbeitet mag spielt lernt heißt möchte braucht geht kommt ihre ihr sein "
    "seine war wird aber oder zwei neu",
    "fr": "le la les de et est une des dans pour pas je que qui sur du avec ce il elle nous vous au ne aux mon "
    "un en à sa son ses leur par plus très mais ou où depuis an ans jour semaine chez comme habite vit "
    "travaille aime joue apprend veut préfère va ont était sont deux nouveau nouvelle jamais toujours "
    "seulement d l n s qu",
    "es": "el la le los las y es una de en que no con por para su mi se lo como está muy pero más yo tiene "
    "gusta vive un del al a sus este esta desde hace año años día semana trabaja come quiere prefiere "
    "juega aprende va son fue dos nuevo nueva nunca siempre solo sólo también cuando o ni sin sobre",
    "it": "il la le gli e è una di che non con per sono mi si lo come più ma della nel anche ho ha questo suo "
    "un uno del dei delle da al alla in i sua suoi vive lavora mangia piace vuole preferisce gioca studia "
    "impara va era due nuovo nuova mai sempre solo anno anni giorno settimana chiama o né su tra fra",
    "pt": "os as e é uma de em que não com por para seu meu se como mais mas do da no na eu você tem um o a dos "
    "das ao à nos nas sua suas seus minha desde há ano anos dia semana mora vive trabalha come gosta quer "
    "prefere joga aprende vai são foi dois novo nova nunca sempre só também quando ou nem sem sobre",
    "nl": "de het een en is niet ik van op met voor dat zijn in te er maar ook aan hij wij ze heeft mijn haar "
    "hun als bij naar uit om geen nooit altijd sinds jaar dag week woont werkt houdt speelt leert heet "
    "wil gaat was twee nieuwe",
    "pl": "i w nie na się jest to z do że jak ale po tak o mnie co ten jego moja jestem ma jej ich od lub czy "
    "tylko nigdy zawsze rok lat dzień tydzień mieszka pracuje lubi gra chce idzie był była dwa nowy dla "
    "przez",
    "sv": "och är det att en i på som inte jag för med av den till har om ett men han hon min sin sina sitt "
    "hans hennes från vid eller bara aldrig alltid sedan år dag vecka bor arbetar gillar spelar vill går "
    "heter var två ny",
}
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
