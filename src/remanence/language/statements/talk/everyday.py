"""More ways of saying, of people and their days: age, health, pets, looks, study, clubs, prices."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.statements.talk.grammar import AMOUNT, END, FREE, NAME, ORG, PER, TITLE, Saying, say

_AGE = r"(?:\d{1,2}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|eighteen|nineteen|sixteen|seventeen|fifteen)"
_CONDITION = (
    r"(?:type [12] diabetes|diabetes|asthma|eczema|arthritis|epilepsy|the flu|flu|covid|pneumonia|bronchitis|tinnitus|vertigo|"
    r"anxiety|depression|insomnia|an?aemia|hypertension|high blood pressure|hay fever|psoriasis|coeliac disease|celiac disease|"
    r"adhd|add|autism|dyslexia|gout|sciatica|shingles|tonsillitis|measles|chickenpox|migraines?|rosacea|ibs|crohn['’]s|lupus|"
    r"(?:a )?(?:slipped disc|sprained \w+|broken \w+|torn \w+|fractured \w+|concussion|hernia|kidney stones?|chest infection|ear infection|bad back|bad knee|pacemaker))"
)
_DRUG = r"(?:[a-z]{3,14}(?:cillin|mycin|prazole|olol|statin|pril|sartan|formin|profen|cetamol|zepam|tidine|oxetine|tralin|mab|parin|terol|solone|zine|dipine|thyroxine)|insulin|aspirin|iron tablets|vitamin [a-z]\d{0,2}|magnesium|antibiotics|antihistamines|blood thinners|the pill|hrt)"
_ANIMAL = r"(?:dog|puppy|cat|kitten|hamster|rabbit|parrot|horse|pony|tortoise|turtle|fish|goldfish|snake|lizard|gecko|ferret|goat|hen|chicken|duck|guinea pig|budgie|terrier|corgi|beagle|labrador|lab|poodle|spaniel|husky|dachshund|greyhound|collie|tabby|whippet|retriever|alpaca|donkey|pig|rat|mouse)"
_CLUB = r"(?:club|team|band|choir|group|orchestra|society|squad|league|union|crew|church|committee|board|troupe|company|bank|cross|gym)"
_LOOK = r"(?:hair|eyes|skin|beard|moustache|mustache|glasses|dimples|freckles|fringe|braids|tattoos?|piercings?)"

EVERYDAY: tuple[Saying, ...] = (
    # --- people
    say("age", rf"\b(?:turned|turns|turning) (?P<v>{_AGE})\b(?! ?(?:%|percent|km|miles))", on="turned turns turning"),
    say(
        "age",
        rf"(?<=[a-z'’] )(?<!\bit['’]s )(?<!\bits )(?<!\bit is )(?<!\bit was )(?P<v>{_AGE}) ?(?:years old|years of age|yrs old|y/o|yo\b|years young)",
        on="old age y o yo young years yrs",
    ),
    say(
        "age",
        rf"\b(?:i['’]m|im|i am|s?he(?:['’]s| is)|(?-i:[A-Z][a-z]+) is) (?:now |only |just |already )?(?P<v>{_AGE})$",
        on="i'm im am is he's she's",
    ),
    say(
        "from",
        rf"\b(?:born(?: and raised)?|grew up|raised|(?:originally |comes? |am |is |['’]m )from)(?: in)? (?P<v>{NAME})",
        on="born grew raised from",
    ),
    say(
        "relationship",
        r"\b(?:got|is|am|['’]m|are|still|just|been) (?:still |now |just |happily |recently |officially )?(?P<v>married|engaged|divorced|single|widowed|separated)\b(?! (?:to|parent|mum|mom|dad|bed|room))",
        on="married engaged divorced single widowed separated",
        change="changed",
    ),
    say(
        "partner",
        rf"\b(?:my|our) (?:wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?)(?:['’]s name)? is (?:called |named )?(?P<v>{NAME})",
        on="wife husband partner girlfriend boyfriend fiancé fiancée fiance fiancee",
    ),
    say(
        "partner",
        rf"\b(?:married|marrying|dating|seeing|(?:['’]m|moved in|moving in|together|going out|back|in love) with) (?P<v>{NAME})(?: now|$)",
        on="with married marrying dating seeing",
        certainty=0.7,
    ),
    say(
        "looks",
        rf"\b(?:(?:has|have|got|['’]ve got)(?: my| the)?|(?:i am|i['’]?m|s?he is|s?he['’]s) [^.!?\n]{{0,30}}\bwith(?: an?)?) (?P<v>(?:(?!(?:my|your|the|his|her|their|any|no|wet|facial|is|a|an)\b)\w+ ){{1,2}}{_LOOK})\b",
        on="has have got i've hair eyes skin beard glasses dimples freckles",
        certainty=0.7,
    ),
    say(
        "hair",
        r"\b(?:dyed|coloured|colored|cut|bleached) (?:my|her|his|the) hair (?P<v>\w+(?: \w+)?)$",
        on="hair",
        change="changed",
    ),
    say("hair", r"\b(?:my|her|his) hair(?:['’]s| is)(?: now)? (?P<v>\w+(?: \w+)?)$", on="hair"),
    say(
        "hair",
        r"\b(?:went|gone|going) (?:back to )?(?P<v>\w+) (?:again )?with (?:the|my) hair\b",
        on="hair",
        change="changed",
    ),
    say(
        "pets",
        rf"\b(?:got|adopted|have|has|own|owns|rescued|bought|getting) (?:a |an |two |three |our |another )(?P<v>(?:[a-z]+ )?{_ANIMAL}s?\b(?: (?:called|named) {NAME})?)",
        on="got adopted have has own owns rescued bought",
        capitals=False,
        certainty=0.8,
    ),
    say("pets", rf"\b(?P<v>{NAME}) the {_ANIMAL}\b", on="the"),
    say(
        "pets",
        rf"\b(?:my|our) (?:new |old )?{_ANIMAL}(?:['’]s name)?(?: is)? (?:called |named )(?P<v>{NAME})",
        on="called named",
    ),
    say(
        "pets",
        rf"\b(?:my|our) (?:(?:pet|new|old|little|big|two|three|four|small|\d) ){{0,2}}(?P<v>(?!(?:chicken|fish|duck|pig|lab|mouse|rat)\b){_ANIMAL}s?|(?<=pet )(?:fish|pig|duck|chicken|mouse|rat))\b(?! (?:paintings?|photos?|pictures?|pics?|drawings?|portraits?|statue|tattoo|costume|mug|and rice|breast|house|hotel|food|park|walker|groomer|costume|shelter|person|lover))",
        on="my our",
        certainty=0.75,
    ),
    say(
        "owns",
        r"\b(?:my|our) (?:new |old |little )?(?P<v>(?:car|van|truck|motorcycle|motorbike|scooter|jeep|pickup|suv|tesla|prius|honda|toyota|ford|bmw|audi|mustang|camry|civic|jetta|yaris|fiesta|golf|polo)(?: (?:taurus|focus|fiesta|civic|accord|camry|corolla|prius))?)\b(?! (?:park|ride|insurance|payment|dealer|wash|club))",
        on="my our",
        certainty=0.75,
    ),
    # --- health
    say(
        "condition",
        rf"\b(?:diagnosed with|suffer(?:s|ing)? from|(?:came|come|coming|gone) down with|living with(?! (?:my|his|her|our|their|him|them|me|us|two|three|friends|family|the)\b)) (?:an? |the )?(?P<v>{FREE}){END}",
        on="diagnosed suffer suffers suffering down recovering living",
    ),
    say(
        "condition",
        rf"\brecovering from (?:an? |the |my |his |her )?(?P<v>(?:[\w-]+ ){{0,2}}(?:surgery|operation|injury|infection|illness|accident|stroke|cold|heart attack|{_CONDITION}))\b",
        on="recovering",
    ),
    say(
        "condition",
        rf"\b(?:has|have|got|['’]ve|with|off sick,?) (?:got )?(?P<v>{_CONDITION})\b",
        on="has have got i've with sick",
        certainty=0.8,
    ),
    say(
        "medicine",
        rf"\b(?:put|puts) (?:me|him|her|us|them|(?-i:[A-Z]\w+)) on (?P<v>{_DRUG}|[a-z]{5, 14}(?:in|ol|ine|ide|ole|ate|one|am|ex|yl))\b",
        on="put puts",
        change="added",
    ),
    say(
        "medicine",
        rf"\b(?:(?P<p>s?he)(?:['’]s| is| was) )?(?:prescribed|started|take|takes|taking|on) (?:me |him |her )?(?P<v>{_DRUG})\b",
        on="prescribed started take takes taking on",
        change="added",
    ),
    say(
        "allergy",
        r"\bno (?!more )(?P<v>[a-z]+(?: [a-z]+)?)(?: for me| please)?,? (?:i['’]m )?allerg",
        whole=True,
        on="allergic allergy",
    ),
    say("allergy", rf"\b(?:epipen|epi-pen)\b.{{0,20}}\b(?:because of|for|bc of) (?P<v>{FREE}){END}", on="epipen epi"),
    say(
        "allergy",
        rf"\b(?:react(?:s|ed)? badly to|(?:come|comes|came) out in hives from|can['’]t tolerate|intolerant to|swells? up from) (?P<v>{FREE}){END}",
        on="react reacts reacted hives tolerate intolerant swells swell",
    ),
    say(
        "diet",
        r"\b(?:on a |eats?|follow(?:s|ing)? a |(?<!\bit )(?<!\bthat )(?<!\bthis )is |am |['’]m |(?<!\bit)(?<!\bthat)['’]s |switched (?:from \w+ )?to |went |gone |now )(?:strictly |mostly )?(?P<v>vegan|vegetarian|veggie|pescatarian|gluten[- ]free|dairy[- ]free|sugar[- ]free|low[- ]carb|keto|paleo|raw vegan|halal|kosher)\b",
        on="vegan vegetarian veggie pescatarian free carb keto paleo halal kosher",
        change="changed",
    ),
    # --- work and study
    say("job", rf"\b(?P<v>{TITLE}) (?:by trade|by profession|by day)\b", on="by"),
    say(
        "job",
        rf"\b(?:living|money|nights|days|shifts|work(?:s|ed|ing)?|retrained|qualified|trained|hired|taken on) as (?:an? |the )?(?P<v>{FREE}){END}",
        on="as",
        certainty=0.8,
    ),
    say(
        "job",
        rf"\b(?:became|become|(?:they )?made (?:me|him|her)|(?:am|is|as|['’]m|['’]s) the new|promoted (?:\w+ )?to|i['’]m the) (?:an? |the |new )*(?P<v>{TITLE})\b",
        on="became become made new promoted the",
        change="changed",
    ),
    say(
        "job",
        rf"^(?:just )?(?:an? )?(?P<v>{TITLE}) (?:here|now|at the moment|since \w+)\b",
        on="here now moment since",
        certainty=0.8,
    ),
    say(
        "employer",
        rf"\b(?:i['’]m|im|i am) (?:at|with) (?P<v>{NAME})(?: now|$)",
        on="at with",
        certainty=0.75,
        change="changed",
    ),
    say(
        "employer",
        rf"\b(?:signed with|first day at|offer from|poached (?:me )?(?:from \w+ )?(?:to|by)|took (?:the|a) job (?:at|with)|contract with|on the payroll of|employer is) (?P<v>{ORG})",
        on="signed first offer poached took contract payroll employer",
        change="changed",
    ),
    say(
        "employer",
        rf"(?P<v>{NAME}) (?:hired (?:me|us)|took me on|made me an offer and i said yes)",
        on="hired took made",
        change="changed",
    ),
    say(
        "employer",
        rf"\b(?:goodbye|bye|swapped|left) (?P<o>{NAME}),? (?:hello|for|to|and started at|and joined|->) (?P<v>{NAME})",
        on="goodbye bye swapped left moved from",
        whole=True,
        certainty=0.7,
        change="changed",
    ),
    say(
        "boss",
        rf"\b(?:report(?:s|ing)? to|moved under|working under) (?P<v>{NAME})",
        on="report reports reporting moved under",
        change="changed",
    ),
    say(
        "boss",
        rf"(?P<v>{NAME})(?: is|['’]s| was made) (?:now )?(?:my|our) (?:new )?(?:line )?(?:manager|boss|supervisor)\b",
        on="manager boss supervisor",
    ),
    say(
        "boss",
        rf"(?P<v>{NAME}) took over (?:from (?P<o>{NAME}) )?as (?:my|our) (?:line )?(?:manager|boss|supervisor)",
        on="took",
        change="changed",
    ),
    say(
        "salary",
        rf"\b(?:makes?|earns?|earning|on|upped me to|pay me|pays me|salary is|raise to|up to) (?P<v>{AMOUNT}(?:{PER}))",
        on="make makes earn earns earning upped pay pays salary raise",
        certainty=0.75,
    ),
    say(
        "education",
        rf"\b(?:stud(?:y|ies|ying) at|got into|accepted (?:to|at)|enrolled at|transferred (?:from (?P<o>{NAME}) )?to|alma mater is|graduated from) (?P<v>{NAME})",
        on="study studies studying attend attends got accepted enrolled transferred alma graduated",
    ),
    say(
        "studies",
        r"\b(?:major(?:ing|ed|s)? in|stud(?:y|ies|ying)(?! at\b)|doing a degree in|switched (?:my major )?(?:from (?P<o>\w+(?: \w+)?) )?to|reading) (?P<v>(?:[a-z]+ )?(?:history|medicine|law|maths|mathematics|physics|chemistry|biology|economics|philosophy|psychology|architecture|engineering|music|art|design|english|literature|politics|political science|sociology|geography|geology|nursing|education|theology|astronomy|computer science|linguistics|archaeology|accounting|bookkeeping|welding|pottery))\b",
        on="major majoring majored majors study studies studying degree switched reading",
        change="changed",
    ),
    say(
        "working on",
        rf"\b(?:working on|busy (?:with|w/)|my project is|writing|leads|leading|building) (?P<v>(?:the|a|an|my|our) {FREE}){END}",
        on="working busy project writing leads leading building",
        certainty=0.7,
    ),
    say(
        "member",
        rf"\b(?:i['’]m in|is in|am in|member of|play(?:s)? in|sing(?:s)? in|volunteer(?:s|ing)? (?:with|at|for)|joined|belongs? to) (?:a|an|the|our|my) (?P<v>(?:[\w-]+ ){{0,3}}{_CLUB})\b",
        on="in member volunteer volunteers volunteering joined belong belongs play plays",
    ),
    say(
        "hobby",
        r"\b(?:took up|taken up|got into|been into|really into|hooked on|my (?:new )?hobby is|swapped (?P<o>\w+) for) (?P<v>[a-z]+ing|judo|karate|chess|tennis|golf|yoga|piano|guitar|cello|pottery|origami|badminton|football|volleyball|rugby)\b",
        on="took taken got been really hooked hobby swapped",
        change="added",
    ),
    # --- where
    say(
        "home",
        rf"\b(?:based in|live(?:s)? (?:out )?in|(?<!of )living in|settled (?:down )?in|at home in|place is in|flat is in|home is|moved (?:out |back )?to|relocated to|residing in) (?P<v>{NAME})",
        on="based live lives living settled home place flat moved relocated residing",
        change="changed",
    ),
    say(
        "home",
        rf"\b(?:swapped|left|(?:moved|moving|relocated) from|out of|bye) (?P<o>{NAME})\b.{{0,20}}\b(?:for|to|hello|in|now|home is) (?P<v>{NAME})(?: (?:now|is home))?",
        on="swapped left moved moving relocated bye out",
        whole=True,
        certainty=0.7,
        change="changed",
    ),
    say(
        "home",
        rf"^(?:i['’]m |im |we['’]re )?in (?P<v>{NAME}) (?:now|these days)\b",
        on="in",
        certainty=0.8,
        change="changed",
    ),
    # --- money and things
    say(
        "price",
        rf"\b(?:paid|cost(?:s)?(?: me)?|quoted (?:me|us)|went for|going for|asking) (?P<v>{AMOUNT}(?:{PER})?)(?! ?(?:%|percent|hours|years|minutes|km|kg))(?= |$|[.,!])",
        on="paid cost costs quoted went going asking",
        certainty=0.7,
    ),
    say("rent", rf"\b(?:pays?|paying) (?P<v>{AMOUNT}(?:{PER})?) (?:in |of )?rent\b", on="rent"),
    say("rent", rf"\b(?P<v>{AMOUNT}) rent\b", on="rent", certainty=0.75),
    say(
        "rent",
        rf"\brent\b.{{0,20}}\bfrom (?P<o>{AMOUNT}(?:{PER})?) to (?P<v>{AMOUNT}(?:{PER})?)",
        on="rent",
        change="changed",
    ),
    say(
        "{a}",
        r"\b(?P<a>(?:wifi |wi-fi |alarm |door |gate |bike lock |pin |access |booking )?(?:code|password|username|reference|pin|combination|login))(?: is|['’]s|:| =| changed| now)*(?: from (?P<o>[\w-]{3,24}))?(?: to| now| is)? (?P<v>(?=[\w-]*\d)[\w-]{4,24})\b",
        on="code password username reference pin combination login",
        certainty=0.8,
    ),
    say(
        "car",
        rf"\b(?:drive(?:s)?|driving) (?:an? |my |the |our )?(?:old |new |used )?(?P<v>{NAME}(?: (?:van|car|estate|hatchback|sedan|jeep|pickup))?)\b",
        on="drive drives driving",
        change="changed",
    ),
    say(
        "owns",
        r"\b(?:treated (?:my|him|her)self to|new toy:|invested in|finally (?:got|bought)|bought) (?:an? |my |the |two )?(?P<v>(?:[\w-]+ ){1,3}?(?:bookshelf|watch|machine|wetsuit|keyboard|guitar|greenhouse|cabin|boat|telescope|camera|violin|piano|sofa|desk|oven|kayak|tent|printer|drone|bike|scooter))s?\b",
        on="treated toy invested finally bought",
    ),
    say(
        "uses",
        r"\b(?:runs? on|we run|moved off (?P<o>\w+)[, ]+(?:it['’]s |we['’]re on |now )?|built (?:on|with)|team runs) (?P<v>(?-i:[A-Z])[\w.+#]{2,20})(?: now|$)",
        on="run runs moved built",
        certainty=0.8,
        change="changed",
    ),
    say(
        "birthday",
        r"\b(?:birthday|bday|b-day)(?: is|['’]s|:)?(?: on)?(?: the)? (?P<v>(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{1,2}(?:st|nd|rd|th)?)?|\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:january|february|march|april|may|june|july|august|september|october|november|december)))\b",
        on="birthday bday b day birthday's",
    ),
)
"""Patterns that run only where one of their words occurs."""
