"""What verbs say of their subject: rows of a verb, the sorts of subject, the attribute, and what stands behind it."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re
from collections.abc import Mapping

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.predicates import words
from remanence.language.statements.talk.grammar import WORKPLACE
from remanence.records import dataclass

VERBS: Mapping[str, str] = {
    form: row.split(":")[0]
    for row in """have:have has own owns
work:work works working
live:live lives
run:run runs
drive:drive drives
ride:ride rides
play:play plays
do:do does
take:take takes
eat:eat eats
drink:drink drinks
use:use uses
translate:translate translates
go:go goes
attend:attend attends
start:start starts started
earn:earn earns make makes
charge:charge charges
turn:turn turns
weigh:weigh weighs
cost:cost costs
leave:leave leaves
open:open opens
close:close closes
end:end ends
begin:begin begins
arrive:arrive arrives
depart:depart departs
land:land lands
expire:expire expires
last:last lasts
belong:belong belongs
keep:keep keeps
buy:bought ordered buy
get:got
borrow:borrowed
change:changed change
give:gave
row:row rows swim swims train trains dance dances
like:love loves like likes
hate:hate hates
sit:sit sits
switch:switched
teach:teach teaches coach coaches
sell:sell sells
repair:repair repairs fix fixes
collect:collect collects
sing:sing sings
wear:wear wears
need:need needs
injure:broke hurt sprained twisted cut burnt burned tore strained pulled fractured bruised dislocated
sleep:sleep sleeps""".split("\n")
    for form in row.split(":")[1].split()
}
"""Form of a verb -> the verb that the rows name."""

_NO_DAY = r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May\b|June|July|August|September|October|November|December|I\b|OK|TV\b|English|Christmas|Easter)"
NAME = (
    rf"(?-i:{_NO_DAY}(?:(?:Mr|Mrs|Ms|Dr|St|Prof)\.? )?[A-ZÀ-Þ][\w'’&+-]+(?: (?:(?:van|de|von|der|den|la|le|di|of|the|&|and sons) ){{0,2}}"
    rf"(?:{_NO_DAY}[A-ZÀ-Þ][\w'’&+-]*|\d{{1,4}}\w{{0,2}}(?!\w|[.,:]\d))){{0,3}})"
)
END = (
    r"(?= *(?:$|[.,](?!\d)|[;:!?()\n–—]| - )| (?:and|but|so|because|since|which|who|that|when|where|while|if|though|as|then|too|now|these|at|"
    r"in|on|for|from|with|by|to|of|every|after|before|right|today|tonight|already|anyway|lol|haha|btw|again|instead|not|w/|tho|until|this|next|w)(?!\w))"
)
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
DAY = rf"(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?: \d{{4}})?|{MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
WHEN = (
    rf"(?:{DAY}|{MONTH}(?: \d{{4}})?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)\b|(?:(?:next|this) )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: (?:morning|evening|night|afternoon)s?)?"
    r"(?:,? (?:at )?\d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)?)?|\d{1,2}[:.]\d\d(?: ?[ap]m)?|\d{1,2} ?[ap]m|(?:half past|quarter past|quarter to) \w+|noon|midnight)"
)
CODE = r"(?:\+?\d[\d ./-]{5,18}\d|(?=[\w#*/.:+-]*\d)[A-Za-z#*]?[\w#*/:+-]*(?:[.,_-][\w#*-]+)*)"

_NAMED: Mapping[str, str] = {
    "NAME": NAME, "END": END, "MONEY": words.MONEY, "UNIT": words.UNIT, "COLOUR": words.COLOUR, "DIET": words.DIET,
    "NUMBER": words.NUMBER_WORD, "SORT": words.SORT_OF, "SCHOOL": words.SCHOOL, "CLUB": words.CLUB, "TRADE": words.TRADE,
    "THING": f"(?:{'|'.join(sorted(words.THINGS, key=len, reverse=True))})(?:e?s)?", "BEAST": f"(?:guinea pigs?|hens?|chickens?|ducks?|geese|goose|sheep|cows?|bees|pigs?|cockerel|fish|{'|'.join(sorted(words.BEASTS - {'guinea', 'lab', 'pet'}, key=len, reverse=True))})s?", "A": r"(?:an?|the|my|our|his|her|their|some|another|one|two|three|four|five|six|\d{1,2}) ", "ABOUT": r"(?:now |only |just |about |around |already |currently |almost |roughly )?", "DAY": DAY, "WHEN": WHEN, "LENGTH": rf"(?:\d[\d.,]*|{words.NUMBER_WORD}) (?:minutes|mins|hours?|days?|weeks?|months?|years?)", "CODE": CODE,
    "WORKPLACE": WORKPLACE, "SPORT": f"(?:{'|'.join(words.SPORT)})", "TUNE": f"(?:{'|'.join(words.TUNE)})",
    "PASTIME": f"(?:{'|'.join(words.PASTIME)})", "CAP": "(?-i:[A-ZÀ-Þ])", "MONTH": MONTH,
}  # fmt: skip
_WORD = re.compile(r"<([A-Z]+)>")

ROWS = r"""
be; IPB; age; <ABOUT>(?P<v>\d{1,2}|1[01]\d|<NUMBER>)(?P<more> months?(?: old)?| weeks? old)?(?: years? (?:old|of age)| years| yrs?(?: old)?| y/o)?(?= *(?:$|[.,](?!\d)|[;!)\n–—])| (?:and|but|now|so|already|today|btw|with|next|in (?:<MONTH>|spring|summer|autumn|winter))\b)
be; IPB; diet; (?:now |strictly |mostly |a |also )?(?P<v><DIET>)\b
be; IP; job; (?:an?|the|our|their) (?P<v>(?:[a-z-]+ ){0,3}?<TRADE>)(?: (?:at|for|with|on) (?:the )?(?P<employer><NAME>))?<END>
be; IP; role; (?:the|our|their) (?P<v>(?:[a-z-]+ )?(?:captain|goalkeeper|keeper|striker|defender|treasurer|chair|drummer|singer|bassist|secretary|winner|eldest|youngest|oldest|organiser|host|referee|skipper|best man|bridesmaid|godmother|godfather|bosun|cox))<END>
be; IP; education; in (?P<v>(?:(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th)) (?:grade|year|form|class)|(?:year|grade|class|form) \d{1,2}\w?|kindergarten|preschool|nursery|reception|primary school|high school|secondary school))\b
be; IP; education; in (?P<v>\d{1,2}[a-f])\b
be; IP; employer; (?:still |now )?(?:at|with) (?:the|an?) (?P<v>(?:[a-z-]+ )?<WORKPLACE>)(?= (?:now|since|mornings|full|part|till|until|these days))
be; IP; education; (?:at|in) (?:the )?(?P<v>(?:<CAP>[\w'’-]+ ){1,3}<SCHOOL>)\b
be; IPB; {a}; (?:in|on|at) (?P<v>(?P<a>room|cabin|desk|bed|plot|table|seat|locker|berth|bay|pitch|gate|platform|ward|stall|booth) (?:number )?[A-Z]?\d{1,4}\w?)\b
be; IP; home; (?:living |staying |based )?in (?P<v><NAME>)(?= (?:now|these days|at the moment))
be; IPB; from; (?:originally )?from (?P<v><NAME>)<END>
be; IP; birthday; born on (?P<v><DAY>)
be; IP; birthplace; born (?:and raised )?in (?P<v><NAME>)<END>
be; IPB; height; <ABOUT>(?P<v>\d[\d.,]* ?(?:cm|m|metres?|meters?|feet|foot)(?: \d{1,2})?)(?: tall)\b
be; B; breed; an? (?P<v>(?:[\w-]+ ){0,2}(?:mix|cross|<BEAST>|<CAP>[\w-]+|whippet|podenco|lop|chartreux|siamese|persian|shetland|haflinger|mongrel|pug|boxer|setter))(?= *(?:$|[.,;!])| (?:and|with|from|but)\b)
be; P; {t}; (?:now )?(?:called |named )?(?P<v><NAME>)(?:,? (?P<phone>\+?\d[\d ]{6,16}\d))?<END>
be; T; {t} name; (?:now )?(?:called|named) (?:the )?(?P<v><NAME>)
be; T; price of {t}; <ABOUT>(?:up to )?(?P<v><MONEY>)
be; T; {t}; <ABOUT>(?P<v>(?:number|size|no\.?|plot|row|seat|line|version|type|model) (?:[A-Z]?\d[\w.,/-]*(?<=\w)|[SML]|X{1,3}[SL])(?: and a half)?|(?:an? )?<NUMBER> and a half)<END>
be; T; {t} size; <ABOUT>(?P<v>(?!\d+ ?degrees)\d[\d.,]*(?<=\d) ?<UNIT>(?: (?:long|wide|deep|high|tall|thick|heavy|away))?)<END>
be; T; {t}; <ABOUT>(?:on )?(?P<v>(?!\d{1,4}(?:st|nd|rd|th)\b)<CODE>)(?= *(?:$|[.,](?!\d)|[;!?()\n–—]| - )| (?:now|and|but|not|so|if|btw|instead|by|on|at|from)\b)
be; T; {t} colour; (?:now |still |all |mostly )?(?:an? )?(?P<v><COLOUR>(?:(?:,| and|-| with) <COLOUR>){0,2})(?= *(?:$|[.;,!?()\n–—])| (?:and|but|now|with)\b)
be; T; {t}; (?:now )?(?:an?|one of those|the) (?P<v>(?:\d{4} )?(?:[a-z-]+ ){0,2}?<NAME>)(?:, (?P<colour><COLOUR>))?(?:, (?P<price><MONEY>))?<END>
be; T; {t} due; due (?:on |by |in |at |back )?(?P<v><WHEN>)
be; T; {t} language; (?:all )?written in (?P<v><NAME>)
be; T; {t} from; from (?P<v><NAME>)<END>
be; T; {t}?; (?:now |at )?(?P<v><NAME>)(?:,? (?P<phone>\+?\d[\d ]{6,16}\d))?(?= *(?:$|[.;,!?()\n–—])| (?:now|and|but|from now|since|in|not)\b)
be; T; place of {t}; (?:now )?(?P<v>(?:at|in|on|with|w/) (?:the )?(?:\d{1,4}\w? )?<NAME>(?:,? number \d{1,4})?)<END>
be; T; condition~; (?P<v>(?:really |so |very |still )?(?:bad|sore|broken|wrecked|swollen|bruised|sprained|stiff|inflamed|infected|numb|dislocated)(?: again)?)<END>
be; T; place of {t}; (?:now |still |kept |always )?(?P<v>(?:in|on|under|behind|beside|next to|inside|above|below|near|opposite|at|between|over) (?:the|my|our|an?|his|her) (?:[\w'’-]+ ){0,2}?[\w'’-]+)(?= *(?:$|[.;,!?()\n–—])| (?:now|and|but|of|by|next|in case|if)\b)
be; T; {t}; (?P<v>(?:in|on) the \w+ (?:floor|drawer|row|level)\b)
have; IP; children; (?P<v>(?:an?|one|two|three|four|five|six) (?:[a-z]+ ){0,2}(?:kids?|child|children|sons?|daughters?|boys|girls|twins|teenagers))<END>
have; IP; pets; (?:an?|another|our) ?(?P<v>(?:[a-z-]+ ){0,2}?<BEAST>)(?:,? (?:called|named) (?P<called><NAME>))?<END>
have; IP; pets; (?P<v>(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?:[a-z-]+ ){0,2}?<BEAST>)(?:(?:,| called| named) (?P<called><NAME>(?:(?:, | and )<NAME>){0,3}))?<END>
have; IP; owns; <A>(?:new )?(?P<v>(?:[\w-]+ ){0,3}?<THING>)(?:, (?P<colour><COLOUR>)(?: one)?)?<END>
have; IP; owns; (?:an?|the|my|our) (?:new )?(?P<v>(?!(?:Mr|Mrs|Ms|Miss|Dr|Frau|Herr)\b)(?:[a-z-]+ ){0,2}?<NAME>)<END>
have; BT; {a}; (?P<v>\d[\d.,]* ?<UNIT>(?: of (?P<a>memory|ram|storage|disk|space)))
work; IP; employer; (?:part[- ]time |full[- ]time |shifts |remotely |(?:in|from|until|till|on) [a-z ]{2,25}? )?(?:(?:at|for|with) |in the (?=<WORKPLACE>))(?:the )?(?P<v>(?:(?!my|our|his|her|this|that|a\b|an\b)[a-z]+ )?<NAME>|(?:baker|butcher|chemist|dentist|optician|vet|hairdresser|florist|grocer|doctor)['’]s|(?:[a-z-]+ )?<WORKPLACE>)(?: (?:in|on) (?P<city><NAME>))?(?:,? as (?:an? |the )?(?P<job>(?:[a-z-]+ ){0,3}?<TRADE>))?<END>
work; IP; job; (?:part[- ]time |full[- ]time )?as (?:an? |the )?(?P<v>(?:[a-z-]+ ){0,3}?[a-z-]+)(?: (?:at|for|with|on) (?:the )?(?P<employer><NAME>))?<END>
live; IP; lives; (?P<v>(?:above|on|next to|opposite|behind|near|below) (?:the|an?|my) (?:[a-z-]+ ){0,2}?[a-z-]+)<END>
live; IP; home; (?:now |alone |together )?(?:(?:in|on|at|near) (?:an? [a-z ]{3,20} (?:in|on|near) )?)(?P<v><NAME>)<END>
run; IP; job+; (?P<v>(?:an?|the|my|our|his|her) (?:[a-z-]+ ){0,2}<WORKPLACE>(?: (?:in|on|near) <NAME>)?)<END>
run; T; {t} runs on; (?:now |only )?(?:on |in )?(?P<v><NAME>|v?\d+(?:\.\d+)+)<END>
drive; IP; car; (?:there |to work |around )?(?:in |with )?(?:an?|my|his|her|our|the) (?:new )?(?P<v>(?:(?!to\b|from\b|past\b|into\b|in\b|at\b|kids\b|children\b|boys\b|girls\b|sons?\b|daughters?\b)[a-z-]+ ){0,3}?(?:<NAME>|van|truck|lorry|jeep|pickup|minibus|camper|estate))<END>
drive; IP; car; (?P<v><NAME>)<END>
ride; IP; rides; (?:to work )?(?:on )?(?:an?|my|his|her|the) (?:new )?(?P<v>(?:[a-z-]+ ){0,3}?(?:<NAME>(?: (?:gravel|road|mountain|cargo) bike| bike)?|bike|bicycle|motorbike|moped|scooter|horse|pony|tandem|motorcycle))<END>
play; IP; hobby; (?:the )?(?P<v><TUNE>|<SPORT>)\b(?! (?:match|game|final|today|tomorrow|tonight))
play; IP; plays; (?P<v>in goal|for (?:the )?<NAME>)<END>
do; IP; hobby; (?:an? )?(?P<v><PASTIME>|(?:[a-z]+ )?(?:course|evening class))(?: (?:on|every) \w+days?)?<END>
take; IPB; {a}; (?P<v>\d[\d.,]* ?(?:mg|ml|mcg|g|micrograms?|milligrams?|units|drops|puffs|iu)(?: of)? (?P<a>[A-Za-z][a-zà-ÿ-]{3,20}))\b
take; IPB; {a}; (?P<v>(?P<a>[A-Za-z][a-zà-ÿ-]{4,20}),? \d[\d.,]* ?(?:mg|ml|mcg|micrograms?|milligrams?|units|iu)(?: (?:once|twice) (?:a|per) (?:day|week))?)\b
eat; IPB; diet; only (?P<v>(?:[a-z-]+ ){0,2}?[a-z-]+)<END>
eat; B; diet; (?P<v><NAME>)<END>
drink; IPB; diet; only (?P<v>(?:[a-z-]+ ){0,2}?[a-z-]+)<END>
use; I; uses; (?:an? |the |our )?(?P<v>(?:[a-z-]+ )?<NAME>(?: \d[\d.]*)?(?: [a-z]+)?)<END>
translate; IP; language; from (?P<v><NAME>) (?:in)?to (?P<language><NAME>)<END>
go; IP; education; to (?:the )?(?P<v>(?:<CAP>[\w'’-]+ ){1,3}<SCHOOL>|(?:[a-z-]+ )?(?:kindergarten|nursery))\b
attend; IP; education; (?:the )?(?P<v>(?:<CAP>[\w'’-]+ ){1,3}<SCHOOL>)\b
start; IP; education; (?:at |in )(?:the )?(?P<v>(?:<CAP>[\w'’-]+ ){1,3}<SCHOOL>)\b
earn; IP; salary; <ABOUT>(?P<v><MONEY>)(?: (?:at|with) (?P<employer><NAME>))?<END>
charge; I; hourly rate; <ABOUT>(?P<v><MONEY>)<END>
charge; P; charges; <ABOUT>(?P<v><MONEY>)<END>
take; P; charges; <ABOUT>(?P<v><MONEY>)<END>
turn; IP; birthday; (?:\d{1,3}|<NUMBER>)(?: years old)? on (?P<v><DAY>)
weigh; PB; weight; <ABOUT>(?P<v>\d[\d.,]* ?(?:kg|kilos?|grams?|g|pounds|stone|lbs))\b
weigh; T; {t} weight; <ABOUT>(?P<v>\d[\d.,]* ?(?:kg|kilos?|grams?|g|pounds|stone|lbs|tonnes?))\b
cost; T; price of {t}; (?:us |me )?<ABOUT>(?P<v><MONEY>|\d[\d.,]*(?<=\d)(?: (?:a|per|an) (?:year|month|week|day|night|hour|head|person))?)(?= *(?:$|[.,](?!\d)|[;!?()\n–—])| (?:and|but|now|not|in|with|from|to|for|each)\b)
leave; T; {t} leaves; (?:at |on )?(?P<v><WHEN>)
start; T; {t} starts; (?:at |on )?(?P<v><WHEN>)
begin; T; {t} begins; (?:at |on )?(?P<v><WHEN>)
open; T; {t} opens; (?:at |on )?(?P<v><WHEN>)
close; T; {t} closes; (?:at |on )?(?P<v><WHEN>)
end; T; {t} ends; (?:at |on |in )?(?P<v><WHEN>)
end; T; {t} ends in; in (?P<v>\d{2,8})\b
arrive; T; {t} arrives; (?:at |on )?(?P<v><WHEN>)
depart; T; {t} leaves; (?:at |on )?(?P<v><WHEN>)
land; T; {t} lands; (?:at |on )?(?P<v><WHEN>)
expire; T; {t} expires; (?:at |on |in )?(?P<v><WHEN>)
run; T; {t} runs out; out (?:on |in |at )(?P<v><WHEN>)
last; T; {t} lasts; <ABOUT>(?P<v><LENGTH>)
go; T; {t} goes to; (?:now )?to (?P<v><NAME>)<END>
belong; T; {t} belongs to; to (?P<v><NAME>)<END>
keep; IP; pets; (?P<v>(?:(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2}) )?(?:[a-z-]+ )?<BEAST>)<END>
keep; I; place of {a}; (?:the|my|our) (?P<a>(?:[a-z-]+ ){0,2}?[a-z-]+) (?P<v>(?:in|under|behind|on|at|next to|above|inside|beside) (?:the|my|our|an?) (?:[a-z'’-]+ ){0,2}?[a-z'’-]+)(?= *(?:$|[.;,!?()\n–—])| (?:now|and|but|of|by)\b)
buy; IP; owns; (?:myself |ourselves |us )?(?:<A>)?(?:new )?(?P<v>(?:(?!him\b|her\b|them\b|it\b|you\b|me\b)[\w-]+ ){0,3}?<THING>)(?:, (?:an?|the) (?P<make>(?:[a-z-]+ )?<NAME>))?(?: (?:from|at|off) (?:the )?(?:<NAME>))?(?:,?(?: for)? (?:only |just )?(?P<price><MONEY>))?<END>
buy; IP; owns; (?:myself |ourselves )?(?:an?|the) (?:new )?(?P<v>(?:[a-z-]+ ){0,2}?<NAME>(?: [a-z]+)?)(?: (?:from|at|off) (?:the )?(?:<NAME>))?(?:,? for (?:only |just )?(?P<price><MONEY>))?(?= *(?:$|[.;,!?()\n–—])| (?:and|but|now|from|for|in|at|last|this|on)\b)
buy; IP; {a} from; (?:my|our|all my|all our|the) (?P<a>[a-z]+(?: [a-z]+)?) (?:from|at) (?:the )?(?P<v><NAME>)<END>
get; IP; owns; (?:myself |ourselves |us )?(?:an?|another|two|three) (?:new )?(?P<v>(?:(?!him\b|her\b|them\b|it\b|you\b|me\b)[\w-]+ ){0,3}?<THING>)(?:, (?:an?|the) (?P<make>(?:[a-z-]+ )?<NAME>))?(?:,? for (?:only |just )?(?P<price><MONEY>))?<END>
change; P; {a}; (?:its|his|her|their|the) (?P<a>[a-z]+(?: [a-z]+)?) (?:from .{1,25}? )?to (?P<v>(?=<CAP>|\d)(?:<MONEY>|\d[\d.,]*(?<=\d)(?: [a-z]+)?|<WHEN>|<NAME>))<END>
give; IP; owns; (?:the|my|our) (?P<v>(?:[\w-]+ ){0,2}?(?:<THING>|keys?|ticket|fob|badge)) to (?P<s><NAME>)<END>
teach; IP; job+; (?P<v>(?!me\b|us\b|him|you|myself|herself|himself|at\b|in\b|my\b|our\b|till|until)(?:[\w-]+ ){0,2}?[\w-]+)<END>
sell; I; job+; (?P<v>(?!it\b|them|my\b|our\b|the\b|an?\b|that|this|out\b|him|her)(?:[a-z-]+ ){0,1}?[a-z-]+(?: (?:online|and [a-z]+))?)<END>
repair; IP; job+; (?P<v>(?:phones|bikes|bicycles|cars|clocks|watches|computers|laptops|roofs|shoes|pianos|violins|guitars|boats|engines|furniture|radios))<END>
collect; IP; collects; (?P<v>(?!my\b|our\b|the\b|it\b|them|him|her|you|us\b|your|his)(?:[a-z-]+ )?[a-z-]+s)<END>
sing; IP; sings; (?P<v>alto|soprano|tenor|bass|baritone|mezzo)\b
wear; IP; size; (?:a )?(?:size )?(?P<v>\d{1,2}(?:[.,]5)?|[SML]|X{1,3}[SL])<END>
injure; IP; condition+; (?P<v>(?:my|his|her) (?:left |right |lower |upper )?(?:ankle|arm|back|collarbone|elbow|finger|foot|hand|heel|hip|jaw|knee|leg|nose|rib|ribs|shin|shoulder|thumb|toe|tooth|wrist|eye|hamstring|calf|achilles|neck))\b
change; IP; {a}; to (?:the )?(?P<a>tariff|plan|bank|provider|brand|school|gym|insurance|energy supplier|phone company|dentist|doctor|vet) (?P<v><NAME>)<END>
switch; IP; {a}; to (?:the )?(?P<a>tariff|plan|bank|provider|brand|school|gym|insurance|energy supplier|phone company|dentist|doctor|vet) (?P<v><NAME>)<END>
row; IP; member; (?:with|for|in|at) (?:the )?(?:club |team |choir )?(?P<v>(?:<CAP>[\w'’-]+ ){1,3}(?:<CLUB>))\b
run; IP; member; (?:with|for|in) the (?:club |team )(?P<v><NAME>)
play; IP; member; (?:with|for|in) the (?P<v>(?:<CAP>[\w'’-]+ ){1,3}(?:<CLUB>))\b
like; PB; likes; (?P<v>(?!it\b|him|her|them|you|me\b|us\b|to\b|that|this|the\b|how|what|when|my|your|his|everything)(?:[a-zà-ÿ-]+ )?[a-zà-ÿ-]{3,})(?= *(?:$|[.;,!?()\n–—])| (?:and|but|so|too)\b)
hate; PB; dislikes; (?P<v>(?!it\b|him|her|them|you|me\b|us\b|to\b|that|this|the\b|how|what|when|my|your|his|everything)(?:[a-zà-ÿ-]+ )?[a-zà-ÿ-]{3,})(?= *(?:$|[.;,!?()\n–—])| (?:and|but|so|too)\b)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One way of going on behind a verb: the sorts of subject (I, P, B, T), the attribute, the pattern of the rest."""

    kinds: str
    attribute: str
    pattern: re.Pattern[str]


def _rows() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for line in ROWS.strip().split("\n"):
        verb, kinds, attribute, pattern = line.split("; ", 3)
        while _WORD.search(pattern):
            pattern = _WORD.sub(lambda m: _NAMED[m[1]], pattern)
        row = Row(kinds, attribute, lazy_pattern(rf" {{0,2}}{pattern}", re.I))
        found[verb] = (*found.get(verb, ()), row)
    return found


BEHIND = _rows()
"""Verb -> its rows, the first that matches is meant."""
