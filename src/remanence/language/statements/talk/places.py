"""Where people live in chats without capitals: "we moved to leeds", "we're in otley now, tiny house": rows of sayings."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.common_words import FUNCTION_WORDS, VERBS, listed
from remanence.language.statements.talk.grammar import Saying, sayings
from remanence.language.tools import SOFTWARE

NO_PLACES = (
    FUNCTION_WORDS
    | VERBS
    | frozenset(one for one in SOFTWARE if one.isalnum())
    | listed(
        """that there here somewhere anywhere nowhere another different several various bigger smaller better cheaper
        nicer larger old one two three first second next last later earlier top bottom left right front back side
        together alone separately apart abroad home town towns city cities country village nature countryside suburbs
        suburbia flat flats house houses apartment apartments student students halls dorms digs shared rented temporary
        sheltered assisted council accommodation peace harmony fear hope poverty luxury pain denial comfort exile hiding
        limbo chaos squalor silence shame misery constant pyjamas pajamas jeans sin dread paradise heaven hell trouble
        love bed hospital prison jail school class nursery reception year grade charge control stock shape hurry mood
        luck danger debt need use season bloom touch doubt tears decaf oat almond soy vegan plant solids bottles formula
        insulin phonics juniors seniors nights days shifts afternoons mornings evenings weekends weekly monthly daily
        biweekly remote hybrid part full half management marketing sales finance engineering support operations ops hr
        accounts accounting consulting research legal design product procurement logistics security payments platform
        infra infrastructure frontend backend mobile plan option version phase stage step level gas diesel solar
        renewables electric induction cash card email paper digital english german french spanish italian dutch spring
        summer autumn fall winter today tomorrow tonight yesterday noon midnight production prod staging
        cloud serverless microservices monorepo main master branch archive spam trash drafts inbox folder redis aws gcp
        azure hetzner heroku vercel netlify cloudflare digitalocean supabase firebase docker podman kubernetes helm
        terraform ansible nix bazel gradle maven cmake zig graphql grpc json yaml toml parquet csv snowflake bigquery
        databricks elasticsearch opensearch grafana datadog sentry stripe shopify wordpress figma notion linear jira
        asana trello bitbucket zoom gmail outlook proton dropbox drive excel sheets obsidian android ios vite webpack
        deno node scrum kanban agile sprints okrs leggings shorts trainers hoodies scrubs heels sandals boots bedroom kitchen garage loft
        attic basement cellar office offices premises headquarters desk table row seat room upstairs downstairs reserve defence midfield goal"""
    )
)
"""Words that people live in or move to, and that are no places."""
WORDS = r"""
ADVERB; (?:now|just|finally|officially|actually|currently|still|also|both|recently|since|all|only|happily)
KIN; \b(?:my|our) (?:[a-z]{3,8} )?(?:sister|brother|mum|mom|mother|dad|father|son|daughter|parents|cousin|aunt|uncle|nan|gran|grandma|grandmother
|grandad|grandfather|niece|nephew|friend|boss)(?: <ONE>)?
PERSON; (?:\b(?:i|we)|<KIN>|(?:^|[.!?;,] |\band )(?:s?he|they))(?:['’]?(?:m|ve|re|d|s)\b)?
WHO; (?:<PERSON>(?: <ADVERB>| am| are| is| have| has| been){0,4} |^\W*(?:(?:<ADVERB>|and|so|been|have) ){0,3})
PLACE; (?-i:(?!(?:<NO_PLACE>|(?!reading|worthing|woking|epping|dorking|kettering|beijing|wyoming)[a-z]+ing|(?!sicily|italy|philly)[a-z]+ly|[a-z]+(?:ment|tion|ness|ism|ship)|[a-z]*days?)\b)(?:(?:new|san|los|las|north|south|west|east|st|fort|el|santa|rio|hong|great|little|upper|lower|milton|port|tunbridge|saint) (?!(?:<NO_PLACE>)\b))?[a-zà-ÿ]{3,15}(?:-[a-z]{2,12}){0,3}(?: (?:upon|on) (?:trent|avon|thames|tyne|tees|sea|wye|dee))?)(?<!-a)(?<!-the)
AFTER; (?=\s*(?:$|[.,:;!?)\n–—]|- )|\s(?:and|but|now|with|near|so|for|since|because|where|too|right|currently|at|by|last|this|next|in|when|about
|back|from|after|before|until|as|these|again|together|alone|permanently|to|we|i|it|he|she|they|an? (?:year|month|week|few|couple|while|bit)|two
|three|four|five|six|ten|ages|years|months|weeks|just|lol|btw|haha|yesterday|today|the (?:year|week|month|day|other)|on|over|during|around|who|tho|though
|cos|bc|already|anymore|any more|atm|#+)\b|\s#)
SETTLED; (?:box(?:es)?|unpack\w*|moved|move|house|flat|garden|neighbou?rs?|landlord|landlady|rent|keys|spare room|place)
AWAY; (?:airbnb|b&b|hotel|hostel|holidays?|hols|weekend|visit\w*|trip|camp\w*|train|station|airport|conference|festival|for the (?:week|day|night)
|until|till|back (?:on|by|home)|pub|hospital)
"""
"""Words of this table, with what they stand for."""

PLACES: tuple[Saying, ...] = sayings(
    r"""
home; small .75; <WHO>(?:liv(?:e|es|ing)|based|settled|resid(?:e|es|ing))(?: <ADVERB>| down| out| over| up| back){0,2} in (?P<v><PLACE>)<AFTER>
home; changed small .75; <WHO>(?:moved|relocated|emigrated)(?: house| back| over| out| up| down| away| again){0,2}(?: from (?P<o><PLACE>))? to (?P<v><PLACE>)<AFTER>
home; ended small .75; <WHO>(?:moved|relocated)(?: away| out| back){0,2} from (?P<v><PLACE>)(?! to\b)<AFTER>
home; ended small .75; \b(?:i|we) (?:used to|don['’]?t|do not|no longer) live in (?P<v><PLACE>)<AFTER>
home; planned small .75; \b(?:i['’]?m|we['’]re|i am|we are)(?: <ADVERB>| definitely){0,2} moving (?:back |out |over |up |down )?to (?P<v><PLACE>)<AFTER>
home; changed turn small .75; ^(?![^?]{0,200}\b<AWAY>\b)[^?]{0,120}?\b(?:i['’]?m|we['’]?re|i am|we are)(?: <ADVERB>){0,2} in (?P<v><PLACE>)(?: now| these days|[^.!?]{0,20} at last)\b[^?]{0,100}?\b<SETTLED>\b
home; changed turn small .75; ^(?![^?]{0,200}\b<AWAY>\b)[^?]{0,100}?\b<SETTLED>\b[^?]{0,80}?\b(?:i['’]?m|we['’]?re|i am|we are)(?: <ADVERB>){0,2} in (?P<v><PLACE>)(?: now| these days|[^.!?]{0,20} at last)\b
from; small .75; (?:\b(?:i|we)(?:['’]?m|['’]?re| am| are| was| were)? |^)(?:grew up|born(?: and (?:raised|bred))?|raised) in (?P<v><PLACE>)<AFTER>
from; small .75; \b(?:i|we)(?:['’]?m|['’]?re| am| are| come)? ?(?:originally |both )(?:come )?from (?P<v><PLACE>)<AFTER>
""",
    WORDS,
    NO_PLACE="|".join(sorted(NO_PLACES)),
)
