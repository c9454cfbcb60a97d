"""The words that clauses are read by: who is kin, what can be owned, what is a colour, a trade, a unit, no thing."""

from __future__ import annotations

from remanence.language.common_words import listed

HER = listed(
    """mother mum mom mama sister sis daughter wife girlfriend gf aunt auntie niece grandma gran nan nana
    grandmother granddaughter fiancée fiancee landlady stepdaughter stepsister stepmother godmother
    mother-in-law sister-in-law daughter-in-law woman girl lady"""
)
"""Whom "she" means."""
HIM = listed(
    """father dad papa brother bro son husband boyfriend bf uncle nephew grandpa grandad granddad grandfather
    grandson fiancé fiance landlord stepson stepbrother stepfather godfather father-in-law brother-in-law
    son-in-law man guy boy bloke"""
)
"""Whom "he" means."""
EITHER = listed(
    """partner spouse child kid baby twin eldest oldest youngest cousin friend neighbour neighbor colleague
    coworker co-worker flatmate roommate housemate boss manager supervisor teacher tutor doctor gp dentist
    physio therapist coach trainer vet lawyer accountant nanny midwife hairdresser apprentice intern assistant
    goddaughter godson stepchild cleaner carer nurse surgeon optician mentor student pupil client customer
    tenant lodger"""
)
"""Who may be either."""
PEOPLE = HER | HIM | EITHER
BEASTS = listed(
    """dog puppy pup cat kitten hamster rabbit bunny parrot budgie horse pony tortoise turtle goldfish snake lizard
    gecko ferret goat donkey guinea beagle corgi labrador lab poodle spaniel husky dachshund greyhound collie
    whippet terrier tabby retriever cockatiel canary mare foal tomcat alpaca pet"""
)
COLOUR = (
    r"(?:(?:dark|light|bright|pale|deep|navy|sky|mint|sage|olive|forest|bottle|lime|royal|baby) )?(?:black|blue|brown|"
    r"beige|bronze|burgundy|charcoal|cream|crimson|gold|golden|green|grey|gray|indigo|ivory|khaki|lilac|maroon|mustard|"
    r"navy|ochre|orange|pink|purple|red|scarlet|silver|teal|turquoise|violet|white|yellow)(?!-\w)"
)
"""A colour, with its shade."""
DIET = (
    r"(?:vegan|vegetarian|veggie|pescatarian|teetotal|(?:gluten|lactose|dairy|sugar)[- ]free|"
    r"(?:lactose|gluten|fructose) intolerant|halal|kosher|keto|coeliac|celiac)"
)
UNIT = (
    r"(?:cm|mm|km|m|kg|g|grams?|kilos?|kilometres?|kilometers?|miles?|metres?|meters?|centimetres?|feet|foot|inch(?:es)?|"
    r"litres?|liters?|ml|mg|mcg|micrograms?|milligrams?|gb|tb|mb|gigabytes?|terabytes?|watts?|volts?|volt|amps?|degrees|"
    r"pounds|stone|points?|pieces|pages|people|persons?|seats?|square metres?|m2|sqm|ounces|oz|tonnes?|tons?|percent|%)"
)
NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|"
    r"seven|eight|nine))?|a hundred)"
)
MONEY = (
    r"(?:[$€£]\s?\d[\d.,]*(?<=\d)k?|\d[\d.,]*(?<=\d)k?\s?(?:euros?|quid|pounds|dollars|bucks|eur|usd|gbp|chf|kr|kronor|"
    r"kroner|crowns|francs|zloty|zł|lira|yen|rupees|pesos|cents|pence|€|£|\$)|"
    rf"{NUMBER_WORD} (?:euros|pounds|dollars|quid|francs|crowns|zloty))"
    r"(?:(?:\s(?:a|an|per|each|every)|/)\s?(?:month|week|year|hour|day|night|head|person|session|lesson|kilo|piece|go|seat|"
    r"ticket|metre|box|bag)|\s(?:monthly|weekly|yearly|net|gross|each))?"
)
THINGS = listed(
    """accordion album amp amplifier anorak armchair aquarium backpack bag banjo barbecue barn basket bass bathtub
    bed belt bench bicycle bike binoculars blanket blazer blender boat bookcase bookshelf boots bow bowl
    bracelet briefcase buggy bus cabin cabinet camcorder camera camper campervan canoe cap car caravan cardigan
    cargo carpet cello chair chainsaw chest clarinet clock coat computer console cooker cot couch cupboard
    curtains desk dinghy dishwasher drill drone dress drums drumkit dryer drysuit duvet earphones earrings
    e-bike espresso fan fiddle flute freezer fridge garage garden gloves glasses grill greenhouse guitar hammer
    hammock handbag harmonica harness harp hat headphones headset heater hedge helmet hoodie hoover hose hut
    iphone ipad jacket jeans jeep jersey jumper kayak kettle keyboard kiln kit kite knife ladder lamp laptop
    lawnmower lens loom lorry macbook machine mandolin mattress microphone microwave mixer monitor moped
    motorbike motorcycle mower mug necklace netbook notebook oven paddle paddleboard pan parka pen pendant phone
    piano pickup pillow pram printer projector puffer pump pushchair racket raincoat raft rake ring rollers
    router rowboat rucksack rug sandals saucepan saw sax saxophone scanner scarf scooter screen scythe shed
    shirt shoes skateboard skates skirt skis sled sleigh sneakers snowboard sofa spade speaker speakers stand
    stapler stereo stove strimmer stroller suit suitcase sunglasses surfboard sweater sweatshirt synth
    synthesizer table tablet tandem tattoo telescope television tent terrarium till toaster torch tractor
    trailer trainers trampoline tricycle trombone trousers trumpet tuba tv typewriter ukulele umbrella unicycle
    vacuum van vase vest viola violin waistcoat wallet wardrobe washer watch waterproof wetsuit wheelbarrow
    wheelchair yacht allotment balcony campsite flat house apartment studio workshop boathouse cottage plot"""
)
"""Nouns of what one owns."""
SORT_OF = (
    r"(?:(?:an?|new|old|used|second-hand|little|small|big|huge|large|tiny|wooden|leather|woollen|electric|vintage|cheap|"
    r"folding|inflatable|spare|silly|ancient|battered|lovely|beautiful|proper|double|single|cast-iron|carbon|steel|"
    rf"silver|plastic|hand-me-down|{COLOUR}|\d{{4}}) )"
)
"""What stands in front of a thing and says how it is."""
BARE = (THINGS - listed("bus")) | listed(
    """wifi password code pin login username hotel landlord landlady deadline rent salary fee deposit budget
    insurance membership training tariff provider treasurer captain prof professor teacher coach dentist doctor
    vet surgeon technician driver contact plumber electrician photographer florist caterer midwife nurse warden
    foreman organiser supplier customer client bank gym school kindergarten electricity internet gas delivery
    check-in checkout pickup parking entrance entry admission tickets ticket seat seats rehearsal rehearsals
    practice keynote venue"""
)
"""Nouns that stand alone at the head of a clause: "hotel is the Casa Azul"."""
NO_THING = listed(
    """hour minute session euro thing things plan idea point problem question answer reason day week weekend month
    year life mind mood way luck fault pleasure turn guess hope feeling part bit lot side case fact truth rest
    one ones most best worst first last next same time moment place world head heart face eyes hand hands back
    story trouble issue trick concern advice opinion job favourite fave goal dream excuse only thought morning
    evening night today tomorrow name stuff everything something anything nothing everyone result reply message
    mail weather news"""
)
"""Nouns of which "is" says nothing that lasts."""
SCHOOL = (
    r"(?:school|kindergarten|nursery|college|university|uni|academy|gymnasium|lyc[eé]e|institute|polytechnic|crèche|"
    r"playgroup|grammar|primary|high school|conservatory)"
)
BODY = listed(
    """ankle arm back collarbone ear elbow eye finger foot hand head heel hip jaw knee knees leg neck nose rib shin
    shoulder shoulders skin stomach throat thumb toe tooth wrist"""
)
CLUB = (
    r"(?:club|choir|team|band|orchestra|society|league|union|crew|squad|runners|rowers|harriers|wanderers|rovers|united|"
    r"ensemble|quartet|troupe|scouts|guides)"
)
SPORT = listed(
    """football soccer rugby hockey tennis badminton squash volleyball basketball handball netball cricket golf
    chess baseball softball lacrosse darts snooker bridge poker go padel ultimate waterpolo"""
)
TUNE = listed(
    """piano cello violin viola guitar bass drums flute clarinet oboe bassoon trumpet trombone horn tuba saxophone
    sax harp organ accordion ukulele banjo mandolin recorder harmonica fiddle double-bass bagpipes sitar lute
    zither"""
)
PASTIME = listed(
    """judo karate yoga pilates ballet gymnastics boxing climbing bouldering fencing rowing swimming pottery
    ceramics taekwondo aikido tango salsa zumba archery sailing kung-fu jiu-jitsu capoeira athletics parkour
    knitting"""
)
TRADE = (
    r"(?:[a-z]{3,}(?:er|or|ist|ian|yst|eur|smith|wright|man|woman|ant|ent)|nurse|chef|cook|clerk|coach|judge|pilot|intern|"
    r"midwife|au pair|captain|bosun|treasurer|vet|barista|apprentice|trainee|surgeon|architect|guide|estimator|lead|"
    r"goalkeeper|striker|secretary|mate|steward|paralegal|postie|joiner|temp|headteacher|warden|ranger|chair)"
)
NO_TRADE = listed(
    """bit fan lover believer member person user customer owner beginner mother father sister brother parent mix
    loser winner better other another number matter dinner reminder survivor supporter newcomer sucker reader
    listener learner killer bummer factor color monster disaster super corner letter paper partner daughter
    human woman man patient giant elephant present moment different client student excellent important apartment
    accident event agent instant pleasant brilliant distant elegant significant hunter water winter summer
    summer's computer printer trailer shower power error mirror colour minor major terrier retriever setter
    rottweiler labrador christian vegetarian italian russian indian asian brazilian canadian australian
    ukrainian norwegian norman german roman dancer liar foreigner stranger teenager twin dreamer hoarder drinker
    smoker sleeper eater swimmer hugger whisker racer runner outlier plaster cluster monitor mentor comfortable
    chancer cancer starter cracker player never ever together later over"""
)
"""Words with the ending of a trade that are none: what one is like, or that one is of a sort only."""
PAYMENTS = listed(
    """rent salary wage pay fee deposit budget share rate allowance bill pension bonus fine debt excess total
    subscription membership mortgage premium loan balance savings price cost offer quote"""
)
"""Things that are an amount: their price is what they are."""
PLACED = listed(
    """key keys password manual meter router box passport spare certificate charger receipt instructions hammer
    entrance bell mailbox toilet torch kit fuse switch valve tap bin office studio workshop hotel gym garage
    parking seat desk locker printer server fern code card bag book ladder lamp freezer fridge first-aid shop
    practice clinic surgery kettle"""
)
"""Things that have a place of their own: where others are changes by the hour."""
GOERS = listed(
    "team group class crew bus train tram ferry plane flight road path street everyone gang band party tour trip"
)
"""What goes somewhere itself, and is not sent there."""
CARS = (
    r"(?:audi|bmw|citro[eë]n|corsa|clio|civic|corolla|cupra|dacia|duster|fabia|fiat|fiesta|focus|ford|golf|honda|hyundai|"
    r"jeep|kangoo|kia|lada|mazda|mercedes|mini|mustang|nissan|octavia|opel|panda|passat|peugeot|polo|porsche|prius|renault|"
    r"seat|sharan|skoda|smart|sprinter|subaru|suzuki|tesla|touran|toyota|transit|transporter|vespa|vw|volkswagen|volvo|"
    r"yaris|zoe|thinkpad|macbook|roomba|nikon|canon|leica|miele|bosch|dell)"
)
"""What people call a thing of theirs by its make."""
