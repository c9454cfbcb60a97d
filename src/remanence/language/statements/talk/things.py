"""What people own and give away, where they move in, what it costs, who brings what, votes, ports: rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = {
    "MAKE": r"(?:audi|berlingo|bmw|camry|chevrolet|chevy|citro[eë]n|civic|clio|corolla|corsa|dacia|duster|fabia|fiat|fiesta|"
    r"ford|honda|hyundai|jeep|jetta|kangoo|kia|land rover|lexus|mazda|mercedes|micra|mini cooper|mustang|nissan|octavia|opel|"
    r"passat|peugeot|porsche|prius|renault|seat ibiza|skoda|subaru|suzuki|tesla|toyota|twingo|vauxhall|vespa|volkswagen|volvo|vw|yaris|zafira)",
    "CAR": r"(?:(?:19|20)\d\d )?(?:[a-z]{3,9} )?<MAKE>(?: (?-i:[A-Z0-9])[\w-]{0,12})?",
    "WEEKDAY": r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: evenings?| mornings?| nights?| afternoons?)?)",
    "COURSE": r"(?:(?:[a-z]+ ){0,2}(?:class(?:es)?|lessons|course)|portuguese|spanish|french|german|italian|welsh|irish|japanese|chinese|arabic|"
    r"polish|(?:[a-z]+ )?sign language|pottery|ceramics|cello|piano|guitar|violin|drums|welding|sewing|carpentry|yoga|pilates|judo|karate|boxing|swimming|"
    r"salsa|tango|ballet|life drawing|tai chi|singing|climbing|fencing|rowing)",
    "THING": r"(?:(?:[\w-]+ )?(?:bike|bicycle|e-bike|car|van|scooter|moped|motorbike|boat|kayak|canoe|tent|piano|guitar|violin|cello|"
    r"laptop|phone|tablet|camera|caravan|campervan|telescope|drone|camper|trailer)|<MAKE>)",
    "COLOUR": r"(?:black|blue|brown|gold|green|grey|gray|orange|pink|purple|red|silver|turquoise|white|yellow)",
    "DWELLING": r"(?:flat|room|place|house|studio|apartment|bedsit|cottage|loft|bungalow|one bed|two bed)",
    "GEAR": r"(?:grill|barbecue|bbq|cool ?box|cooler|speakers?|tents?|stove|charcoal|firewood|kettle|pans?|pots?|wine|beers?|cake|"
    r"salad|dessert|pudding|bread|snacks|drinks|crisps|chips|chairs|tables?|blankets?|sleeping bags?|mats?|board games?|cards|"
    r"football|frisbee|plates|cups|cutlery|napkins|lanterns?|torch|first aid kit|map|sun ?cream|projector|extension lead|pie|soup|"
    r"cheese|fruit|burgers|sausages|marshmallows|cookies|muffins|lasagna|lasagne|quiche|hummus|ice)",
    "CARGO": r"(?!it\b|you\b|him\b|her\b|them\b|that\b|this\b|up\b|back\b|in\b|out\b|on\b|me\b|us\b|everyone\b|people\b)(?!(?:my|our|the) (?:\w+ )?(?:dogs?|cats?|kids?|children|son|daughter|husband|wife|family|friends?|own)\b)(?:(?:the|a|an|my|our|some|two|three|four|\d+|extra|home-?made) )"
    r"[a-zà-ÿ][^.,;:!?\n()\"]{1,50}?(?=\s*(?:$|[.,;:!?()\n])|\s(?:but|so|because|if|when|for|tomorrow|tonight|to|too|as well|then|from|this time|again|with|next|in|on|at|over|home|back|up|down|into|along|and i|and we|and you|over|out|which|that|every|everywhere|always|usually)\b)",
    "SETTING": r"(?:port|version|branch|room|slot|channel|limit|timeout|table|desk|locker|gate|seat|host|tag|number|extension)",
    "NUMERIC": r"\d[\w.:-]{0,14}",
    "FOUND": r"(?:is |was |are |['’]s |already |just |now )*(?:collid(?:es|ed|ing)|clash(?:es|ed|ing)?|conflicts|taken|in use|used by|busy|blocked|reserved|full|occupied)\b",
}

THINGS: tuple[Saying, ...] = sayings(
    r"""
