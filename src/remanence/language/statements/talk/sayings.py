"""How people say things of their lives, as patterns: each names an attribute, a value, and what it does to the old one.

Patterns are tried on clauses (or on whole sentences where `whole` is set) and are written for talk: the subject may be
missing, words may be small or shouted. Groups: v value, a words of the attribute, s subject, o the value that it was.
"""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re
from dataclasses import dataclass

from remanence.language.statements.statement import Change, Modality


@dataclass(frozen=True, slots=True)
class Saying:
    """One way of saying; `attribute` may hold "{a}", which stands for the words of group a.

    `modality` says how it is meant where the clause does not ("planned" for "moving to"); `dated` takes the time of
    the clause for when it holds from; `many` splits lists; `need` are words of which one has to be in the clause.
    """

    attribute: str
    pattern: re.Pattern[str]
    polarity: int = 1
    certainty: float = 0.85
    change: Change = ""
    modality: Modality | None = None
    whole: bool = False
    many: bool = False
    headed: bool = False
    """Only in a line that is headed by a name ("Ida: 134 cm")."""
    digits: bool = False
    capitals: bool = False
    """Whether the clause has to hold a digit, or a capital, for the pattern to match."""
    real: bool = True
    """Only where the clause is neither hypothetical nor wished."""


_NAME = r"(?-i:(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.?\s)?[A-ZÀ-Þ][\w'’-]{1,20}(?:\s(?:(?:&|of|de|van|the)\s)?[A-ZÀ-Þ][\w'’-]{1,20}){0,3})"
_WORKPLACE = (
    r"(?:shop|store|school|bakery|hospital|council|company|library|firm|cafe|café|office|clinic|startup|restaurant|"
    r"agency|bank|university|college|museum|theatre|theater|practice|studio|garage|factory|warehouse|hotel|pub|bar|"
    r"nursery|charity|lab|gallery|cinema|gym|farm|station|airport|newspaper|publisher|salon|brewery|kitchen)"
)
_ORG = rf"(?!(?:Mr|Ms|Mrs|Miss|Dr)\b)(?:the\s|a\s|an\s|my\s)?(?:{_NAME}|(?:[a-z-]{{2,15}}\s){{0,2}}{_WORKPLACE}\b)"
_TITLE = (
    r"(?:(?:[a-z-]{2,15}\s){0,3}(?:manager|lead|leader|head|chef|cook|baker|nurse|teacher|tutor|engineer|developer|"
    r"designer|analyst|assistant|director|officer|clerk|editor|writer|translator|driver|technician|apprentice|trainee|"
    r"intern|consultant|supervisor|coordinator|receptionist|librarian|paralegal|lawyer|vet|carpenter|plumber|"
    r"electrician|barista|waiter|waitress|dispatcher|administrator|accountant|architect|gardener|researcher|"
    r"scientist|photographer|musician|mechanic|porter|cleaner|buyer|planner|producer|operator|warden|ranger|guide|"
    r"therapist|midwife|pharmacist|paramedic|firefighter|joiner|welder|tailor|florist|butcher|courier|postman))"
)
_AMOUNT = (
    r"(?:[$€£]\s?)?\d[\d.,]{0,12}(?<=\d)k?(?:\s?(?:euros?|quid|pounds|dollars|bucks|eur|usd|gbp|kr|francs|chf|€|£|\$))?"
)
_PER = (
    r"(?:\s?(?:a|per|an|/|each|every)\s?(?:month|week|year|hour|day|night|head|person|mo|hr)|\s(?:pcm|monthly|weekly))"
)
_MEASURE = (
    r"\d[\d.,]{0,8}(?<!\.)(?<!,)\s?(?:cm|mm|m|km|kg|g|lbs?|stone|st|mg|ml|mcg|micrograms?|litres?|l|%|percent|kcal|bpm|"
    r"mmhg|inch(?:es)?|feet|ft|points?|hours?|hrs?|minutes?|mins?)\b"
)
_DOSE = (
    r"(?:\d[\d.,]{0,5}|one|two|three|half an?|an?)\s?(?:mg|ml|mcg|micrograms?|units?|iu|puffs?|drops?|tablets?|pills?|"
    r"capsules?|sachets?)\b(?:\s(?:\d+\s?(?:mg|ml|mcg|micrograms?)|(?:once|twice|(?:\d|one|two|three|four)\stimes)"
    r"\s(?:a|per|every)\s(?:day|week|night)|(?:every|each|in the|at)\s(?:\w+\s)?(?:morning|evening|night|day|bedtime|"
    r"hours?|meal)|daily|morning and (?:evening|night)|nightly|before bed)){0,2}"
)
_END = r"(?=\s*(?:$|[.,;:!?()\n])|\s(?:and|but|so|bc|because|since|from|until|til|till|for|with|who|which|i|i['’]m|it|he|she|they|we|as|at|on|in|to|when|where|after|before|now|instead|again|though|actually|tho|atm|also)\b)"
_NOUN = r"(?:[a-zà-ÿ][\w'’-]{1,20}\s){0,2}?[a-zà-ÿ][\w'’-]{2,20}"
_FREE = r"(?:[^.,;:!?\n()\"“”—–]|(?<=\d)[.,:](?=\d)){2,60}?"
_I = r"(?:\b(?:i|we)(?:['’](?:m|ve|re|ll|d)|m|ve)?\s(?:(?:am|have|had|was|just|finally|already|now|also|do|did|will|actually|officially|both)\s){0,3}|\b(?:and|so|ok|then|also)\s|^\W*(?:(?:just|finally|already|also|officially)\s){0,2})"
_LINK = r"\s?(?:['’]s|is|are|was|=|:|will be|is now|now is|are now)\s(?:now\s|called\s|currently\s|going to be\s)?"
_ROLE = (
    r"(?:boss|manager|line manager|supervisor|team lead|teacher|class teacher|tutor|doctor|gp|dentist|landlord|landlady|"
    r"physio|therapist|coach|trainer|reviewer|flatmate|roommate|housemate|neighbou?r|colleague|lawyer|accountant|vet|"
    r"mentor|nanny|childminder|midwife|handler|contact|hairdresser|director|head|editor|captain|chair|principal|"
    r"headteacher|head teacher|agent|consultant|counsellor|instructor|optician|pediatrician|paediatrician|surgeon|"
    r"girlfriend|boyfriend|partner|wife|husband|fianc[eé]e?)"
)
_CODE = (
    r"(?:codes?|number|pin|password|passcode|id|port|version|plate|reference|ref|order|ticket|case|flight|seat|gate|room|"
    r"lockers?|extension|serial|line length|limit|timeout|threshold|budget|deadline|frequency|dose|size|score|default|branch|"
    r"tag|release|url|host|schedule|account|iban|phone|mobile|postcode|zip|key|combination|combo|bay|platform|desk|"
    r"shelf|floor|track|channel|desk|table|level)"
)
_VALUE_OF_CODE = r"(?:[A-Z]{1,4}[-–]?\d[\w-]{1,20}|\d[\w.:/-]{0,20}(?<![.:/-])(?:\s(?:mins?|minutes|seconds|hours|columns|characters|%|mb|gb|ms))?|[A-Z]{2,8}\d{1,6})"
_ARTICLE = r"(?:(?:my|our|the|your|his|her|their|a|an|new|current|old)\s){0,3}"


