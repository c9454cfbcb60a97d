"""Work with its subject left out, and who has which part now: rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = r"""
DR; (?:dr|doctor|prof|mr|mrs|ms|miss)\.?
WHO; (?:\b(?P<p>s?he|they)|(?P<s>(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?<ONE>)|i|we)
UNIT; (?:team|department|dept|section|desk|office|group|division|branch|ward|unit)
FREELANCE; (?:freelance|freelancer|freelancing|self[- ]employed|selbst(?:st)?ändig|freiberuflich|freiberufler(?:in)?|autónom[oa]|auto-?entrepreneuse?
|libera? professionista|autônom[oa]|zzp['’]?er)
PLACE; (?:<NAME>|(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b)(?:, (?:[a-z]{3,15} ){1,2}<UNIT>\b)?
"""
"""Words of this table, with what they stand for."""

ROLES: tuple[Saying, ...] = sayings(
    r"""
{a}; changed whole .8; \b(?:my|our|the)(?: new)? (?P<a><ROLE>)(?:,| is|['’]s|:| =|(?: is|['’]s)? called) (?:now )?(?P<v><DR> <ONE>)(?=\s*(?:$|[.,;:!?)])| (?:and|but|who|from|at|now)\b)
{a}; whole .8; (?P<v><DR> <ONE>),? (?:is |['’]s )?(?:my|our|the)(?: new)? (?P<a><ROLE>)(?=\s*(?:$|[.,;:!?)])| (?:and|but|who|from|at|said|says)\b)
{a}; whole .75; ^\W*(?:[a-z]+ )?(?P<a>dentist|gp|doctor|orthodontist|physio|optician|therapist|vet|midwife)\b[^.;!?\n]{0,30}, (?P<v><DR> <ONE>)(?=\s*(?:$|[.,;:!?)]))
employer; changed turn .8; \b(?:got|landed|took|accepted) (?:the|a|that|my) (?:new |dream )?(?:job|role|position|post) ?[?!.,:–-]+ ?(?:at|with|it['’]s at|for) (?:the |an? )?(?P<v><PLACE>)
employer; changed turn .8; \b(?:got|landed|took|accepted) (?:the|a|that|my) (?:new |dream )?(?:job|role|position|post) ?[?!.,:–-]+ ?(?:the |an? )?(?P<v>(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b(?:, (?:[a-z]{3,15} ){1,2}<UNIT>\b)?)
employer; changed turn .8; \b(?:they hired me|i['’]?m hired|they took me on) ?[!.,:–-]+ ?(?:the |an? )?(?P<v>(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b)
employer; ended .8; \blast (?:day|shift) (?:at|with) (?:the )?(?P<v><NAME>)(?= (?:was|is|will|on)\b|$)
employer; ended .8; \bnot (?:working )?(?:at|with|for) (?P<v><NAME>) any ?more\b
employer; changed .8; \b(?:job|stelle|trabajo|empleo|boulot|travail|lavoro|emprego|baan) (?:bei|chez|presso|bij) (?:der |dem )?(?P<v><NAME>)
employer; changed .8; \bnuev[oa] (?:trabajo|empleo) en (?P<v><NAME>)
employer; .75; (?-i:\bi) (?:(?:now|currently|still|just|also) )?(?:work|am working) (?:for|at) (?P<v>(?!the|an?\b|my|her|his|our|their|this|that|it\b|them|him|home|night|least|all|once|times|day|sea|heights|different|several|various|many|some|two|three|first|full|part|multiple|myself|random|local)[a-z][\w&'-]{2,20})(?=\s*(?:$|[.,;!])|\s(?:and|but|now|as|so|in|since|because|too|right|currently|part|full)\b)
employer; .75; \bmy (?P<k>wife|husband|boyfriend|girlfriend|partner|mom|mum|dad|mother|father|brother|sister|son|daughter|fiance) works (?:for|at) (?P<v>(?!the|an?\b|my|her|his|our|their|this|that|it\b|home|night|least|all|times|different|several|local|me\b|us\b|him|hard)[a-z][\w&'-]{2,20})(?=\s*(?:$|[.,;!])|\s(?:and|but|now|as|so|in|since|because|too)\b)
job; changed .8; \bback to (?:being )?(?:an? )?(?P<v><TITLE>)\b
salary; .8; \bi (?:now )?(?:get|make|earn|['’]m on) (?:about |around )?(?P<v><AMOUNT> ?(?:an|per|a) (?:hour|year|annum))\b
salary; changed .8; \bpay(?:s|ing)? me (?:about |around )?(?P<v>(?:[$€£] ?)?\d{2,3}(?:[.,]\d{3}|k)|<AMOUNT><PER>)
employer; changed turn .8; \bnew (?:job|gig|role|position) ?[!:–,.-]+ ?(?:(?:at|with) )?(?:the |an? )?(?P<v>(?:[a-z-]{2,15} ){0,2}<WORKPLACE>\b)
employer; changed .8; \bi['’]?m with (?:the |an? )(?P<v>(?:[a-z-]{2,15} ){0,2}(?:service|<WORKPLACE>)) (?:now|these days)\b
employer; .8; \bwork(?:s|ing)?(?: part[- ]time| full[- ]time| weekends| nights| shifts| remotely){0,2} (?:at|for|in) (?:an? |the )(?P<v>(?:[a-z-]{2,15} ){0,2}(?:<WORKPLACE>|garden cent(?:re|er)|call cent(?:re|er)|day ?care|supermarket|(?:nursing|care|funeral) home|post office|charity|vet['’]s|council))\b(?! (?:industry|district|business|sector|party|world|manager|environment|setting|settings))
employer; ended .8; \b(?:contract|job|stint|placement|internship|traineeship) (?:at|with) (?:the )?(?P<v><NAME>) (?:has )?(?:ended|is over|ran out|finished|ends|is up|expired)\b
employer; ended .85; \b(?:hab|habe|hat|haben) (?:\w+ )?bei (?P<v><NAME>) (?:\w+ )?(?:gekündigt|aufgehört)\b
over; ended .75; \b(?:j['’]ai quitté|he dejado|ho lasciato|deixei a|deixei o) (?P<v><NAME>)
employer; changed .8; \b(?:trabaj[oa]|travaille|lavor[oa]|trabalh[oa]) (?:\w+ )?(?:en|dans|in|num|numa|em) (?:una?|une|um|uma) (?P<v>hospital|colegio|escuela|tienda|restaurante|banco|oficina|clínica|hotel|librería|panadería|fábrica|farmacia|empresa|hôpital|école|librairie|boulangerie|banque|pharmacie|magasin|restaurant|ospedale|scuola|banca|negozio|ristorante|farmacia|escola|loja|padaria)\b
job; changed .8; \b(?:been|was|got) made (?:an? |the )?(?P<v><TITLE>)\b
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
teacher; changed .8; (?P<v>(?:Mr|Mrs|Ms|Miss)\.? <ONE>) (?:is teaching|teaches|will teach|is taking|takes|has|gets) (?P<s>(?:class|year|grade|form) (?:\d{1,2}|[a-z]))\b
teacher; changed .8; (?:<ONE>) (?:has|gets|has got|['’]s got) (?P<v>(?:Mr|Mrs|Ms|Miss)\.? <ONE>) (?:for|in) (?P<s>(?:class|year|grade|form) (?:\d{1,2}|[a-z]))\b
teacher; changed .8; (?P<s><ONE>) (?:has|gets|has got|['’]s got) (?P<v>(?:Mr|Mrs|Ms|Miss)\.? <ONE>) for (?P<w>(?!class|year|grade|form|the|a|now|this)[a-z]{3,12})\b
{a}; changed whole .8; \b(?:swapped|changed|switched) (?P<a><ROLE>)s?\b[^.!?\n]{0,25}?\b(?:with|to|seeing|it['’]s) (?:now )?(?P<v><NAME>)
{a}; changed whole .8; \b(?:my|our) (?P<a><ROLE>) (?:is leaving|left|leaves|is retiring|retired|is going|has left)(?:[,;.]| and|:) ?(?:and )?(?P<v><NAME>) (?:takes over|is taking over|replaces|steps in|took over|has taken over|has it now)\b
{a}; changed whole .8; ^\W*(?:my |our )?new (?P<a><ROLE>) ?(?::|=|-|–) ?(?P<v><NAME>)
reviewer; changed .8; (?P<v><NAME>) reviews (?:now|from now on|instead)\b
{a}; changed .8; (?P<v><NAME>) (?:is taking over|takes over|took over|has taken over) (?:the |our |my )(?P<a>[a-z-]{3,15}(?: [a-z-]{3,15})?) from (?P<o><NAME>)
{a}; changed .8; (?P<v><NAME>) (?:replaced|replaces|is replacing|took over from|takes over from|has taken over from) (?P<o><NAME>) as (?:my|our|the) (?P<a><ROLE>)\b
team; changed .8; \b<WHO>(?:['’]s|['’]ve| has| have)?(?: just| now| since)? (?:moved|transferred|switched|gone|been moved|moves|transfers) (?:over )?to (?:the |our |my |your )?(?P<v>(?:[a-z&]{3,15} ){1,2}(?:team|department|dept|section|division|unit))\b
team; .8; \b<WHO>(?:['’]m| am| is|['’]s|['’]re| are)(?: now)? (?:on|in) (?:the |our )(?P<v>(?:[a-z&]{3,15} ){1,2}(?:team|department|dept))\b
status; .8; \b<WHO>(?:['’]m| am| is|['’]s| goes| go|['’]ll be| will be| has gone|['’]s gone)(?: now| currently| going| out| off){0,2} (?P<v>on (?:(?:maternity|paternity|parental|sick|annual|medical|unpaid) leave|leave|sabbatical)|off sick|on (?:holiday|vacation)(?= (?:until|til|till)\b))
over; ended .8; \b(?:taken|took|taking|takes|take) over from (?P<v><NAME>)
over; ended .8; (?P<s><NAME>) (?:replaces|is replacing|replaced|steps in for|stepped in for) (?P<v><NAME>)(?= as\b)
{a}; changed .8; \b(?:send|sends|give|route|forward|pass)(?: all| the| your| my){0,2} (?P<a>prs?|reviews?|pull requests?|invoices?|tickets?|expenses?|timesheets?) to (?P<v><NAME>) (?:now|from now|instead|from here|from today)\b
{a}; changed .8; \b(?P<a>prs?|reviews?|pull requests?|invoices?|tickets?|expenses?|timesheets?)(?: all)? (?:now|from now on|from today) (?:go|goes) to (?P<v><NAME>)
""",
    WORDS,
)
