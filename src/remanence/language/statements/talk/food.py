"""What people do not tolerate, have stopped eating, or eat now: rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.allergens import ALLERGENS
from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = r"""
FOOD; (?:kaffee|fleisch|zucker|alkohol|milch|gluten|fisch|weizen|caf[eé]|carne|az[uú]car|alcohol|leche|pescado|viande|sucre|alcool|lait|poisson|caffè
|zucchero|alcol|latte|pesce|açúcar|álcool|leite|peixe|koffie|vlees|suiker|melk|vis)
FOODEN; (?:sugar|meat|alcohol|coffee|caffeine|bread|dairy|gluten|carbs|fish|cheese|milk|wheat|chocolate|salt|red meat|pork|beef|soda|eggs)
REACTS; (?:my (?:\w+ )?(?:throat|mouth|lips?|face|tongue|eyes?|neck|skin|airways?) (?:\w+ ){0,2}?(?:swell\w*|swoll\w*|clos\w+|itch\w*|burn\w*|tingl\w*|puff\w*|numb)
|(?:got|had|came out in|broke out in|covered in) (?:\w+ )?(?:hives|a rash|welts)|anaphyla\w+|epi-?pen|couldn['’]t breathe)
VEG; (?:vegan\w{0,2}|v[eé]g[eé]tari\w{2,5}|vegetarisch|végane)
"""
"""Words of this table, with what they stand for."""

FOOD: tuple[Saying, ...] = sayings(
    r"""
diet; ended .85; \boff the (?P<v>veggie|vegan|vegetarian|keto|paleo) wagon\b
diet; ended .85; \b(?:no longer|not) (?:a |really |even )?(?P<v>veggie|vegan|vegetarian|pescatarian|keto|gluten[- ]free|dairy[- ]free)\b(?= any ?more|$|[.,;!])
diet; changed .75; ^\W*(?:(?:so|just|now|and) ){0,2}(?P<v>(?:fish|chicken|white meat|plants?|decaf|oat milk) only)(?: now)?$
diet; ended .8; \b(?:i|we|s?he)(?:['’]ve|['’]s| have| has)? (?:just |completely )?cut out (?:all |the )?(?P<v><FOODEN>)\b
diet; changed .8; \b(?:eat|eating|eats|drink|drinking|drinks) (?P<v><FOODEN>) again\b
allergy; .85; \b(?:i['’]?m|am|is|s?he['’]s|['’]s|being)(?: also| a bit| quite| severely)? (?P<v>lactose|gluten|dairy|fructose|histamine)[- ]intolerant\b
allergy; many .85; \bintol(?:e|é|le)rant[ei]? (?:al|a la|a las|a los|a|au|aux|à la|à|ao|à|alle|alla|al) (?P<v><FREE>)<END>
allergy; .85; \bvertrag(?:e|t|en) keine?n? (?P<v>(?-i:[A-ZÄÖÜ])[a-zäöüß]{3,15})\b
allergy; .85; \ballergy to (?:the )?(?P<v><FREE>)<END>
allergy; .85; \b(?P<v><ALLERGENS>) (?:makes? (?:my|his|her) (?:throat|mouth|lips|skin|face|eyes|tongue) (?:itch|swell|burn|tingle)|gives? (?:me|him|her) (?:hives|a rash|welts))
allergy; .8; \breact(?:s|ed)? to (?:the )?(?P<v><ALLERGENS>)\b
{a}; whole .8; \b(?:on|taking|started|takes|take) (?P<a>[a-z]{4,15}(?:in|ol|ine|ide|ole|ate|one|am|ex|yl|il))\b(?: now| again)?, (?P<v><DOSE>)
pets; whole .8; \b(?:hund|hündin|katze|kater|perr[oa]|gat[oa]|chien|chat|cane|gatto|cachorro|hond|kat)\b[^.!?\n]{0,15}?\b(?:er heißt|sie heißt|heißt|se llama|s['’]appelle|si chiama|chama-se|heet|namens|llamad[oa]|appelée?) (?P<v><ONE>)
hobby; added .8; \b(?:started|starting|taken up) (?P<v>bouldering|climbing|running|swimming|rowing|cycling|surfing|sailing|knitting|crocheting|painting|fencing|boxing|birdwatching|beekeeping|kayaking|skating|skiing|hiking|woodturning|embroidery|weaving)\b
diet; ended .8; \bkeine?n? (?P<v><FOOD>) mehr\b
diet; ended .8; \bya no (?:como|bebo|tomo|comemos) (?P<v><FOOD>)\b
diet; ended .8; \bne (?:mange|bois|prends) plus (?:de |d['’])(?P<v><FOOD>)\b
diet; ended .8; \bnon (?:mangio|bevo|prendo) più (?P<v><FOOD>)\b
diet; ended .8; \bnão (?:como|bebo|tomo) mais (?P<v><FOOD>)\b
diet; ended .8; \b(?:eet|drink) geen (?P<v><FOOD>) meer\b
diet; changed .8; \b(?:soy|me he vuelto|sono|sono diventat[oa]|sou|virei|ich bin|bin|je suis|suis devenue?|ik ben|es|ist|wird|è|est)(?: jetzt| ahora| maintenant| adesso| ora| agora| nu| nun)? (?P<v><VEG>)\b
medicine; added .8; \b(?:put|puts|started) (?:me|him|her|us|them) on (?P<v>\d[\d.,]{0,4} ?(?:mg|ml|mcg|micrograms?)(?: of)? [a-z]{5,18})\b
over; ended .75; ^\W*(?:finally |now |and )?off (?:the |my )(?P<v>antibiotics?|steroids|painkillers|pill|pills|tablets|meds|medication|cigarettes|booze|coffee|sugar|crutches|insulin|[a-z]{5,14}(?:cillin|mycin|prazole|olol|statin|pril|formin|profen|oxetine|pram))\b
allergy; turn .8; \b(?:can['’]?t|cannot|can no longer|mustn['’]?t|shouldn['’]?t|no more|stay(?:ing)? (?:off|away from)|avoid(?:ing)?)(?: (?:eat|have|do|touch|go near))? (?:the |any )?(?P<v><ALLERGENS>)\b[^?\n]{0,70}?\b<REACTS>
allergy; turn .8; \b(?:ate|had|tried|eating|after|bit into|tasted) (?:[a-z]+ ){0,3}?(?P<v><ALLERGENS>)\b[^?\n]{0,60}?\b<REACTS>
allergy; turn .85; \b(?:results?|tests?|prick test|patch test|allergist|bloods)\b[^?\n]{0,30}?[!.,:;]+ ?(?:so |and |turns out |turned out )?(?:it['’]s|its|it is|it was|it['’]s the) (?:only |just |the )?(?P<v><ALLERGENS>)(?=\s*(?:[.,;!\n]|$|allerg))
allergy; whole .85; \ballergic to [^.;!?\n]{2,40}?,? and (?P<s><ONE>)(?: is|['’]s)?(?: allergic)? to (?P<v><NOUN>)<END>
allergy; many .85; \b(?:al[ée]rgic[oa]s?|allergisch|allergic[oa]|allergique) (?:ao |aos |às |all['’]|alle |alla |allo |ai |agli |voor )(?P<v><FREE>)<END>
allergy; many .85; \b(?:vertrage|verträgt|tolero|tolère|supporte|sopporto|tollero) (?:kein|keine|keinen|la|le|el|il|les|los|las|o|a) (?P<v><FOOD>|\w+)(?: nicht| pas)\b
""",
    WORDS,
    ALLERGENS=ALLERGENS,
)
