"""What people own and give away, where they move in, what it costs, who brings what, votes, ports: rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.services import LISTENER
from remanence.language.statements.talk.grammar import Saying, sayings

WORDS = r"""
MAKE; (?:audi|berlingo|bmw|camry|chevrolet|chevy|citro[eë]n|civic|clio|corolla|corsa|dacia|duster|fabia|fiat|fiesta|ford|honda|hyundai|jeep|jetta
|kangoo|kia|land rover|lexus|mazda|mercedes|micra|mini cooper|mustang|nissan|octavia|opel|passat|peugeot|porsche|prius|renault|seat ibiza|skoda
|subaru|suzuki|tesla|toyota|twingo|vauxhall|vespa|volkswagen|volvo|vw|yaris|zafira)
CAR; (?:(?:19|20)\d\d )?(?:[a-z]{3,9} )?<MAKE>(?: (?-i:[A-Z0-9])[\w-]{0,12})?
WEEKDAY; (?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: evenings?| mornings?| nights?| afternoons?)?)
COURSE; (?:(?:[a-z]+ ){0,2}(?:class(?:es)?|lessons|course)|portuguese|spanish|french|german|italian|welsh|irish|japanese|chinese|arabic|polish
|(?:[a-z]+ )?sign language|pottery|ceramics|cello|piano|guitar|violin|drums|welding|sewing|carpentry|yoga|pilates|judo|karate|boxing|swimming|salsa
|tango|ballet|life drawing|tai chi|singing|climbing|fencing|rowing)
MODEL; (?:<MAKE>|astra|fiat 500|focus|golf|i10|ibiza|leaf|panda|polo|punto|up|zoe)
GADGET; (?:phone|laptop|tablet|camera|bike|guitar|computer|printer|watch|e-reader|console|keyboard|telly|tv|oven|sofa)
FURNITURE; (?:sofa|couch|armchair|bed|mattress|table|desk|wardrobe|bookcase|shelf|lamp|fridge|freezer|washing machine|dishwasher|oven|cooker|dryer|rug)
ANIMAL; (?:dog|puppy|cat|kitten|hamster|rabbit|parrot|horse|pony|tortoise|budgie|guinea pig)
TECH; (?:python|node|postgres|java|ruby|php|mysql|sqlite|debian|ubuntu|django|rust|react|numpy|torch|go|typescript|terraform|vue|rails|pandas|pytest)
TOOL; (?:jest|vitest|vite|webpack|rollup|bun|deno|nginx|caddy|traefik|prettier|eslint|biome|mypy|pyright|rabbitmq|nats|terraform|ansible|jenkins
|gitlab|circleci|heroku|mongodb|mariadb|duckdb|clickhouse|elasticsearch|opensearch|tailwind|bootstrap|nuxt|laravel|jira|trello|asana|zoom|discord
|telegram|figma|github actions)
THING; (?:(?:[\w-]+ )?(?:bike|bicycle|e-bike|car|van|scooter|moped|motorbike|boat|kayak|canoe|tent|piano|guitar|violin|cello|laptop|phone|tablet
|camera|caravan|campervan|telescope|drone|camper|trailer)|<MAKE>)
COLOUR; (?:black|blue|brown|gold|green|grey|gray|orange|pink|purple|red|silver|turquoise|white|yellow)
DWELLING; (?:flat|room|place|house|studio|apartment|bedsit|cottage|loft|bungalow|one bed|two bed)
GEAR; (?:grill|barbecue|bbq|cool ?box|cooler|speakers?|tents?|stove|charcoal|firewood|kettle|pans?|pots?|wine|beers?|cake|salad|dessert|pudding|bread
|snacks|drinks|crisps|chips|chairs|tables?|blankets?|sleeping bags?|mats?|board games?|cards|football|frisbee|plates|cups|cutlery|napkins|lanterns?
|torch|first aid kit|map|sun ?cream|projector|extension lead|pie|soup|cheese|fruit|burgers|sausages|marshmallows|cookies|muffins|lasagna|lasagne
|quiche|hummus|ice)
CARGO; (?!it\b|you\b|him\b|her\b|them\b|that\b|this\b|up\b|back\b|in\b|out\b|on\b|me\b|us\b|everyone\b|people\b)(?!(?:my|our|the) (?:\w+ )?(?:dogs?
|cats?|kids?|children|son|daughter|husband|wife|family|friends?|own)\b)(?:(?:the|a|an|my|our|some|two|three|four|\d+|extra
|home-?made) )[a-zà-ÿ][^.,;:!?\n()\"]{1,50}?(?=\s*(?:$|[.,;:!?()\n])|\s(?:but|so|because|if|when|for|tomorrow|tonight|to|too|as well|then|from
|this time|again|with|next|in|on|at|over|home|back|up|down|into|along|and i|and we|and you|over|out|which|that|every|everywhere|always|usually)\b)
SETTING; (?:port|version|branch|room|slot|channel|limit|timeout|table|desk|locker|gate|seat|host|tag|number|extension)
NUMERIC; \d[\w.:-]{0,14}
FOUND; (?:is |was |are |['’]s |already |just |now )*(?:collid(?:es|ed|ing)|clash(?:es|ed|ing)?|conflicts|taken|in use|used by|busy|blocked|reserved
|full|occupied)\b
"""
"""Words of this table, with what they stand for."""

THINGS: tuple[Saying, ...] = sayings(
    r"""
car; changed turn .8; \b(?:new|another) (?:car|van|motor|wheels)\b[^?\n]{0,25}?[.,:;!–—-]+ ?(?:(?:well|so|yes|it['’]s|its|it is)\b,? ?){0,2}(?:an?|the) (?:(?:new|used|old|second-hand|little) )?(?P<v>(?:(?:19|20)\d\d )?(?:<CAR>|<NAME>))\b(?:, ?(?P<c><COLOUR>)\b)?
owns; changed whole .85; \b(?:i['’]ve|i have|i got|we['’]ve|we got|got myself|bought|picked up) (?:got )?(?:myself |ourselves )?an? (?:new |used |second[ -]?hand )?(?P<v>(?:[\w-]+ )?<THING>)\b(?: now| too)?[,.!]? (?:and )?it['’]?s (?:a )?(?:bright |dark |light )?(?P<c><COLOUR>)\b
car; changed .8; <WE>(?:got|bought|['’]ve got|picked up|leased|bought myself|got myself) (?:an?|my) (?:(?:new|old|used|second-hand|little|brand new) ){0,2}(?P<v><CAR>)\b
car; changed turn .8; \b(?:bought|got|leased|picked up)(?: myself| ourselves)? an? (?:new |used |second-hand )?(?:car|van|motorbike|camper)[,:;–-]+ ?(?:it['’]s |its )?an? (?:(?:tiny|little|old|used|new|big|battered|\d{4}) ){0,2}(?P<v>(?:<COLOUR> )?(?:<MODEL>|<NAME>))\b
owns; changed .8; (?:\b(?:the|my|our) |^\W*)(?:new )?(?P<v><MODEL>(?: [a-z]{3,9})?|<THING>|<GADGET>|<FURNITURE>)(?: has| have|['’]s)?(?: finally| just| already)* (?:arrived|been delivered|was delivered|got delivered|turned up|came (?:today|yesterday|this morning|on \w+day)|is (?:finally )?here)\b
owns; changed .8; \b(?:i|we)(?:['’]ve)? (?:finally |just )?(?:picked up|collected) (?:the|my|our) (?:new )?(?P<v><MODEL>(?: (?-i:[A-Z])\w+)?|<THING>)(?! (?:keys|from the (?:garage|workshop|mechanic)|stuff))<END>
owns; changed .8; \btraded(?: in)? (?:the|my|our) (?P<o>[\w-]+)(?: in)? for an? (?:new |used |second-hand )?(?P<v><NAME>|<THING>|<MODEL>)\b
owns; changed turn .8; \bnew <GADGET>\b[^.!?\n]{0,14}?[,.;:!–-]+ ?(?:it['’]s|its) an? (?:used |refurbished |second-hand )?(?P<v><NAME>(?: \d{1,2}\w?)?)
owns; changed turn .8; \b<GADGET>\b[^?\n]{0,30}?[,.;:!–-] ?(?:the )?new one(?: is|['’]s) an? (?P<v><NAME>(?: \d{1,2}\w?)?)
owns; .75; \b(?:the|my|our) (?:old |poor )?(?P<v><MAKE>) (?:failed|passed|broke down|won['’]t start|needs|is back|is in the garage|has its)\b
owns; changed .8; \bmy (?:new )?(?:bike|car|van|phone|laptop|camera|guitar|tablet) is an? (?:new |used |second-hand |old )?(?:(?P<c><COLOUR>) )?(?P<v><NAME>)
over; ended .8; \b(?:gave|given) (?:the|my|our) (?P<v>(?:[\w-]+ )?[\w-]+) away\b
over; ended .8; ^\W*(?:my |the |our )?(?P<v><THING>)(?:['’]s| is| has been)(?: been)? (?:gone|nicked|stolen|pinched)\b
car; .75; (?-i:\bi) (?:drive|own|have) an? (?:(?:[a-z]+|\d{4}) )??(?P<v><MAKE>(?: [a-z]{3,9}| \d\w{0,4})?)<END>
home; planned turn .75; \b(?:bought|got|found|rented|renting|signed for) (?:a|the|our)(?: [a-z]+){0,2} <DWELLING>[!.,:–-]+ ?(?:it['’]s )?in (?P<v><NAME>)
owns; .75; <WE>(?:fixed|repaired|mended|washed|serviced|parked|refuelled|hoovered|patched up|took|taking|drove) (?:the|my|our) (?:old |poor |little )?(?P<v><MAKE>)\b
over; ended .8; \b(?:my|our|the) (?:old |poor |new )?(?P<v><THING>) (?:just |finally )?(?:got|was|has been|['’]s been|been) (?:stolen|nicked|pinched|scrapped|totall?ed|written off|sold)\b
home; changed turn .8; \b(?:i['’]?m|we['’]re|i am|we are) (?:finally |officially )?in ?[!,]+ ?(?P<v><NAME>) (?:since|as of|from)\b
home; changed .8; (?P<v>\d{1,4}\w? <NAME>) is (?:ours|mine)(?: now)?\b
home; planned .8; (?:\b(?:i['’]?m|we['’]re|i am|we are)(?: \w+ly)? |^\W*(?:so |and |also )?)moving (?:back |out |over |up |down )?to (?P<v><NAME>)
home; changed .8; \b(?:live|living|lives|staying) (?:with|at) [^.!?,\n]{2,24} in (?P<v><NAME>)
home; changed whole .75; \bout of (?P<o><NAME>),? (?:and )?into (?P<v><NAME>)
home; changed .8; <WE>(?:got|picked up|collected|have) the keys (?:to|for) (?:the|a|my|our) (?:new )?(?P<v><DWELLING> (?:in|on|at|near) <NAME>)
home; ended .85; \bwohn(?:e|t|en) (?:\w+ ){0,2}?nicht mehr in (?P<v><NAME>)
home; ended .85; \bya no viv(?:o|e|imos|en) en (?P<v><NAME>)
home; ended .85; \bhabit(?:e|es|ons|ent) plus (?:à|en|au|dans) (?P<v><NAME>)
home; ended .85; \bnon (?:abito|abita|abitiamo|vivo|vive|viviamo) più (?:a|in) (?P<v><NAME>)
home; ended .85; \bnão mor(?:o|a|amos) mais (?:em|no|na) (?P<v><NAME>)
home; ended .85; \bwoon(?:t|en)? niet meer in (?P<v><NAME>)
home; planned .75; <WE>(?:(?:signed|sign)(?: the| a)?(?: lease| contract)? (?:for|on)|settled on|going for|getting|taking) (?:an? |the |our |my )?(?P<v>(?:[\w-]+ ){0,3}<DWELLING> (?:in|on|at|near) <NAME>)
rent; changed turn .8; \b(?:<DWELLING>|landlord|landlady|rent|lease|i['’]?m in|we['’]re in)\b[^?\n]{0,110}?\b(?:got|talked|haggled|knocked|beat|argued) (?:him|her|them|it|(?:the|my|our) (?:landlord|landlady|agent|owner)) down to (?P<v><AMOUNT>(?:<PER>)?)
rent; whole .8; \b(?:wg|wohnung|zimmer|miete|bude|apartment)\b[^.!?\n]{0,60}?\b(?P<v>\d[\d.,]{1,6}\d(?: ?€| euro)? (?:warm|kalt))\b
weight; changed .8; (?P<s><ONE>)(?: is|['’]s)(?: back| now)? (?:up|down) (?:to|at) (?P<v>\d{1,3}(?:[.,]\d)? ?(?:kg|kilos?|lbs?|pounds))\b
{a}; changed .8; ^\W*(?:my |our |the )?(?P<a>(?-i:(?!(?:i|it|we|he|she|they|this|that|there|what|who)\b)[a-z]{4,15}(?: (?!(?:is|are|was|were|has|went|goes)\b)[a-z]{1,10})?)) (?:is|are|went|goes|has gone|came|jumped|rose|fell|dropped) (?:back |right )?(?:up|down) (?:to|at) (?P<v><MEASURE>|<AMOUNT>)(?=\s*(?:$|[.,;!?)])| (?:now|from|since|and|but|this|again)\b)
price; .8; \b(?:so|that['’]s|makes|comes to|works out at|it['’]s|its|costs?|is|be|now)(?: it)?(?: about| around| only)? (?P<v><AMOUNT> (?:each|apiece|pp|(?:a|per) (?:head|person|nose|ticket|kid|child|adult|couple)))\b
brings; planned .8; \b(?:i|we)(?:(?:['’]ll| will)(?: also| then| just)? bring|(?:['’]m|m| am|['’]re| are)(?: also| then| just)? bringing| bring)(?: also)? (?P<v><CARGO>)
brings; planned .8; \b(?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15}))(?:['’]s| is|['’]ll| will)? bring(?:s|ing) (?P<v><CARGO>)
brings; planned .8; \b(?:(?:i|we)(?:['’]ll| will)? bring|(?:i|we)(?:['’]m|m|['’]re) bringing|(?:^\W*|\bi )can (?:do|make|bring|take)) (?:the |a |some )?(?P<v>(?:[\w-]+ )?<GEAR>)\b
brings; planned .75; (?P<s><ONE>)(?:['’]s| is) on (?P<v><GEAR>)(?: duty)?$
brings; planned .8; \b(?:i|we)(?:['’]ve| have) got (?:the )?(?P<v><GEAR>) (?:covered|sorted)\b
brings; planned .8; (?P<s><ONE>) (?:said|says) (?:s?he|they)(?:['’]d|['’]ll| would| will) bring (?P<v><CARGO>)
brings; planned whole .8; \b(?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15})),? you (?:bring|take) (?P<v><CARGO>)
brings; planned whole .8; \byou (?:bring|take) (?P<v><CARGO>),? (?P<s>(?-i:[A-Z][a-zà-ÿ]{2,15}))\s*[.!]*$
brings; planned .8; \bi(?:['’]ll| will) (?:take|do|make|supply|sort(?: out)?) (?P<v>(?:the|a|an|my|some) (?:(?:[\w-]+ ){0,2}<GEAR>)(?: and (?:the |a |an |my |some )?(?:[\w-]+ )?<GEAR>)?)\b(?! (?:for me|off|away|back|home|out))
learning; changed whole .85; \b(?:signed up for|started|starting|taking|enrolled in|doing|learning|joined) (?:the |a |an |some )?(?P<v><COURSE>)\b(?: instead| now| again| class(?:es)?)?,? (?:on |every )?(?P<w><WEEKDAY>)\b
contact; whole .8; \b(?:please|pls|only|just) (?P<v>e-?mail|text|message|call|ring|phone|write to) me\b[^.!?\n]{0,12}? (?:do ?n['’]?t|never|not|no|rather than|instead of) (?:ring|call|phone|calls|text|email|ringing|calling|phoning)\b
contact; .8; \bcontact(?: me| us)?(?: only)? (?:by|via|through) (?P<v>(?:e-?mail|phone|text|letter|post|whatsapp|signal)(?: only)?)\b
hobby; added .75; \b(?:i|we|['’]m|['’]ve|s?he|^)(?: (?:just|have|has|also))* ?(?:took up|taken up|taking up) (?:the )?(?P<v>(?!space|time|room|residence|arms|most|all|much|more|half|so|too|a lot|my|the offer|your|his|her)[a-z-]{3,15}(?: [a-z]{3,12})?)<END>
hobby; .8; \b(?:i|we|s?he) (?:now )?plays? (?P<v>[a-z-]{3,15}(?: [a-z]{3,12})?) (?:on|every) (?P<w><WEEKDAY>)\b
partner; changed turn .8; \bseeing (?:someone|somebody|a guy|a girl|a woman|a man)(?: new)?[,:!.–-]+ ?(?:(?:called|named|his name is|her name is|his name['’]s|her name['’]s|(?:he|she)['’]s called) )?(?P<v><ONE>)(?=\s*(?:[.,;!\n]|$))
pets; turn .85; \b(?:got|adopted|have|rescued) an? (?:new )?(?:[a-z]+ )?<ANIMAL>[,!.:–-]+ ?(?:(?:he|she|it)['’]s |we )?(?:called|named|call (?:him|her|it)) (?P<v><ONE>)
vote; changed whole .8; ^\W*(?:(?:ok|okay|fine|alright|right|well|so|hm+),? ){0,3}(?:(?:i|i['’]ll|i['’]m) (?:switch|switching|change|changing|changed|switched)(?: my (?:mind|vote))?|changed my mind)(?:,|:| -| –) ?(?:the )?(?P<v><NOUN>)<END>
vote; whole .8; ^\W*my vote ?(?::|=|-|–) ?(?:the )?(?P<v><NOUN>)<END>
vote; changed whole .75; ^\W*(?:ok|okay|fine|alright|right),? (?:i['’]m switching|i switch|i['’]ll switch) to (?:the )?(?P<v><NOUN>)<END>
price of {a}; .8; \b(?P<a>tickets?|rooms?|beds?|seats?|entry|lessons?|sessions?|spots?)(?: are| is| cost| costs)(?: about| only)? (?P<v><AMOUNT> (?:each|a head|per person|a person|apiece))\b
price of {a}; .8; \b(?P<v><AMOUNT> (?:a|per) (?:night|week|day)) for (?:the|a|our) (?P<a>cabin|hut|house|flat|room|car|van|boat|cottage|tent|pitch|hotel|apartment|villa|hostel)\b
contact; .8; \b(?P<v>e-?mail|text|phone|whatsapp|signal) is best\b
phone; .8; \b(?:reach|call|ring|text|phone) me (?:on|at) (?P<v>\+?\d[\d ]{7,16}\d)
{a}; digits .8; \b(?P<a>refund|excess|bonus|fine|voucher) (?:is|was|came to|comes to|will be)(?: about| only)? (?P<v><AMOUNT>)(?! ?(?:%|percent))
{a}; changed .8; \brenam(?:ed|e|ing) (?:the |that |this |our )?(?:[\w-]+ )?(?P<a>flag|option|switch|command|branch|repo|table|column|package|module|service|variable|field|endpoint|project)(?: from (?P<o>[`"]?[\w-]+))? to [`"]?(?P<v>-{0,2}[a-z][\w-]{1,24})
uses; .8; \bwe (?:now )?use (?P<v><TOOL>|pnpm|yarn|npm|poetry|uv|pip|redis|kafka|docker|podman|kubernetes|pytest|ruff|black)\b
vote; .75; \b(?:i still (?:say|vote|vote for)|i vote(?: for)?|i['’]m voting(?: for)?|my vote(?: still)? goes to|my vote(?: is|['’]s)(?: for)?|put me down for|another vote for|\+1 for) (?:the )?(?P<v><NOUN>)<END>
{a}; changed turn digits .8; \b(?P<a><SETTING>) [`"]?(?P<o><NUMERIC>)[`"]? <FOUND>[^?\n]{0,60}?[.,;:!–]+ ?(?:(?:so|let['’]?s|please|pls|we|i['’]ll|just|then) ){0,3}(?:go(?: with| for| to)?|use|make it|switch to|change (?:it )?to|move (?:it )?to|take|try|pick|put it on|run on) (?:<SETTING> )?[`"]?(?P<v>\d[\w.:-]{0,14}(?<=\w))
port; digits .8; \b<LISTENER>\b[^.!?\n\d]{0,25}\b(?:on|listens on|listening on|runs on|moved to) (?:port )?[`]?(?P<v>(?!(?:19|20)\d\d\b)[1-9]\d{3,4})\b(?![.,/:-]\d| [a-z]+s\b)
port; digits .8; \b[a-z][\w-]{2,20} (?:(?:now|still|only|also) )?(?:listens|binds|is listening) (?:on|to|at) (?:port )?[`]?(?P<v>[1-9]\d{3,4})\b(?![.,/:-]\d| [a-z]+s\b)
port; changed digits .8; \b(?:moved|moving|changed|switched|put) (?:the |our |my )?(?:[\w-]+ )?<LISTENER> (?:over )?(?:to|on|onto) (?:port )?[`]?(?P<v>(?!(?:19|20)\d\d\b)[1-9]\d{3,4})\b(?![.,/:-]\d| [a-z]+s\b)
{a} set; digits .8; [`](?P<a>[a-z][a-z0-9]{0,15}(?:[-_][a-z0-9]{1,15}){1,3})[`] (?:is|=|is now|is set to|set to|defaults to|goes to) (?:now )?[`]?(?P<v>\d[\w.]{0,12}(?<=\w))
version of {a}; changed .8; \b(?:bump|bumped|upgrade|upgraded|update|updated|downgraded?|pin|pinned) (?:the )?(?P<a><TECH>) (?:version )?to v?(?P<v>\d+(?:\.\d+){0,2})\b
{a}; changed .8; \b(?P<a>default (?:branch|theme|editor|shell|region|locale|timezone|policy|mode|profile|language|currency))(?: is now| is|['’]s| =|:)(?: now)? [`"]?(?P<v>[\w./-]{2,25})[`"]?(?: now)?<END>
uses; changed .8; \b(?:switch(?:ed|ing)?|mov(?:e|ed|ing)|migrat(?:e|ed|ing)|chang(?:e|ed|ing)|went)(?: everything| it)? (?:over |back )?(?:from (?P<o>[\w.+#-]{2,20}) )?to (?P<v><TOOL>)\b
{a} url; .8; \b(?P<a>staging|production|prod|demo) (?:lives|runs|is hosted|is now|is) (?:on|at) [`"]?(?P<v>[\w-]{1,30}(?:\.[\w-]{1,30}){1,4})
{a}; changed whole digits .8; \b(?P<a>(?:[a-z-]{2,15} )?(?:code|pin|password|combination|combo))\b[^.!?\n\d]{0,12}\bchanged\b[^.!?\n\d]{0,14}\b(?:it['’]s|its|to|now)(?: now)? (?P<v><VALUE_OF_CODE>)
wifi password; .8; \b(?:wifi|wi-fi)(?: password| key)?(?: is now| is|['’]s|:)(?: now)? (?P<v>(?=[\w-]*\d)[\w-]{6,24})
phone; changed whole .8; \b(?:new|my|his|her) (?:number|mobile|phone number|phone)(?:['’]s| is now| is|:)? (?P<v>\+?\d[\d ]{7,16}\d)
height; changed whole digits .8; \b(?:re-?)?measured (?P<s><ONE>)\b[^.!?\n\d]{0,25}?(?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b
weight; changed whole digits .8; \b(?:re-?)?weighed (?P<s><ONE>)\b[^.!?\n\d]{0,25}?(?P<v>\d{1,3}(?:[.,]\d{1,2})? ?(?:kg|kilos))\b
height; changed digits .8; (?P<s><ONE>)(?:['’]s| is)(?: now| already| only)? (?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b
weight; changed digits .8; (?P<s><ONE>)(?:['’]s| is)(?: now| already| only)? (?P<v>\d{1,3}(?:[.,]\d)? ?(?:kg|kilos))\b
debt; digits .8; \bi (?:still )?owe (?:you|him|her|(?P<t><ONE>))(?: another| about| the)? (?P<v><AMOUNT>)(?![\d.,]*\d| ?(?:%|hours|days|weeks|years|times|lunches|drinks|beers))
debt; digits .8; (?P<s><ONE>)(?: you)? (?:still )?owes? (?:me|us|you|(?P<t><ONE>))(?: another| about)? (?P<v><AMOUNT>)(?![\d.,]*\d| ?(?:%|hours|days|weeks|years|times))
debt; ended digits .8; \b(?:sent|paid|transferred|returned|wired)(?: you| him| her| <ONE>)?(?: back)? (?:the|that|those|my) (?P<v><AMOUNT>)(?![\d.,]*\d| ?(?:%|hours|days|weeks|years|times|emails|mails|files|photos))
line length; changed digits .8; \b(?:into|to|at|of|with) (?P<v>(?:[6-9]\d|1\d\d)) (?:columns|cols|chars per line|characters per line|characters wide|chars wide)\b
price of {a}; whole .8; \b(?:rent|rented|renting) (?:an? |the |my )?(?P<a>desk|locker|garage|storage unit|parking space|allotment)\b[^.!?\n]{0,50}?\b(?P<v><AMOUNT><PER>)
total; .8; \b(?:so|that['’]s|makes|comes to)(?: it| now)? (?P<v><AMOUNT>) (?:in total|altogether|all in)\b
working on; whole .8; \bnew (?:repo|repository|side project|codebase)(?:,|:| called| named| is) ?["`“]?(?P<v>[a-z][\w-]{2,24})\b
rent; changed .8; \brent['’]s (?:now |only |still )?(?P<v><AMOUNT>(?:<PER>)?)
rent; changed .8; \b(?:dropped|lowered|cut|raised|put up|upped|increased) (?:the|my|our) rent to (?P<v><AMOUNT>(?:<PER>)?)
rent; .8; \b(?:current|old|present) (?:hole|flat|place|room|apartment|bedsit) is (?P<v><AMOUNT>(?:<PER>)?)
over; ended .8; \b(?:undo(?:ing)?|undid|revert(?:ed|ing)?|ditch(?:ed|ing)?|rip(?:ped|ping)? out|g[eo]t(?:ting)? rid of|scrap(?:ped|ping)?|roll(?:ed|ing)? back) (?:the |that |this |our )?(?P<v><TECH>|<TOOL>)(?: (?:thing|stuff|switch|move|migration|bits|code|module|setup|experiment))?<END>
over; ended .8; \b(?:close[sd]?|closing|resolved|cancell?ed) (?:the |this |that )?(?:case|ticket|issue|order|booking|reservation) (?P<v><VALUE_OF_CODE>)
home; changed turn .8; \b(?:(?:tengo|tenemos) (?:ya |por fin )?piso|(?:conseguí|conseguimos|encontré|encontramos|trouvé|trovato|achei|encontrei|gevonden) (?:(?:ya|por fin|enfin|un|una|le|el|um|uma|een) ){0,2}(?:piso|appart(?:ement)?|appartamento|apartamento|woning|casa|maison)|(?:(?:ich|wir) (?:hab|habe|haben)|(?:hab|habe|haben) (?:ich|wir)|kriegen|bekommen) (?:(?:jetzt|endlich|eine|ne|die|das|ein|neue) ){0,3}(?:wohnung|zimmer|wg-zimmer))\b[^?\n]{0,30}?\b(?:en|in|à|a|em) (?P<v><NAME>)
order number; digits whole .8; \bordered\b[^.!?\n]{0,40}?\b(?P<v>(?-i:[A-Z]{2,3})-?\d{4,8})\b
""",
    WORDS,
    LISTENER=LISTENER,
)
