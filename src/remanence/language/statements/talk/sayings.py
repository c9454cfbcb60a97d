"""How people say things of their lives: each pattern names an attribute, a value, and what it does to the old one."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import (
    AMOUNT,
    CODE,
    DOSE,
    END,
    FREE,
    LINK,
    MEASURE,
    NAME,
    NOUN,
    ORG,
    PER,
    ROLE,
    TITLE,
    VALUE_OF_CODE,
    WE,
    WORKPLACE,
    Saying,
    say,
)

SAYINGS: tuple[Saying, ...] = (
    say("weight", r"^\W*(?P<v>\d{1,3}(?:[.,]\d)? ?kg)\b", headed=True),
    say("height", r"^\W*(?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b", headed=True),
    say(
        "rent",
        rf"\b(?:rent|landlord|landlady)\b[^.!?\n\d]{{0,30}}\b(?:up|down|drops?|rises?|goes|went|raised it|increase[ds]?)(?: it)?(?: from (?P<o>{AMOUNT}))? to (?P<v>{AMOUNT}(?:{PER})?)",
        change="changed",
    ),
    say("employer", rf"\bstill at (?P<v>{NAME})", certainty=0.7),
    say("employer", rf"\b(?:days?|weeks?|months?|years?) in(?: now)? at (?P<v>{ORG})", certainty=0.8),
    say(
        "salary",
        r"^\W*(?P<v>(?:[$€£] ?)?\d{2,3}[.,]\d{3})(?: a year)? from (?:the|next|this|january|february|march|april|may|june|july|august|september|october|november|december)\b",
        change="changed",
        certainty=0.75,
    ),
    say(
        "employer",
        rf"\bgot the job\b[?!.,: ]{{0,5}}(?:at |with )?(?P<v>{ORG}(?:, [a-z ]{{3,25}})?)",
        whole=True,
        change="changed",
    ),
    say(
        "employer", rf"^\W*(?P<v>(?:[a-z]+ ){{0,2}}{WORKPLACE}) (?:from|starting|ab) ", change="changed", certainty=0.8
    ),
    say(
        "employer",
        rf"\b(?:arbeite|arbeitet|arbeiten|trabajo|trabaja) (?:jetzt |ahora )?(?:bei|für|in|en|para)(?: der| dem| einer| einem| la| el| una?)? (?P<v>{NAME})",
    ),
    say(
        "employer",
        rf"\b(?:kündige|gekündigt|kündigt|renuncié|renuncio)(?: bei| en| a)? (?P<v>{NAME})",
        polarity=-1,
        change="ended",
    ),
    say(
        "home",
        rf"\b(?:wohne|wohnen|vivo|vivimos|habito|j['’]habite|habitons|abito|abitiamo|moro|moramos|woon|wonen)(?: jetzt| grad| gerade| ahora| maintenant| adesso| agora| nu)? (?:in|en|à|a|em|no|na)(?: der| einer?| ner| un| una)? (?P<v>(?:[A-Z]{{2}} in )?{NAME})",
    ),
    say(
        "home",
        rf"\b(?:umgezogen|gezogen|ziehe|ziehen|zieht|mud[éeo](?:me)?|mudamos|mudado|mudei(?:-me)?|mudo-me|d[ée]m[ée]nag(?:[ée]|eons)|emm[ée]nag[ée]|trasferit[oa]|trasferisco|verhuisd|verhuis)(?: [\w#]+){{0,2}} (?:nach|in|a|à|para|naar) (?:[oa] )?(?P<v>{NAME})",
        change="changed",
    ),
    say("home", rf"\bnach (?P<v>{NAME}) (?:um)?gezogen\b", change="changed"),
    say(
        "{a}",
        rf"\b(?:meine?|unsere?|mon|ma|notre|mi|nuestr[oa]|il mio|la mia|o meu|a minha|mijn|onze?) (?P<a>[\wà-ÿ]{{3,25}}) (?:subió a|ha subido a|bajó a|est passée? à|è salito a|subiu para|is gestegen naar|stieg auf|ist|beträgt|kostet|liegt bei|war|est de|est|es de|es|è di|è|é de|é|is|cuesta|coûte|costa|kost)(?: (?:jetzt|nun|bei|auf|maintenant|ahora|ora|agora|nu))* (?P<v>{AMOUNT})",
        certainty=0.8,
    ),
    say(
        "{a}",
        rf"\b(?:meine?|unsere?|mon|ma|notre|mi|nuestr[oa]|il mio|la mia|mio|mia|o meu|a minha|mijn|onze?) (?:neue[rs]? |nouve(?:au|lle) |nuev[oa] |nuov[oa] |nov[oa] |nieuwe )?(?P<a>[\wà-ÿ]{{3,25}}) (?:heißt|heisst|s['’]appelle|se llama|si chiama|heet|chama-se|se chama) (?P<v>{NAME})",
        certainty=0.85,
    ),
    say(
        "allergy",
        rf"\b(?:al[ée]rgic[oa]|allergisch|allergique) (?:al|a las?|a los?|a|gegen|auf|à|aux?) (?P<v>{FREE}){END}",
        many=True,
    ),
    say(
        "salary",
        r"\b(?:raise|money|pay rise|pay)\b[^.?\n\d]{0,12}(?P<v>(?:[$€£] ?)?\d{2,3}[.,]\d{3}|\d{2,3}k)\b",
        whole=True,
        change="changed",
    ),
    say(
        "job",
        r"\b(?:new |my )?(?:job )?title(?: too| now)?[^\"“.]{0,6}[\"“](?P<v>[^\"”]{3,40})[\"”]",
        whole=True,
        change="changed",
    ),
    # --- work
    say(
        "employer",
        rf"\b(?:start|starts|started|starting)(?: work(?:ing)?)?(?:(?: \w+){{0,4}}? at|(?: on \w+| \w+day| today| tomorrow| next \w+| work| working) with) (?P<v>{ORG})",
        change="changed",
        certainty=0.8,
    ),
    say(
        "employer",
        rf"\bstart(?:s|ed|ing)? as (?:an? )?(?P<j>{FREE}) (?:at|in|with|for) (?P<v>{ORG})",
        change="changed",
    ),
    say("job", rf"\bstart(?:s|ed|ing)? as (?:an? )?(?P<v>{TITLE})\b", change="changed"),
    say(
        "employer",
        rf"{WE}got (?:the|a|an|my)(?: new)?(?: \w+){{0,3}} (?:job|role|position|gig|placement|internship) (?:at|with|in) (?P<v>{ORG})",
        change="changed",
    ),
    say(
        "employer",
        rf"\b(?:hired by|work(?:ing|s)? (?:at|for)|employed (?:at|by)|(?:joined|joining)(?! (?:an?|the|my|our) (?:[\w-]+ ){{0,2}}(?:gym|club|bar|pub|library))|on the payroll (?:at|of)|moved over to|transferr(?:ed|ing) to) (?P<v>{ORG})",
        certainty=0.8,
    ),
    say(
        "employer",
        rf"\bstill (?!living|staying|looking|waiting|thinking|sitting|stuck)[a-z]+ing (?:[a-z]+ ){{0,3}}?(?:at|for) (?P<v>{ORG})",
        certainty=0.8,
    ),
    say(
        "employer",
        rf"\b(?:i(?:['’]m| am|m)|we(?:['’]re| are)) (?:now |still |currently )?(?:an? |the )?{TITLE} (?:at|in|for|with) (?P<v>{ORG})",
    ),
    say(
        "job",
        rf"\b(?:i(?:['’]m| am|m)|s?he(?:['’]s| is)) (?:now |still |currently |officially )?(?:an? |the )?(?P<v>{TITLE})\b",
    ),
    say(
        "job",
        rf"\b(?:join(?:ed|ing)?|start(?:s|ed|ing)?|hired|working|works?)\b[^.,;!?\n]{{0,40}} as (?:an? |the |their )?(?P<v>{TITLE})\b",
        change="changed",
    ),
    say("job", rf"\b(?:works?|working) as (?:an? |the )?(?P<v>{TITLE})\b"),
    say(
        "job",
        rf"\b(?:promoted to|made me|(?:new|job) title(?: too)?(?: is|:)?|new role(?: is|:| as)?|now officially) (?:an? |the )?[\"“]?(?P<v>{TITLE})\b",
        change="changed",
    ),
    say(
        "job",
        rf"\b(?:not|no longer)(?: an?| the)? (?P<v>{TITLE})(?: any ?more)?",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    say(
        "employer",
        rf"{WE}(?:quit|quitting|resign(?:ed|ing)? from|leaving|left|packed in|got (?:fired|sacked|laid off) (?:from|by)|handed in my notice at|last day at) (?P<v>{ORG})",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    # --- home
    say(
        "home",
        rf"\b(?:i|we) (?:now |still |currently )?live(?: now)? (?:in|at|on|near) (?P<v>{NAME})",
        change="changed",
    ),
    say(
        "home",
        rf"{WE}(?:moved|move) (?:out |over |back |down |up )?(?:in)?to (?:a \w+ \w+ in )?(?P<v>{NAME})",
        change="changed",
    ),
    say(
        "home",
        rf"{WE}moved in\b[^.!?\n]{{0,60}}?\b(?:to|in|at) (?P<v>(?:\d{{1,4}}\w? {NAME} in )?{NAME})",
        whole=True,
        change="changed",
    ),
    say("home", rf"\b(?:i['’]m|we['’]re|im) in[!,. ]+(?P<v>{NAME}) since", whole=True, change="changed"),
    say(
        "address",
        rf"\b(?:new |my |our )(?:new )?(?:home )?address(?: is|:| will be)? (?P<v>\d{{1,5}}\w? {NAME}(?:,? (?:flat|apt|unit|floor|second floor|third floor|first floor)\.? ?\w{{0,3}})?)",
        whole=True,
        change="changed",
    ),
    say(
        "home",
        rf"\b(?:found|got|signed for|renting|rented|taken|took) (?:an? |the )?(?P<v>(?:[\w-]+ ){{0,3}}(?:flat|room|place|house|studio|apartment|one bed|two bed|bedsit|cottage|loft) (?:in|on|at|near) {NAME})",
        modality="planned",
        certainty=0.7,
    ),
    # --- money
    say(
        "rent",
        rf"\brent\b[^.!?\n]{{0,50}}?\b(?:is|was|now|to|of|at|goes up to|went up to|:|=) ?(?:now |like |about |around |only )?(?P<v>{AMOUNT}(?:{PER})?)(?! ?(?:%|percent))",
    ),
    say("rent", rf"\brent\b[^.!?\n\d]{{0,40}}(?P<v>{AMOUNT}{PER})"),
    say(
        "rent",
        rf"\b(?:flat|room|place|house|studio|apartment|landlord|landlady|hole)\b(?! there\b)(?:(?!\b(?:code|pin|number|door|bought|ordered|window|size)\b)[^.!?\n\d]){{0,30}}\b(?:to|is|at|for|,) ?(?P<v>{AMOUNT}{PER}(?!\w| (?:more|less|extra|on top|cheaper))|(?:[$€£] ?)?(?:\d{{3}}|\d[.,]?\d{{3}})(?![\d.,]*\d|k\b)(?: ?(?:euros?|quid|pounds|€|£))?)(?! ?(?:%|percent|mins?|minutes|km|m\b|years|weeks|days|people))",
        certainty=0.7,
        whole=True,
    ),
    say("salary", r"\b(?:i['’]m|im|i am) on (?P<v>(?:[$€£] ?)?\d{2,3}[.,]?\d{3}|(?:[$€£] ?)?\d{2,3}k)\b"),
    say(
        "salary",
        rf"\b(?:salary|wage|pay(?=\s(?:me|is|was|now|went|goes|of|rise|up|from|to)\b|[^\w\s])|earn(?:ing)?|make|making|(?:get|gets|got|getting|am|['’]m|being) paid)\b(?! back)[^.!?\n\d]{{0,30}}(?P<v>(?:[$€£] ?)?\d{{2,3}}[.,]\d{{3}}|(?:[$€£] ?)?\d{{2,3}}k|{AMOUNT}{PER})",
    ),
    say(
        "{a}",
        rf"\b(?P<a>hourly rate|day rate|rate|stundensatz|fee|subscription|membership|deposit|allowance|budget|mortgage|premium|tuition|price|pension|pocket money|phone bill|bill)\b[^.!?\n\d]{{0,30}}\b(?:is|was|now|to|of|at|=|seit|:)[^.!?\n\d]{{0,16}}?(?P<v>{AMOUNT}(?:{PER})?)",
        certainty=0.8,
    ),
    say(
        "price of {a}",
        rf"\b(?P<a>desk|gym|club|class|course|lessons|membership|climbing place|parking|insurance|nursery|storage|garage)\b[^.!?\n\d]{{0,40}}(?P<v>{AMOUNT}{PER})",
        certainty=0.75,
    ),
    # --- people and roles
    say("{a}", rf"\b(?:new |my |our )(?P<a>{ROLE})(?: since \w+| from \w+| now| at \w+)?{LINK}(?:an? )?(?P<v>{NAME})"),
    say("{a}", rf"\b(?:new |my |our )(?P<a>{ROLE}),? (?P<v>{NAME})", certainty=0.8),
    say("{a}", rf"(?P<v>{NAME}) ?[(,] ?(?:my|our) (?:new )?(?P<a>{ROLE})\b", whole=True),
    say("{a}", rf"(?P<v>{NAME}) (?:is|was|['’]s) (?:now )?(?:my|our) (?:new |current )?(?P<a>{ROLE})\b"),
    say(
        "{a}",
        rf"(?P<v>{NAME}) (?:is|was|['’]s) (?:now )?(?:my|our) (?:old|ex|former|previous)[ -](?P<a>{ROLE})\b",
        polarity=-1,
        change="ended",
    ),
    say(
        "{a}",
        rf"\b(?P<a>prs?|reviews?|reports?|tickets|calls|invoices|mails?)(?: all)? (?:go|goes) to (?P<v>{NAME})",
        change="changed",
    ),
    say("reviewer", rf"(?P<v>{NAME}) reviews (?:everything|all|the|my|our)", certainty=0.8),
    say(
        "partner",
        rf"\b(?:me and|i and) (?P<v>{NAME}) (?:broke up|split(?: up)?(?!\s(?:the|a|it|our|everything|things|rent|costs|bills)\b)|are over|are done|divorced|separated)",
        polarity=-1,
        change="ended",
    ),
    say(
        "partner",
        rf"(?P<v>{NAME}) and (?:i|me) (?:broke up|split(?: up)?(?!\s(?:the|a|it|our|everything|things|rent|costs|bills)\b)|are over|are done|divorced|got divorced|separated)",
        polarity=-1,
        change="ended",
    ),
    say(
        "partner",
        rf"(?P<v>{NAME}) and (?:i|me) (?:just |finally )?(?:got |are |are now )?(?:engaged|married)\b",
        change="changed",
    ),
    say(
        "partner",
        rf"\b(?:me|i) and (?P<v>{NAME}) (?:just |finally )?(?:got |are |are now )?(?:engaged|married)\b",
        change="changed",
    ),
    say("partner", rf"{WE}(?:seeing|dating|going out with|engaged to|married to) (?P<v>{NAME})"),
    say("partner", rf"\bthere['’]s an? (?P<v>{NAME})$", certainty=0.7),
    # --- health and food
    say("allergy", rf"\ballergic (?:reaction )?to (?P<v>{FREE}){END}", many=True),
    say(
        "allergy",
        r"\b(?P<v>[a-z]{3,15}) (?:allergy|intolerance)\b(?! (?:test|clinic|season|nurse|appointment))",
        certainty=0.75,
    ),
    say(
        "{a}",
        rf"\b(?P<a>[a-z]{{5,16}}|(?:vitamin|asthma|nose|nasal) \w{{1,8}})(?: now| to| goes to| up to| down to| is| only|:)?(?: \w+)? (?P<v>{DOSE})",
        certainty=0.8,
    ),
    say(
        "diet",
        rf"\b(?:{WE}|)(?:gone|went|going|turned|become|became|am|i['’]m|im) (?:fully |mostly |basically )?(?P<v>vegan|vegetarian|veggie|pescatarian|gluten[ -]free|dairy[ -]free|keto|halal|kosher|teetotal|sober|t-?total)\b",
        change="changed",
    ),
    say(
        "diet",
        r"\b(?P<v>no (?:meat|pork|beef|lactose|dairy|gluten|fish|sugar|mushrooms?|nuts|alcohol|coffee|caffeine|salt|eggs?|shellfish|cilantro|coriander|wheat|milk|cheese))\b(?! (?:left|today|tonight|again|here))",
        certainty=0.8,
    ),
    say(
        "diet",
        rf"\b(?:{WE}|)(?:can['’]t|cannot|don['’]t|mustn['’]t|won['’]t|doesn['’]t) (?:eat|drink|have|touch) (?P<v>(?:any )?(?:meat|pork|beef|lactose|dairy|gluten|fish|sugar|mushrooms?|nuts|alcohol|coffee|caffeine|salt|eggs?|shellfish|cilantro|coriander|wheat|milk|cheese))\b",
        polarity=-1,
    ),
    # --- codes, numbers and settings
    say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} ){{0,2}}?{CODE})(?: (?:is|was|=|now|:|no\.?|nr\.?|to|goes to|(?:goes|is|went) (?:up|down) to|changed to|of|will be|on)| ?['’]s|:| =){{1,2}} ?(?:now )?[`\"“]?(?P<v>{VALUE_OF_CODE})(?! ?(?:%|percent|years|months|weeks|days|times))",
    ),
    say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} )?{CODE}) [`\"“]?(?P<v>{VALUE_OF_CODE})(?! ?(?:%|percent|years|months|weeks|days|times|o['’]clock))",
        certainty=0.8,
    ),
    say(
        "{a}",
        rf"\b(?P<a>(?:[a-z-]{{2,15}} ){{0,2}}{CODE})[^.!?\n\d]{{0,40}}\bso (?:mine|it|ours)['’]?s (?:now )?(?P<v>{VALUE_OF_CODE})",
        whole=True,
        change="changed",
        certainty=0.8,
    ),
    say(
        "version of {a}",
        r"\b(?P<a>python|node|postgres|java|ruby|php|mysql|sqlite|debian|ubuntu|django|rust|react|numpy|torch|ios|android|windows(?!-125\d)|macos)[ -]v?(?P<v>\d+(?:\.\d+){0,2})\b",
    ),
    say(
        "{a}",
        r"\b(?:default|setting)(?: for| of)? ?(?P<a>[`\w-]{0,30})(?: is now| is|:)? [`](?P<v>[\w.-]{1,30})[`]",
        change="changed",
        certainty=0.75,
    ),
    say("email", r"\b(?P<v>[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}(?<!\.))", certainty=0.75),
    # --- measures
    say(
        "{a}",
        rf"\b(?P<a>height|weight|temperature|blood pressure|bp|pulse|waist|shoe size|cholesterol|hba1c|iron|glucose)\b[^.!?\n\d]{{0,20}}(?P<v>{MEASURE}|\d{{2,3}}/\d{{2,3}}|\d{{1,3}}(?:[.,]\d)?)",
    ),
    say("height", r"\b(?P<s>(?-i:[A-Z][a-z]{1,20}))(?: is| was|:)? (?P<v>\d{2,3}(?:[.,]\d)? ?cm)\b"),
    say("weight", r"\b(?P<s>(?-i:[A-Z][a-z]{1,20}))(?: is| was|:)? (?P<v>\d{1,3}(?:[.,]\d)? ?kg)\b"),
    say("weight", rf"{WE}weigh(?:ed)?(?: in at| about| around| only| just| now)? (?P<v>{MEASURE})", change="changed"),
    say(
        "weight",
        rf"\b(?P<s>(?-i:[A-Z][a-z]{{1,20}})) (?:now |only |already |just )?weigh(?:s|ed)(?: in at| about| around| only| just| now)? (?P<v>{MEASURE})",
        change="changed",
    ),
    say("height", rf"{WE}(?:['’]m|am|measure) (?:now |about |only )?(?P<v>{MEASURE}) tall\b", change="changed"),
    # --- what is allowed, open, ready: the word for it is the attribute
    say(
        "{a}",
        r"^\W*(?:(?:and|so|ok|btw|the|our|my) )*(?![\w'’-]+ of )(?P<s>(?:[\w'’-]{2,20} ){0,2}[\w'’-]{2,20}) (?:is|are|was|isn['’]t|aren['’]t)(?: (?:now|not|no longer|still|again|finally|currently))* (?P<a>(?P<v>allowed|forbidden|banned|permitted|enabled|disabled|open|closed|available|broken|fixed|merged|deployed|cancelled|supported|deprecated|required|optional|approved|blocked|paid|unpaid|sold out|in stock))(?=$|[.,;!?)]| (?!on |at |from |during |until |by |for |in |to ))",
        on="allowed forbidden banned permitted enabled disabled open closed available broken fixed merged deployed cancelled supported deprecated required optional approved blocked paid unpaid sold stock",
        change="changed",
        certainty=0.8,
    ),
    # --- owning
    say(
        "car",
        rf"{WE}(?:drive|drove|bought|got|have)(?: now)? (?:an? |my |our )(?:(?:new|old|used|second[ -]?hand) )?(?P<v>(?:[a-z]+ )?(?-i:[A-Z][\w-]{{2,15}})(?: (?-i:[A-Z][\w-]{{0,12}}|\d[\w-]{{0,4}}))?)(?= |$|[.,;!?)])",
        on="drive drove",
        change="changed",
    ),
    say(
        "owns",
        rf"\b(?:sold|gave away|got rid of|scrapped|crashed|wrote off|lost|binned|traded in) (?:my|the|our) (?:old |new )?(?P<v>{FREE}){END}",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    say(
        "owns",
        rf"\b(?:someone|they|somebody) (?:stole|nicked|robbed) (?:my|our) (?P<v>{FREE}){END}",
        polarity=-1,
        change="ended",
        certainty=0.8,
    ),
    say(
        "owns",
        r"\b(?:i['’]ve|i have|i got|we['’]ve|we got|got myself|bought|picked up|ordered) (?:got )?(?:myself |ourselves )?an? (?:(?:brand[ -])?new |used |second[ -]?hand |old )?(?P<v>(?:[\w'’-]+ ){0,3}?(?:bike|car|van|scooter|motorbike|boat|kayak|tent|piano|guitar|laptop|phone|camera|dog|cat|puppy|kitten|kangoo|caravan|kiln|cello|violin|synth))\b",
        change="changed",
        certainty=0.8,
    ),
    # --- doing
    say(
        "member",
        rf"{WE}(?:joined|join|did join) (?:the |a |an |my )?(?P<v>{FREE}(?:gym|club|choir|team|band|group|class|league|society|place|centre|center|course|orchestra|squad|union|crew))\b",
    ),
    say(
        "learning",
        rf"{WE}(?:signed up for|started|taking|enrolled (?:in|on)|doing|learning|studying) (?:the |a |an |some )?(?P<v>(?:[a-z]+ ){{0,2}}(?:classes|lessons|course|portuguese|spanish|french|german|italian|welsh|irish|japanese|chinese|sign language|pottery|cello|piano|guitar|violin|welding|sewing|carpentry|yoga|pilates|judo|karate|boxing|swimming|salsa|tango|ballet))\b",
        certainty=0.8,
        change="changed",
    ),
    # --- choosing
    say(
        "prefers",
        rf"\b(?P<v>{NOUN}) (?:seats? )?for me(?: from (?:now|here) on| please| now| always| every time){END}",
        certainty=0.75,
        change="changed",
    ),
    say(
        "prefers",
        rf"{WE}(?:prefer|rather have|always (?:take|book|go for)) (?:the |an? )?(?P<v>{FREE}){END}",
        certainty=0.75,
    ),
    say(
        "vote",
        rf"\b(?:change|changed|switch|switched|move) (?:my|our) vote to (?:the )?(?P<v>{NOUN}){END}",
        change="changed",
    ),
    say(
        "uses",
        r"\b(?:switch(?:ed|ing)?|mov(?:e|ed|ing)|migrat(?:e|ed|ing)|chang(?:e|ed|ing)|go(?:ing)?|went) (?:over |back )?(?:from (?P<o>[\w.+#-]{2,20}) )?to (?P<v>(?:[a-z]+ )?(?:postgres|sqlite|mysql|redis|kafka|docker|kubernetes|python|rust|typescript|react|vue|svelte|fastapi|flask|django|ruff|pytest|uv|poetry|pip|npm|yarn|pnpm|vim|emacs|vscode|linux|ubuntu|debian|macos|windows|android|ios|gmail|outlook|slack|signal|whatsapp|notion|obsidian)(?: \d[\d.]*)?)\b",
        change="changed",
        certainty=0.8,
    ),
)
"""Every pattern of talk that gives a value."""
