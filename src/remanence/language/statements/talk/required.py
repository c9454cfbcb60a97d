"""Words of which a clause must hold one for a pattern of talk to match: most patterns need not be tried on most clauses.

Made by scripts/required_words.py and keyed by the pattern: one that is not here is tried on every clause.
"""

# ruff: noqa: E501 - a table
from __future__ import annotations

from hashlib import blake2s


def required(pattern: str) -> frozenset[str]:
    """The words of a pattern; empty when any clause may match."""
    return WORDS.get(key(pattern), frozenset())


def key(pattern: str) -> str:
    """A short name of a pattern."""
    return blake2s(pattern.encode(), digest_size=5).hexdigest()


TABLE = """
064937a730 dating for married marrying seeing with
07014c5227 took
0727872224 got
08e8182b43 aaemia add adhd anaemia anxiety arthritis asthma autism back broken bronchitis chickenpox coeliac concussion covid crohn depression diabetes disease dyslexia eczema epilepsy fever flu fractured got gout hernia hypertension ibs infection insomnia kidney knee lupus measles migraine migraines pacemaker pneumonia pressure psoriasis rosacea sciatica shingles slipped sprained the tinnitus tonsillitis torn vertigo
0c2a74238e back from over to
0d79f3fb67 happen happened happening through
1126d2bf3d gig internship job placement position role
163ce098c5 my new our
1aa9ab9914 bp cholesterol glucose hba height iron pressure pulse shoe temperature waist weight
23b4598d87 called named
271c3e4fbd hair
274a83352b kg
27750af08d longer not
28046c8509 android debian django ios java macos mysql node numpy php postgres python react ruby rust sqlite torch ubuntu windows
2866ad2ca2 here moment now since
2a49fed1ee divorced engaged happily married officially recently separated single widowed
2bbafb36f8 for seat seats
2dc78bf016 to
3069d31ca7 rent
353bff00ac cm
37bff7e4d4 drink eat have touch
39e595bb7c rent
41b5441c0b rent
440d8748ea contract employer first offer payroll poached signed took
45d3026dce am belong belongs in is joined member play plays sing sings volunteer volunteering volunteers
4676c414ee so
469e4b8d36 at for in with
46c065bc92 in
47274c002e hired join joined joining start started starting starts work working works
49b5732932 fired gone leaving left moved quit resigned retired sacked
49f680db18 at with
4d82359d52 bday birthday day
4e5f6a3753 are aren is isn was
5419af2bca binned crashed gave got lost scrapped sold traded wrote
565ac277c6 money pay raise rise
59ca802f3c bye goodbye left swapped
5d63f89c6a gone
5eddc4d2c2 been hobby hooked into really swapped taken took
619505c7a6 bought finally invested new treated
62e6554da8 bailed called canceled cancelled doing dropping going pulled scrapped skipping
6392d9f164 hired offer took
64d2417655 am he i im is she
64dce1969d account bay branch budget case channel code codes combination combo deadline default desk dose extension flight floor frequency gate host iban id key length level limit locker lockers mobile number order passcode password phone pin plate platform port postcode ref reference release room schedule score seat serial shelf size table tag threshold ticket timeout track url version zip
67da0d2189 got has have with
6905f608b9 found got rented renting signed taken took
69092100ab hair
6922e72f0e basically dairy fully gluten halal keto kosher mostly pescatarian sober teetotal total ttotal vegan vegetarian veggie
69e5d01a83 and
6d8b561ecb hab habe
6d9907a8c6 vote
6f8e84e88e bye from left moved out swapped
711210840f my now our
7144f4a593 with
725d5d4727 day profession trade
756e03fb85 my our
78b3149b46 built moved run runs team
7a52652ad4 from
7cf9d81736 appelle chama chiama heet heisst heißt llama
80ba867633 boss line manager supervisor
823abcdc21 accepted attend attends enrolled graduated into mater studies study studying transferred
8274758c95 alergica alergico allergique allergisch alérgica alérgico
84419bf505 no
850d194e37 at with
86c66ae075 gekündigt kündige kündigt renuncio renuncié
87c01efa3e days hired living money nights qualified retrained shifts taken trained work worked working works
8e90ae7aeb work working works
90e30d5f24 the
9214ff5ae7 tall
9337136b51 i my still vote
9607e5f1cb my new our
971d737167 my now our
98226adb27 still
98b9f773ec down from with
99b1433277 rent
9b11866d0c last
9b542366c4 moved report reporting reports working
9dead2a61e on prescribed started take takes taking
9fe392c68d degree major majored majoring majors reading studies study studying switched
a100991db6 apartment bed flat hole house landlady landlord place room studio
a21f8a75f8 epi epipen
a2b58332cc no not
a2e10f73a6 kg
a33c59d90f bought got have myself ordered picked ve we
a52423bee8 boyfriend fiance fiancee fiancé fiancée girlfriend husband partner wife
a6771019e9 drive drives driving
a7acb1b435 made officially promoted role title
a88d716dec my new our
ac2bb660d1 born come comes from grew originally raised
b275b683ca allowance bill budget deposit fee hourly membership mortgage pension phone pocket premium price rate stundensatz subscription tuition
b3499123fc abitiamo abito adesso agora ahora gerade habite habito habitons jetzt maintenant moramos moro vivimos vivo wohne wohnen wonen woon
b63c816636 notice
b72dc721f9 earn earning make making paid pay salary wage
ba7f4eeb46 reaction to
baed5a154e been got they was
bc61fb3cbd comes hives intolerant react reacted reacts swell swells tolerate
bd902d4fdf now these
bf28dd45f7 still
bf5b3be38f employed hired joined joining moved payroll transferred transferring work working works
c1ca129a00 based flat home live lives living moved place relocated residing settled
c2262816e5 in
c57036685a my our
c66f2868bd reviews
c7d80ca542 there
c7e8e017e9 hair
cd88e108ec nach
d068200e69 adopted bought getting got has have own owns rescued
d1d384dc96 demenage demenagé deménage deménagé démenage démenagé déménage déménagé emmenage emmenagé emménage emménagé gezogen mudado mude mudei mudeme mudé mudéme trasferita trasferito umgezogen verhuisd ziehe
d36c3f5c02 a an my our
d5713c4a43 landlady landlord rent
d76e5df253 engaged finally married
d884cea86a rent
d95d62e002 alcohol beef caffeine cheese cilantro coffee coriander dairy egg eggs fish gluten lactose meat milk mushroom mushrooms nuts pork salt shellfish sugar wheat
daae791d76 start started starting starts
dac531ef7f allergy intolerance
dbd73693bf called canceled cancelled dead gone happening indefinitely now off over scrapped
dbf144fb88 on
dc182a34d4 arbeite arbeiten arbeitet trabaja trabajo
dcd24cb065 off
deb7d7f376 am he i im she
e02b021d4f cm
e044bf92a3 chucked jacked left lost packed quit
e1c22b439e nicked robbed stole
e6b03f32dd day days month months week weeks year years
e7f8945ad8 broke called over split
e888209f11 turned turning turns
eb7b029d8d earn earning earns make makes on pay pays raise salary up upped
efe3c7caed put puts
f14ebe8da6 ab from starting
f6a43c95bf became become made promoted the they
f7c74d2797 back down into out over to up
f814dce811 my our
f96283d919 asking cost costs going paid quoted went
f9d9ad55f2 currently live still
faf01bcf06 building busy leading leads project working writing
fb03d90dd6 ma mein meine meu mi mia mijn minha mio mon notre nuestra nuestro onz onze unser unsere
fb65176b5b engaged finally married
fbec6b82ba and
fc8adaa3ea class climbing club course desk garage gym insurance lessons membership nursery parking storage
fd617d8a72 start started starting starts
"""

WORDS = {row.split()[0]: frozenset(row.split()[1:]) for row in TABLE.splitlines() if row}