def _say(
    attribute: str,
    pattern: str,
    *,
    polarity: int = 1,
    certainty: float = 0.85,
    change: Change = "",
    modality: Modality | None = None,
    whole: bool = False,
    many: bool = False,
    headed: bool = False,
) -> Saying:  # fmt: skip
    real = modality is None
    digits = any(part in pattern for part in (_AMOUNT, _MEASURE, _VALUE_OF_CODE))
    capitals = _NAME in pattern and _WORKPLACE not in pattern
    compiled = re.compile(pattern.replace(" ", r"\s"), re.I)
    return Saying(
        attribute, compiled, polarity, certainty, change, modality, whole, many, headed, digits, capitals, real
    )


SAYINGS: tuple[Saying, ...] = (
    _say("weight", r"^\W*(?P<v>\d{1,3}(?:[.,]\d)? ?kg)\b", headed=True),
    _say("height", r"^\W*(?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b", headed=True),
    _say(
        "rent",
        rf"\b(?:rent|landlord|landlady)\b[^.!?\n\d]{{0,30}}\b(?:up|down|drops?|rises?|goes|went|raised it|increase[ds]?)(?: it)?(?: from (?P<o>{_AMOUNT}))? to (?P<v>{_AMOUNT}(?:{_PER})?)",
        change="changed",
    ),
    _say("employer", rf"\b(?:days?|weeks?|months?|years?) in(?: now)? at (?P<v>{_ORG})", certainty=0.8),
    _say(
        "salary",
        r"^\W*(?P<v>(?:[$€£] ?)?\d{2,3}[.,]\d{3})(?: a year)? from (?:the|next|this|january|february|march|april|may|june|july|august|september|october|november|december)\b",
        change="changed",
        certainty=0.75,
    ),
    _say(
        "employer",
        rf"\bgot the job\b[?!.,: ]{{0,5}}(?:at |with )?(?P<v>{_ORG}(?:, [a-z ]{{3,25}})?)",
        whole=True,
        change="changed",
    ),
    _say(
        "employer", rf"^\W*(?P<v>(?:[a-z]+ ){{0,2}}{_WORKPLACE}) (?:from|starting|ab) ", change="changed", certainty=0.8
    ),
    _say(
        "employer",
        rf"\b(?:arbeite|arbeitet|arbeiten|trabajo|trabaja) (?:jetzt |ahora )?(?:bei|für|in|en|para)(?: der| dem| einer| einem| la| el| una?)? (?P<v>{_NAME})",
    ),
    _say(
        "employer",
        rf"\b(?:kündige|gekündigt|kündigt|renuncié|renuncio)(?: bei| en| a)? (?P<v>{_NAME})",
        polarity=-1,
        change="ended",
    ),
    _say(
        "home",
        rf"\b(?:wohne|wohnen|vivo|vivimos|habito)(?: jetzt| grad| gerade| ahora)? (?:in|en|à)(?: der| einer?| ner| un| una)? (?P<v>(?:[A-Z]{{2}} in )?{_NAME})",
    ),
    _say(
        "allergy",
        rf"\b(?:al[ée]rgic[oa]|allergisch|allergique) (?:al|a las?|a los?|a|gegen|auf|à|aux?) (?P<v>{_FREE}){_END}",
        many=True,
    ),
    _say(
        "salary",
        r"\b(?:raise|money|pay rise|pay)\b[^.?\n\d]{0,12}(?P<v>(?:[$€£] ?)?\d{2,3}[.,]\d{3}|\d{2,3}k)\b",
        whole=True,
        change="changed",
    ),
    _say(
        "job",
        r"\b(?:new |my )?(?:job )?title(?: too| now)?[^\"“.]{0,6}[\"“](?P<v>[^\"”]{3,40})[\"”]",
        whole=True,
        change="changed",
    ),
    # --- work
    _say(
        "employer",
        rf"\b(?:start|starts|started|starting)(?: work(?:ing)?)?(?: \w+){{0,4}}? (?:at|with) (?P<v>{_ORG})",
        change="changed",
        certainty=0.8,
    ),
    _say(
        "employer",
        rf"\bstart(?:s|ed|ing)? as (?:an? )?(?P<j>{_FREE}) (?:at|in|with|for) (?P<v>{_ORG})",
        change="changed",
    ),
    _say("job", rf"\bstart(?:s|ed|ing)? as (?:an? )?(?P<v>{_TITLE})\b", change="changed"),
    _say(
        "employer",
        rf"{_I}got (?:the|a|an|my)(?: new)?(?: \w+){{0,3}} (?:job|role|position|gig|placement|internship) (?:at|with|in) (?P<v>{_ORG})",
        change="changed",
    ),
    _say(
        "employer",
        rf"\b(?:hired by|work(?:ing|s)? (?:at|for)|employed (?:at|by)|joined|joining|on the payroll (?:at|of)|moved over to|transferr(?:ed|ing) to) (?P<v>{_ORG})",
        certainty=0.8,
    ),
    _say(
        "employer",
        rf"\bstill (?!living|staying|looking|waiting|thinking|sitting|stuck)[a-z]+ing (?:[a-z]+ ){{0,3}}?(?:at|for) (?P<v>{_ORG})",
        certainty=0.8,
    ),
    _say(
        "employer",
        rf"\b(?:i(?:['’]m| am|m)|we(?:['’]re| are)) (?:now |still |currently )?(?:an? |the )?{_TITLE} (?:at|in|for|with) (?P<v>{_ORG})",
    ),
    _say(
        "job",
        rf"\b(?:i(?:['’]m| am|m)|s?he(?:['’]s| is)) (?:now |still |currently |officially )?(?:an? |the )?(?P<v>{_TITLE})\b",
    ),
    _say("job", rf"\b(?:works?|working) as (?:an? |the )?(?P<v>{_TITLE})\b"),
    _say(
        "job",
        rf"\b(?:promoted to|made me|(?:new|job) title(?: too)?(?: is|:)?|new role(?: is|:| as)?|now officially) (?:an? |the )?[\"“]?(?P<v>{_TITLE})\b",
        change="changed",
    ),
    _say(
        "job",
        rf"\b(?:not|no longer)(?: an?| the)? (?P<v>{_TITLE})(?: any ?more)?",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    _say(
        "employer",
        rf"{_I}(?:quit|quitting|resign(?:ed|ing)? from|leaving|left|packed in|got (?:fired|sacked|laid off) (?:from|by)|handed in my notice at|last day at) (?P<v>{_ORG})",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    # --- home
    _say(
        "home",
        rf"\b(?:i|we) (?:now |still |currently )?live(?: now)? (?:in|at|on|near) (?P<v>{_NAME})",
        change="changed",
    ),
    _say(
        "home",
        rf"{_I}(?:moved|move) (?:out |over |back |down |up )?(?:in)?to (?:a \w+ \w+ in )?(?P<v>{_NAME})",
        change="changed",
    ),
    _say("home", rf"\b(?:i['’]m|we['’]re|im) in[!,. ]+(?P<v>{_NAME}) since", whole=True, change="changed"),
    _say(
        "address",
        rf"\b(?:new |my |our )(?:new )?(?:home )?address(?: is|:| will be)? (?P<v>\d{{1,5}}\w? {_NAME}(?:,? (?:flat|apt|unit|floor|second floor|third floor|first floor)\.? ?\w{{0,3}})?)",
        whole=True,
        change="changed",
    ),
    _say(
        "home",
        rf"\b(?:found|got|signed for|renting|rented|taken|took) (?:an? |the )?(?P<v>(?:[\w-]+ ){{0,3}}(?:flat|room|place|house|studio|apartment|one bed|two bed|bedsit|cottage|loft) (?:in|on|at|near) {_NAME})",
        modality="planned",
        certainty=0.7,
    ),
    # --- money
    _say(
        "rent",
        rf"\brent\b[^.!?\n]{{0,50}}?\b(?:is|was|now|to|of|at|goes up to|went up to|:|=) ?(?:now |like |about |around |only )?(?P<v>{_AMOUNT}(?:{_PER})?)(?! ?(?:%|percent))",
    ),
    _say("rent", rf"\brent\b[^.!?\n\d]{{0,40}}(?P<v>{_AMOUNT}{_PER})"),
    _say(
        "rent",
        rf"\b(?:flat|room|place|bed|house|studio|apartment|landlord|landlady|hole)\b[^.!?\n\d]{{0,30}}\b(?:to|is|at|for|,) ?(?P<v>{_AMOUNT}(?:{_PER})?)(?! ?(?:%|percent|mins?|minutes|km|m\b|years|weeks|days|people))",
        certainty=0.7,
        whole=True,
    ),
    _say("salary", r"\b(?:i['’]m|im|i am) on (?P<v>(?:[$€£] ?)?\d{2,3}[.,]?\d{3}|(?:[$€£] ?)?\d{2,3}k)\b"),
    _say(
        "salary",
        rf"\b(?:salary|wage|pay|earn(?:ing)?|make|making|paid)\b[^.!?\n\d]{{0,30}}(?P<v>(?:[$€£] ?)?\d{{2,3}}[.,]\d{{3}}|(?:[$€£] ?)?\d{{2,3}}k|{_AMOUNT}{_PER})",
    ),
    _say(
        "{a}",
        rf"\b(?P<a>hourly rate|day rate|rate|stundensatz|fee|subscription|membership|deposit|allowance|budget|mortgage|premium|tuition|price|pension|pocket money|phone bill|bill)\b[^.!?\n\d]{{0,30}}\b(?:is|was|now|to|of|at|=|seit|:)[^.!?\n\d]{{0,16}}?(?P<v>{_AMOUNT}(?:{_PER})?)",
        certainty=0.8,
    ),
    _say(
        "price of {a}",
        rf"\b(?P<a>desk|gym|club|class|course|lessons|membership|climbing place|parking|insurance|nursery|storage|garage)\b[^.!?\n\d]{{0,40}}(?P<v>{_AMOUNT}{_PER})",
        certainty=0.75,
    ),
    # --- people and roles
    _say(
        "{a}", rf"\b(?:new |my |our )(?P<a>{_ROLE})(?: since \w+| from \w+| now| at \w+)?{_LINK}(?:an? )?(?P<v>{_NAME})"
    ),
    _say("{a}", rf"\b(?:new |my |our )(?P<a>{_ROLE}),? (?P<v>{_NAME})", certainty=0.8),
    _say("{a}", rf"(?P<v>{_NAME}) ?[(,] ?(?:my|our) (?:new )?(?P<a>{_ROLE})\b", whole=True),
    _say("{a}", rf"(?P<v>{_NAME}) (?:is|was|['’]s) (?:now )?(?:my|our) (?:new |current )?(?P<a>{_ROLE})\b"),
    _say(
        "{a}",
        rf"(?P<v>{_NAME}) (?:is|was|['’]s) (?:now )?(?:my|our) (?:old|ex|former|previous)[ -](?P<a>{_ROLE})\b",
        polarity=-1,
        change="ended",
    ),
    _say(
        "{a}",
        rf"\b(?P<a>prs?|reviews?|reports?|tickets|calls|invoices|mails?)(?: all)? (?:go|goes) to (?P<v>{_NAME})",
        change="changed",
    ),
    _say("reviewer", rf"(?P<v>{_NAME}) reviews (?:everything|all|the|my|our)", certainty=0.8),
    _say(
        "partner",
        rf"\b(?:me and|i and) (?P<v>{_NAME}) (?:broke up|split(?: up)?|are over|are done|divorced|separated)",
        polarity=-1,
        change="ended",
    ),
    _say(
        "partner",
        rf"(?P<v>{_NAME}) and (?:i|me) (?:broke up|split(?: up)?|are over|are done|divorced|got divorced|separated)",
        polarity=-1,
        change="ended",
    ),
    _say("partner", rf"{_I}(?:seeing|dating|going out with|engaged to|married to) (?P<v>{_NAME})"),
    _say("partner", rf"\bthere['’]s an? (?P<v>{_NAME})$", certainty=0.7),
    # --- health and food
    _say("allergy", rf"\ballergic (?:reaction )?to (?P<v>{_FREE}){_END}", many=True),
    _say(
        "allergy",
        r"\b(?P<v>[a-z]{3,15}) (?:allergy|intolerance)\b(?! (?:test|clinic|season|nurse|appointment))",
        certainty=0.75,
    ),
    _say(
        "{a}",
        rf"\b(?P<a>[a-z]{{5,16}}|(?:vitamin|asthma|nose|nasal) \w{{1,8}})(?: now| to| goes to| up to| down to| is| only|:)?(?: \w+)? (?P<v>{_DOSE})",
        certainty=0.8,
    ),
    _say(
        "diet",
        rf"\b(?:{_I}|)(?:gone|went|going|turned|become|became|am|i['’]m|im) (?:fully |mostly |basically )?(?P<v>vegan|vegetarian|veggie|pescatarian|gluten[ -]free|dairy[ -]free|keto|halal|kosher|teetotal|sober|t-?total)\b",
        change="changed",
    ),
    _say(
        "diet",
        r"\b(?P<v>no (?:meat|pork|beef|lactose|dairy|gluten|fish|sugar|mushrooms?|nuts|alcohol|coffee|caffeine|salt|eggs?|shellfish|cilantro|coriander|wheat|milk|cheese))\b(?! (?:left|today|tonight|again|here))",
        certainty=0.8,
    ),
    _say(
        "diet",
        rf"\b(?:{_I}|)(?:can['’]t|cannot|don['’]t|mustn['’]t|won['’]t|doesn['’]t) (?:eat|drink|have|touch) (?P<v>(?:any )?(?:meat|pork|beef|lactose|dairy|gluten|fish|sugar|mushrooms?|nuts|alcohol|coffee|caffeine|salt|eggs?|shellfish|cilantro|coriander|wheat|milk|cheese))\b",
        polarity=-1,
    ),
    # --- codes, numbers and settings
    _say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} ){{0,2}}?{_CODE})(?: (?:is|was|=|now|:|no\.?|nr\.?|to|goes to|changed to|of|will be|on)| ?['’]s|:| =){{1,2}} ?(?:now )?[`\"“]?(?P<v>{_VALUE_OF_CODE})(?! ?(?:%|percent|years|months|weeks|days|times))",
    ),
    _say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} )?{_CODE}) [`\"“]?(?P<v>{_VALUE_OF_CODE})(?! ?(?:%|percent|years|months|weeks|days|times|o['’]clock))",
        certainty=0.8,
    ),
    _say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} ){{0,2}}{_CODE})[^.!?\n\d]{{0,40}}\bso (?:mine|it|ours)['’]?s (?:now )?(?P<v>{_VALUE_OF_CODE})",
        whole=True,
        change="changed",
        certainty=0.8,
    ),
    _say(
        "version of {a}",
        r"\b(?P<a>python|node|postgres|java|ruby|php|mysql|sqlite|debian|ubuntu|django|rust|react|numpy|torch|ios|android|windows|macos)[ -]v?(?P<v>\d+(?:\.\d+){0,2})\b",
    ),
    _say(
        "{a}",
        r"\b(?:default|setting)(?: for| of)? ?(?P<a>[`\w-]{0,30})(?: is now| is|:)? [`](?P<v>[\w.-]{1,30})[`]",
        change="changed",
        certainty=0.75,
    ),
    _say("email", r"\b(?P<v>[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}(?<!\.))", certainty=0.75),
    # --- measures
    _say(
        "{a}",
        rf"\b(?P<a>height|weight|temperature|blood pressure|bp|pulse|waist|shoe size|cholesterol|hba1c|iron|glucose)\b[^.!?\n\d]{{0,20}}(?P<v>{_MEASURE}|\d{{2,3}}/\d{{2,3}}|\d{{1,3}}(?:[.,]\d)?)",
    ),
    _say("height", r"\b(?P<s>(?-i:[A-Z][a-z]{1,20}))(?: is| was|:)? (?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b"),
    _say("weight", r"\b(?P<s>(?-i:[A-Z][a-z]{1,20}))(?: is| was|:)? (?P<v>\d{1,3}(?:[.,]\d)? ?kg)\b"),
    # --- owning
    _say(
        "owns",
        rf"\b(?:sold|gave away|got rid of|scrapped|crashed|wrote off|lost|binned|traded in) (?:my|the|our) (?:old |new )?(?P<v>{_FREE}){_END}",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    _say(
        "owns",
        rf"\b(?:someone|they|somebody) (?:stole|nicked|robbed) (?:my|our) (?P<v>{_FREE}){_END}",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    _say(
        "owns",
        r"\b(?:i['’]ve|i have|i got|we['’]ve|we got|got myself|bought|picked up|ordered) (?:got )?(?:myself |ourselves )?an? (?:(?:brand[ -])?new |used |second[ -]?hand |old )?(?P<v>(?:[\w'’-]+ ){0,3}?(?:bike|car|van|scooter|motorbike|boat|kayak|tent|piano|guitar|laptop|phone|camera|dog|cat|puppy|kitten|kangoo|caravan|kiln|cello|violin|synth))\b",
        change="changed",
        certainty=0.8,
    ),
    # --- doing
    _say(
        "member",
        rf"{_I}(?:joined|join|did join) (?:the |a |an |my )?(?P<v>{_FREE}(?:gym|club|choir|team|band|group|class|league|society|place|centre|center|course|orchestra|squad|union|crew))\b",
    ),
    _say(
        "learning",
        rf"{_I}(?:signed up for|started|taking|enrolled (?:in|on)|doing|learning|studying) (?:the |a |an |some )?(?P<v>(?:[a-z]+ ){{0,2}}(?:classes|lessons|course|portuguese|spanish|french|german|italian|welsh|irish|japanese|chinese|sign language|pottery|cello|piano|guitar|violin|welding|sewing|carpentry|yoga|pilates|judo|karate|boxing|swimming|salsa|tango|ballet))\b",
        certainty=0.8,
        change="changed",
    ),
    # --- choosing
    _say(
        "prefers",
        rf"\b(?P<v>{_NOUN}) (?:seats? )?for me(?: from (?:now|here) on| please| now| always| every time){_END}",
        certainty=0.75,
        change="changed",
    ),
    _say(
        "prefers",
        rf"{_I}(?:prefer|rather have|always (?:take|book|go for)) (?:the |an? )?(?P<v>{_FREE}){_END}",
        certainty=0.75,
    ),
    _say(
        "vote",
        rf"\b(?:change|changed|switch|switched|move) (?:my|our) vote to (?:the )?(?P<v>{_NOUN}){_END}",
        change="changed",
    ),
    _say(
        "vote",
        rf"\b(?:i (?:still )?(?:vote|say)|my vote(?: is|['’]s)?|i['’]m) for? ?(?:the )?(?P<v>{_NOUN}){_END}",
        certainty=0.6,
    ),
    _say(
        "uses",
        r"\b(?:switch(?:ed|ing)?|mov(?:e|ed|ing)|migrat(?:e|ed|ing)|chang(?:e|ed|ing)|go(?:ing)?|went) (?:over |back )?(?:from (?P<o>[\w.+#-]{2,20}) )?to (?P<v>(?:[a-z]+ )?(?:postgres|sqlite|mysql|redis|kafka|docker|kubernetes|python|rust|typescript|react|vue|svelte|fastapi|flask|django|ruff|pytest|uv|poetry|pip|npm|yarn|pnpm|vim|emacs|vscode|linux|ubuntu|debian|macos|windows|android|ios|gmail|outlook|slack|signal|whatsapp|notion|obsidian)(?: \d[\d.]*)?)\b",
        change="changed",
        certainty=0.8,
    ),
)
"""Every pattern of talk that gives a value."""

ENDINGS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern.replace(" ", r"\s"), re.I)
    for pattern in (
        rf"{_I}(?:quit|dropped|gave up|given up|stopped|cancelled|canceled|packed in|jacked in|ditched|sold|binned|left(?! of\b)) (?:the |my |our |taking the |taking |doing |going to |with )?(?P<v>{_FREE}){_END}",
        rf"\b(?:i['’]ve|i have|we['’]ve|i['’]m|im|i) gone off (?:the )?(?P<v>{_FREE}){_END}",
        rf"\b(?:i['’]m|im|i am|we['’]re) off the (?P<v>{_FREE}){_END}",
        rf"\b(?P<v>{_NAME}) (?:has )?(?:left|quit|resigned|retired|got fired|was sacked|moved on|is leaving|is gone)\b",
        rf"\b(?:no|not) (?:more )?(?P<v>{_NOUN}) any ?more\b",
        rf"\b(?:done|finished|through) with (?:the |my )?(?P<v>{_FREE}){_END}",
    )
)
"""Ways of saying that something is over, without saying which attribute it was a value of."""

