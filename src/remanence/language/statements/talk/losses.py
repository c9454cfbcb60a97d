"""Who died, ran away or was given away: rows of sayings. What was said of the dead ends with them."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = r"""
ANIMAL; (?:dog|puppy|cat|kitten|hamster|rabbit|bunny|parrot|budgie|bird|horse|pony|tortoise|turtle|guinea pig|goldfish|fish|snake|lizard|gecko
|ferret|goat|sheep|hen|pig|rat|mouse)
KIN; (?:mum|mom|mother|dad|father|grandma|grandmother|gran|nan|nana|granny|grandad|granddad|grandpa|grandfather|uncle|aunt|auntie|sister|brother
|son|daughter|wife|husband|partner|cousin|nephew|niece|godmother|godfather|mother-in-law|father-in-law|friend|neighbou?r|boss|landlord|landlady)
BEFORE; (?:^|[^\w\s] |\bsadly |(?-i:\b[a-z'’]{1,12} ))(?:(?:uncle|aunt|auntie|grandma|grandpa|granny|nana) )?
NAMED; (?!(?:sadly|finally|suddenly|who|which|that|this|he|she|it|its|they|we|you|yes|no|and|but|so|then|just|also|everyone|nobody|somebody|someone
|phone|laptop|battery|car|engine|fridge|boiler|server|disk|router|tablet|console|<KIN>|<ANIMAL>|<MAKE>)\b)<ONE>
MAKE; (?:skoda|audi|volvo|golf|polo|fiat|ford|kia|honda|mazda|nissan|tesla|toyota|renault|peugeot|corsa|clio|yaris|fiesta|thinkpad|macbook|dell)
HAS; (?: (?:has|have|had to be|just|sadly|finally|suddenly|peacefully))*
DOWN; put (?:to sleep|down)(?! (?:for|as|in|at|on(?! (?:mon|tues|wednes|thurs|fri|satur|sun|the \d)))\b)
DIED; (?:died|passed away|passed on|didn['’]t make it|(?:(?:was|were|been|being|be) )?(?:<DOWN>|euthani[sz]ed)|was (?:run over|killed))\b(?! (?:laughing|inside|of (?:shame|embarrassment|boredom)|on (?:me|us|the (?:motorway|phone|call))))
BACK; (?:back(?! (?:from|to|at|on|with|for|pain|in (?:\d|the (?:office|day)))\b)|came back(?! (?:from|to|with|at)\b)|came home|turned up(?! (?:at|with|late|to|for)\b)|home again
|(?:been |was |is )found)
LEFT; (?:ran (?:away|off)|run away|flew (?:off|away)|flown away|(?:was|been|got) (?:rehomed|re-homed|given away)|is being rehomed)(?! (?:from|with|to|for)\b)
"""
"""Words of this table, with what they stand for."""

LOSSES: tuple[Saying, ...] = sayings(
    r"""
died; changed .8; <BEFORE>(?P<s><NAMED>)<HAS> (?P<v><DIED>)
died; changed whole .8; <BEFORE>(?P<s><NAMED>), (?:who|which)<HAS> (?P<v><DIED>)
died; changed .8; (?:\b(?:my|our) (?:(?:old|poor|little|dear|other) )?|^\W*|\b(?:when|after|since|and|but) )(?P<k><KIN>)<HAS> (?P<v><DIED>)
died; changed .8; \b(?:my|our|the) (?:(?:old|poor|little|dear|other) )?(?P<k><ANIMAL>)<HAS> (?P<v><DIED>)
died; changed .8; \b(?:had|have|having) (?:to )?(?:have |get )?(?:(?:my|our|the|poor|old) )*(?:<ANIMAL> )?(?P<s><NAMED>) (?P<v><DOWN>|euthani[sz]ed)\b
died; changed .8; \b(?:had|have|having) (?:to )?(?:have |get )?(?:my|our|the) (?:old |poor )?(?P<k><ANIMAL>) (?P<v><DOWN>|euthani[sz]ed)\b
over; ended .8; <BEFORE>(?P<v><NAMED>)<HAS> <LEFT>
over; ended .8; \b(?:my|our|the) (?:old |poor |little )?(?P<v><ANIMAL>)<HAS> <LEFT>
over; ended .8; \b(?:rehomed|re-homed) (?:(?:my|our|the|poor|old) )*(?:<ANIMAL> )?(?P<v><NAMED>)
back; changed .8; <BEFORE>(?P<s><NAMED>)(?: is|['’]s|<HAS>)* (?P<v><BACK>)
back; changed .8; \b(?:my|our|the) (?:old |poor |little )?(?P<k><ANIMAL>)(?: is|['’]s|<HAS>)* (?P<v><BACK>)
back; changed .8; \b(?P<p>s?he)(?: is|['’]s|<HAS>)* (?P<v><BACK>)
back; changed .8; \b(?P<v>found) (?P<s><NAMED>)(?= (?:again|in|at|under|on|behind|back|home|yesterday|today|this|hiding|sleeping)\b|\s*(?:$|[.,!]))
over; ended .8; \b(?:gave|given) (?:<ANIMAL> )?(?P<v><NAMED>) away\b
""",
    WORDS,
)