car; changed turn .8; \b(?:new|another) (?:car|van|motor|wheels)\b[^?\n]{0,25}?[.,:;!–—-]+ ?(?:(?:well|so|yes|it['’]s|its|it is)\b,? ?){0,2}(?:an?|the) (?:(?:new|used|old|second-hand|little) )?(?P<v>(?:(?:19|20)\d\d )?(?:<CAR>|<NAME>))\b(?:, ?(?P<c><COLOUR>)\b)?
owns; changed whole .85; \b(?:i['’]ve|i have|i got|we['’]ve|we got|got myself|bought|picked up) (?:got )?(?:myself |ourselves )?an? (?:new |used |second[ -]?hand )?(?P<v>(?:[\w-]+ )?<THING>)\b(?: now| too)?[,.!]? (?:and )?it['’]?s (?:a )?(?:bright |dark |light )?(?P<c><COLOUR>)\b
car; changed .8; <WE>(?:got|bought|['’]ve got|picked up|leased|bought myself|got myself) (?:an?|my) (?:(?:new|old|used|second-hand|little|brand new) ){0,2}(?P<v><CAR>)\b
owns; .75; <WE>(?:fixed|repaired|mended|washed|serviced|parked|refuelled|hoovered|patched up|took|taking|drove) (?:the|my|our) (?:old |poor |little )?(?P<v><MAKE>)\b
over; ended .8; \b(?:my|our|the) (?:old |poor |new )?(?P<v><THING>) (?:just |finally )?(?:got|was|has been|['’]s been|been) (?:stolen|nicked|pinched|scrapped|totall?ed|written off|sold)\b
home; changed turn .8; \b(?:i['’]?m|we['’]re|i am|we are) (?:finally |officially )?in ?[!,]+ ?(?P<v><NAME>) (?:since|as of|from)\b
home; changed .8; <WE>(?:got|picked up|collected|have) the keys (?:to|for) (?:the|a|my|our) (?:new )?(?P<v><DWELLING> (?:in|on|at|near) <NAME>)
home; ended .85; \bwohn(?:e|t|en) (?:\w+ ){0,2}?nicht mehr in (?P<v><NAME>)
home; ended .85; \bya no viv(?:o|e|imos|en) en (?P<v><NAME>)
home; ended .85; \bhabit(?:e|es|ons|ent) plus (?:à|en|au|dans) (?P<v><NAME>)
home; ended .85; \bnon (?:abito|abita|abitiamo|vivo|vive|viviamo) più (?:a|in) (?P<v><NAME>)
home; ended .85; \bnão mor(?:o|a|amos) mais (?:em|no|na) (?P<v><NAME>)
home; ended .85; \bwoon(?:t|en)? niet meer in (?P<v><NAME>)
home; planned .75; <WE>(?:signed|sign)(?: the| a)?(?: lease| contract)? (?:for|on) (?:an? |the |our |my )?(?P<v>(?:[\w-]+ ){0,3}<DWELLING> (?:in|on|at|near) <NAME>)
rent; changed turn .8; \b(?:<DWELLING>|landlord|landlady|rent|lease|i['’]?m in|we['’]re in)\b[^?\n]{0,110}?\b(?:got|talked|haggled|knocked|beat|argued) (?:him|her|them|it|(?:the|my|our) (?:landlord|landlady|agent|owner)) down to (?P<v><AMOUNT>(?:<PER>)?)
rent; whole .8; \b(?:wg|wohnung|zimmer|miete|bude|apartment)\b[^.!?\n]{0,60}?\b(?P<v>\d[\d.,]{1,6}\d(?: ?€| euro)? (?:warm|kalt))\b
price; .8; \b(?:so|that['’]s|makes|comes to|works out at|it['’]s|its|costs?|is|be|now)(?: it)?(?: about| around| only)? (?P<v><AMOUNT> (?:a|per) (?:head|person|nose|ticket|kid|child|adult|couple))\b
brings; planned .8; \b(?:i|we)(?:(?:['’]ll| will)(?: also| then| just)? bring|(?:['’]m|m| am|['’]re| are)(?: also| then| just)? bringing| bring)(?: also)? (?P<v><CARGO>)
brings; planned .8; \b(?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15}))(?:['’]s| is|['’]ll| will)? bring(?:s|ing) (?P<v><CARGO>)
brings; planned whole .8; \b(?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15})),? you (?:bring|take) (?P<v><CARGO>)
brings; planned whole .8; \byou (?:bring|take) (?P<v><CARGO>),? (?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15}))\s*[.!]*$
brings; planned .8; \bi(?:['’]ll| will) (?:take|do|make|supply|sort(?: out)?) (?P<v>(?:the|a|an|my|some) (?:(?:[\w-]+ ){0,2}<GEAR>)(?: and (?:the |a |an |my |some )?(?:[\w-]+ )?<GEAR>)?)\b(?! (?:for me|off|away|back|home|out))
learning; changed whole .85; \b(?:signed up for|started|starting|taking|enrolled in|doing|learning|joined) (?:the |a |an |some )?(?P<v><COURSE>)\b(?: instead| now| again| class(?:es)?)?,? (?:on |every )?(?P<w><WEEKDAY>)\b
contact; whole .8; \b(?:please|pls|only|just) (?P<v>e-?mail|text|message|call|ring|phone|write to) me\b[^.!?\n]{0,12}? (?:do ?n['’]?t|never|not|no|rather than|instead of) (?:ring|call|phone|calls|text|email|ringing|calling|phoning)\b
contact; .8; \bcontact(?: me| us)?(?: only)? (?:by|via|through) (?P<v>(?:e-?mail|phone|text|letter|post|whatsapp|signal)(?: only)?)\b
vote; changed whole .8; ^\W*(?:(?:ok|okay|fine|alright|right|well|so|hm+),? ){0,3}(?:i|i['’]ll|i['’]m) (?:switch|switching|change|changing|changed|switched)(?: my (?:mind|vote))?(?:,|:| -| –) ?(?:the )?(?P<v><NOUN>)<END>
vote; .75; \b(?:i still (?:say|vote|vote for)|i vote(?: for)?|i['’]m voting(?: for)?|my vote(?: still)? goes to|my vote is(?: for)?|put me down for|another vote for|\+1 for) (?:the )?(?P<v><NOUN>)<END>
{a}; changed turn digits .8; \b(?P<a><SETTING>) [`"]?(?P<o><NUMERIC>)[`"]? <FOUND>[^?\n]{0,60}?[.,;:!–]+ ?(?:(?:so|let['’]?s|please|pls|we|i['’]ll|just|then) ){0,3}(?:go(?: with| for| to)?|use|make it|switch to|change (?:it )?to|move (?:it )?to|take|try|pick|put it on|run on) (?:<SETTING> )?[`"]?(?P<v>\d[\w.:-]{0,14}(?<=\w))
port; digits .8; \b(?:api|server|service|app|dashboard|backend|frontend|proxy|database|daemon|jenkins|grafana)\b[^.!?\n\d]{0,25}\b(?:on|listens on|listening on|runs on|moved to) (?:port )?[`]?(?P<v>(?!(?:19|20)\d\d\b)[1-9]\d{3,4})\b(?![.,/:-]\d| [a-z]+s\b)
{a} set; digits .8; [`](?P<a>[a-z][a-z0-9]{0,15}(?:[-_][a-z0-9]{1,15}){1,3})[`] (?:is|=|is now|is set to|set to|defaults to|goes to) (?:now )?[`]?(?P<v>\d[\w.]{0,12}(?<=\w))
line length; changed digits .8; \b(?:into|to|at|of) (?P<v>(?:[6-9]\d|1\d\d)) (?:columns|cols|chars per line|characters per line|characters wide|chars wide)\b
price of {a}; whole .8; \b(?:rent|rented|renting) (?:an? |the |my )?(?P<a>desk|locker|garage|storage unit|parking space|allotment)\b[^.!?\n]{0,50}?\b(?P<v><AMOUNT><PER>)
total; .8; \b(?:so|that['’]s|makes|comes to)(?: it| now)? (?P<v><AMOUNT>) (?:in total|altogether|all in)\b
working on; whole .8; \bnew (?:repo|repository|side project|codebase)(?:,|:| called| named| is) ?["`“]?(?P<v>[a-z][\w-]{2,24})\b
rent; .8; \b(?:current|old|present) (?:hole|flat|place|room|apartment|bedsit) is (?P<v><AMOUNT>(?:<PER>)?)
over; ended .8; \b(?:close[sd]?|closing|resolved|cancell?ed) (?:the |this |that )?(?:case|ticket|issue|order|booking|reservation) (?P<v><VALUE_OF_CODE>)
home; changed turn .8; \b(?:(?:tengo|tenemos) (?:ya |por fin )?piso|(?:conseguí|conseguimos|encontré|encontramos|trouvé|trovato|achei|encontrei|gevonden) (?:(?:ya|por fin|enfin|un|una|le|el|um|uma|een) ){0,2}(?:piso|appart(?:ement)?|appartamento|apartamento|woning|casa|maison)|(?:(?:ich|wir) (?:hab|habe|haben)|(?:hab|habe|haben) (?:ich|wir)|kriegen|bekommen) (?:(?:jetzt|endlich|eine|ne|die|das|ein|neue) ){0,3}(?:wohnung|zimmer|wg-zimmer))\b[^?\n]{0,30}?\b(?:en|in|à|a|em) (?P<v><NAME>)
order number; digits whole .8; \bordered\b[^.!?\n]{0,40}?\b(?P<v>(?-i:[A-Z]{2,3})-?\d{4,8})\b
""",
    **WORDS,
)
