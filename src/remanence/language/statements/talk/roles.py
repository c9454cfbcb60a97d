"""Work with its subject left out, and who has which part now: rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = {
    "ONE": r"(?-i:[A-ZÀ-Þ][a-zà-ÿ]{2,15})",
    "WHO": r"(?:(?P<s>(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?<ONE>)|(?P<p>s?he|they)|i|we)",
    "UNIT": r"(?:team|department|dept|section|desk|office|group|division|branch|ward|unit)",
    "FREELANCE": r"(?:freelance|freelancer|freelancing|self[- ]employed|selbst(?:st)?ändig|freiberuflich|freiberufler(?:in)?|autónom[oa]|auto-?entrepreneuse?|libera? professionista|autônom[oa]|zzp['’]?er)",
    "PLACE": r"(?:<NAME>|(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b)(?:, (?:[a-z]{3,15} ){1,2}<UNIT>\b)?",
}

ROLES: tuple[Saying, ...] = sayings(
    r"""
employer; changed turn .8; \b(?:got|landed|took|accepted) (?:the|a|that|my) (?:new |dream )?(?:job|role|position|post) ?[?!.,:–-]+ ?(?:at|with|it['’]s at|for) (?:the |an? )?(?P<v><PLACE>)
employer; changed turn .8; \b(?:got|landed|took|accepted) (?:the|a|that|my) (?:new |dream )?(?:job|role|position|post) ?[?!.,:–-]+ ?(?:the |an? )?(?P<v>(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b(?:, (?:[a-z]{3,15} ){1,2}<UNIT>\b)?)
job; changed .8; \b(?:go|going|gone|went|turned|am|['’]m|now|be|becoming|bin|soy|suis|sono|sou|ben|jetzt|ahora) (?:a |an )?(?P<v><FREELANCE>)\b
job; changed .8; (?:^|\b(?:and|und|y|so|then) )(?:from|since|ab|seit|desde|dal|dès|vanaf|as of|starting|a partir de|à partir du) [^.,;!?]{3,16} (?:(?:i['’]?m|bin ich|arbeite ich|soy|je suis|works?|working|on) )?(?P<v><FREELANCE>)[.!]*$
employer; changed .8; \b(?:arbeite|arbeitet|arbeiten|beginne|beginnt)(?: (?P<p>sie|er)| ich| wir)? (?:jetzt |nun |wieder )?(?:(?:bei|für)(?: der| dem| einer| einem)?|(?:in|an) (?:der|dem|einer|einem|ner|nem)) (?P<v>[A-ZÄÖÜ][\wäöüß-]+(?: (?:in|am) <NAME>)?)
employer; changed .8; \b(?:fange|fängt|hab|habe|hat)(?: [\wäöüß.#]+){0,3} bei (?P<v><NAME>)(?: als \w+)? (?:an|angefangen)\b
employer; changed .8; \b(?:empecé|empiezo|he empezado|empezó) (?:a trabajar )?(?:\w+ ){0,2}?en (?P<v><NAME>)
employer; changed .8; \b(?:commencé|commence|travaille|travaillons) (?:\w+ )?(?:chez|pour) (?P<v><NAME>)
employer; changed .8; \b(?:lavoro|lavora|ho iniziato|iniziato) (?:\w+ )?(?:presso|per|da|alla) (?P<v><NAME>)
employer; changed .8; \b(?:trabalho|trabalha|comecei) (?:\w+ )?(?:na|no|para a|para o) (?P<v><NAME>)
employer; changed .8; \b(?:werk|werkt|begonnen) (?:\w+ )?bij (?P<v><NAME>)
employer; ended .85; \b(?:arbeite|arbeitet) (?:\w+ )?nicht mehr (?:bei|für) (?P<v><NAME>)
employer; ended .85; \b(?:ya no trabajo|ya no trabaja) (?:en|para|con) (?P<v><NAME>)
employer; ended .85; \bne travaille plus (?:chez|pour) (?P<v><NAME>)
employer; ended .85; \bnon (?:lavoro|lavora) più (?:da|per|presso|alla) (?P<v><NAME>)
employer; ended .85; \bnão trabalh[oa] mais (?:na|no|para) (?P<v><NAME>)
employer; ended .85; \bwerkt? niet meer (?:bij|voor) (?P<v><NAME>)
teacher; changed .8; \b(?P<s>(?:class|year|grade|form) (?:\d{1,2}|[a-z])|\d[a-z]) (?:now )?(?:has|have|gets?|will have|is getting|got) (?:a new teacher,? )?(?P<v>(?:Mr|Mrs|Ms|Miss)\.? <ONE>)
team; changed .8; \b<WHO>(?:['’]s|['’]ve| has| have)?(?: just| now| since)? (?:moved|transferred|switched|gone|been moved|moves|transfers) (?:over )?to (?:the |our |my |your )?(?P<v>(?:[a-z&]{3,15} ){1,2}(?:team|department|dept|section|division|unit))\b
team; .8; \b<WHO>(?:['’]m| am| is|['’]s|['’]re| are)(?: now)? (?:on|in) (?:the |our )(?P<v>(?:[a-z&]{3,15} ){1,2}(?:team|department|dept))\b
status; .8; \b<WHO>(?:['’]m| am| is|['’]s| goes| go|['’]ll be| will be| has gone|['’]s gone)(?: now| currently| going| out)? (?P<v>on (?:(?:maternity|paternity|parental|sick|annual|medical|unpaid) leave|leave|sabbatical))\b
over; ended .8; \b(?:taken|took|taking|takes|take) over from (?P<v><NAME>)
over; ended .8; (?P<s><NAME>) (?:replaces|is replacing|replaced|steps in for|stepped in for) (?P<v><NAME>)(?= as\b)
{a}; changed .8; \b(?:send|sends|give|route|forward|pass)(?: all| the| your| my){0,2} (?P<a>prs?|reviews?|pull requests?|invoices?|tickets?|expenses?|timesheets?) to (?P<v><NAME>) (?:now|from now|instead|from here|from today)\b
{a}; changed .8; \b(?P<a>prs?|reviews?|pull requests?|invoices?|tickets?|expenses?|timesheets?)(?: all)? (?:now|from now on|from today) (?:go|goes) to (?P<v><NAME>)
""",
    **WORDS,
)