CANCELLED: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern.replace(" ", r"\s"), re.I)
    for pattern in (
        r"\b(?P<v>[\w'’-]+(?: [\w'’-]+){0,2}?(?: trip| plan| plans| thing)?)(?:['’]s| is| are| was| got| has been|'s been) (?:now )?(?:off|cancelled|canceled|called off|scrapped|dead|not happening|postponed indefinitely|gone|over)\b",
        rf"\b(?:cancelled|canceled|called off|scrapped|pulled the plug on|bailed on|not going to|not doing|dropping out of|skipping) (?:the |my |our )?(?P<v>{_FREE}){_END}",
        r"\b(?P<v>[\w'’-]+(?: [\w'’-]+){0,2}?(?: trip| plan)?) (?:didn['’]t happen|fell through|isn['’]t happening|won['’]t happen|is not happening|never happened)\b",
    )
)
"""Ways of saying that a plan will not happen."""

_NUMERIC = r"[$€£]?[A-Z]{0,3}-?\d[\d.,:/-]{0,15}(?<=\d)\w{0,2}"
CORRECTIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern.replace(" ", r"\s"), re.I)
    for pattern in (
        rf"(?<![\w.])(?P<v>{_NUMERIC})(?: [a-z/]{{1,8}}){{0,3}}[.,;]? (?:and )?(?:not|no|nicht|instead of|rather than) (?P<o>{_NUMERIC})",
        rf"\b(?:not|nicht) (?P<o>{_NUMERIC})(?: [a-z/]{{1,8}}){{0,2}}[.,;]? (?:but|it['’]s|sondern|sino|make that|it is) (?P<v>{_NUMERIC})",
    )
)
"""Ways of putting one number in the place of another: v is right, o was wrong."""

EVENT = (
    r"(?:appointment|exam|test|wedding|meeting|flight|surgery|operation|class|lesson|practice|training|party|trip|visit|"
    r"interview|deadline|dentist|orthodontist|ortho|vaccination|booster|concert|gig|swimming|judo|choir|yoga|football|"
    r"course|viewing|delivery|pickup|collection|race|half|marathon|holiday|conference|dinner|lunch|weekend|check-?up|"
    r"scan|x-?ray|match|game|tournament|recital|graduation|hearing|ceremony|funeral|christening|festival|workshop|"
    r"rehearsal|audition|presentation|review|release|launch|freeze|move|moving day|due date|start date|first day|last day|"
    r"start|mot|nct|service|inspection|hip|prüfung|termin|zahnarzt|examen|session|therapy|physio|haircut|birthday|"
    r"parents['’]? evening|sports day|open day|camp|dance|piano|piano lesson|rehearsals|rota|shift|judo class)"
)
"""Heads of what stands in a diary."""
