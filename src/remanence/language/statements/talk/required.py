"""Words of which a clause must hold one for a pattern of talk to match: most patterns need not be tried on most clauses.

Made by scripts/required_words.py and keyed by the pattern: one that is not here is tried on every clause.
"""

# ruff: noqa: E501 - a table
from __future__ import annotations

from remanence.language.required import key


def required(pattern: str) -> frozenset[str]:
    """The words of a pattern; empty when any clause may match."""
    return WORDS.get(key(pattern), frozenset())


TABLE = """
024848a411 kg kilos
028cbd622f he on prescribed she started take takes taking was
02d5d79672 also currently just still work working
030307034f up
05fd8174bd class form grade year
0685825100 arbeite arbeiten arbeitet beginne beginnt
07014c5227 took
076552de1f demo prod production staging
07c7d5ee82 don dont not
0825916285 now use
0860e99935 homed rehomed
086ec8df6b on
08e8182b43 aaemia add adhd anaemia anxiety arthritis asthma autism back broken bronchitis chickenpox coeliac concussion covid crohn depression diabetes disease dyslexia eczema epilepsy fever flu fractured got gout hernia hypertension ibs infection insomnia kidney knee lupus measles migraine migraines pacemaker pneumonia pressure psoriasis rosacea sciatica shingles slipped sprained the tinnitus tonsillitis torn vertigo
0a4ba2976a iniziato lavora lavoro
0ab0896882 commence commencé travaille travaillons
0bd7a75fac key password wi wifi
0c0fdd48ca empecé empezado empezó empiezo
0c2a74238e back from over to
0c4733f200 finally in officially
0d79f3fb67 happen happened happening through
0f9ad51e61 going leaves leaving left retired retiring
121420de49 sopporto supporte tolero tollero tolère vertrage verträgt
12d3d10977 contract internship job placement stint traineeship
13194466b8 react reacted reacts
136ee2c86f adesso agora ahora ben bin devenu devenue diventata diventato es est ich ist jetzt maintenant nu nun ora sono sou soy suis virei vuelto wird è
14da3242bf down
14ed3bb2ce switch switching
163ce098c5 my new our
168c5175bb mobile number phone
16a0c62816 geen
17164a23ff from
174c910917 for
1776c4356f got
183058fc8f start started starting starts
1a1b8a436f collected finally picked
1a211554bc ditch ditched ditching get getting got gotting revert reverted reverting rip ripped ripping roll rolled rolling scrap scrapped scrapping undid undo undoing
1a94963ec7 arrived came delivered finally here morning today turned yesterday
1aa9ab9914 bp cholesterol glucose hba height iron pressure pulse shoe temperature waist weight
1afac1ea06 called canceled cancelled dead gone happening indefinitely now off over scrapped
1cfaed1710 bike camera car guitar laptop new phone tablet van
1d16581ef3 put puts started
1de8df815c in
1ec969f0d8 a al alla alle ao au aux la las los à
1f2cbc8eef accepted got landed took
1fbf21adca work working works
235a46ac60 demenage demenageons demenagé deménage deménageons deménagé démenage démenageons démenagé déménage déménageons déménagé emmenage emmenagé emménage emménagé gezogen mudado mudamos mude mudei mudeme mudo mudome mudé mudéme trasferisco trasferita trasferito umgezogen verhuis verhuisd ziehe ziehen zieht
23b4598d87 called named
249b61dd64 dairy fructose gluten histamine lactose
24ced8e258 bevo mangio prendo
2502cb85bd forward give pass route send sends
25e3557630 day profession trade
25eec209cb allergy
271c3e4fbd hair
2726cded8a hired they
274a83352b kg
281176a099 dairy even gluten keto pescatarian really vegan vegetarian veggie
28126a4393 pay paying pays
28149d8cb1 from
28b471ade7 all altogether total
29121d3099 comecei trabalha trabalho
293c6050c8 vive viven vivimos vivo
2a49fed1ee divorced engaged happily married officially recently separated single widowed
2b0b5757a6 covered sorted
2b8a77f444 accepted enrolled graduated into mater studies study studying transferred
2bbafb36f8 for seat seats
2cdd7c2a59 one
2d693e736f over
2d6d928290 mais
2d93713f76 afternoon afternoons evening evenings friday fridays monday mondays morning mornings saturday saturdays sunday sundays thursday thursdays tuesday tuesdays wednesday wednesdays
2dc78bf016 to
2e406c39a0 made
3012c4f58a meat milk only
3069d31ca7 rent
306eb8ba7c mais
31bbc67aa3 bailed called canceled cancelled doing dropping going pulled scrapped skipping
31edf80460 away
3203d8d810 change changed changing mind switch switched switching
353bff00ac cm
356bc33a9f plus
36969c55ee longer
37bff7e4d4 drink eat have touch
38bd406b8e alcohol beef bread caffeine carbs cheese chocolate coffee dairy eggs fish gluten meat milk pork salt soda sugar wheat
38cb90777f got has have with
39e595bb7c rent
3b09e2cba5 alergica alergicas alergico alergicos allergica allergico allergique allergisch alérgica alérgicas alérgico alérgicos
3fb7e4fa4c kein keine keinen keinn
402a23e167 canceled cancelled close closed closes closing resolved
405e66b787 android debian django ios java macos mysql node numpy php postgres python react ruby rust sqlite torch ubuntu windows
41a31a5ff3 apartment flat hole house landlady landlord place room studio
41b5441c0b rent
432072f8d8 bring bringing can make take
450ea79a2f bought got leased myself ourselves picked
45321cf4eb wagon
4532c7d4f5 nicht
45d3026dce am belong belongs in is joined member play plays sing sings volunteer volunteering volunteers
4633acc9d8 mehr
4676c414ee so
46c065bc92 in
492618aa86 for
49b5732932 fired gone leaving left moved quit resigned retired sacked
49eea6e10d from now today
49f680db18 at with
4a9b6a7503 bringing brings
4bf7245348 still
4d1df923f8 down euthanised euthanized sleep
4d82359d52 bday birthday day
4da5ceaf9e binds listening listens still
4e5f6a3753 are aren is isn was
4ece7872e4 habite habitent habites habitons
508d8a1e35 bought found got rented renting signed
51f69380a2 traded
52546bc887 cm
5273c7c4f4 about around be comes cost costs is it its makes now only so that works
52f41cf1d3 at for in with
5419af2bca binned crashed gave got lost scrapped sold traded wrote
565ac277c6 money pay raise rise
56b49bf4d4 changed swapped switched
56d868afad my our
56fe00cd51 bei bij chez presso
590cec9016 been being flew flown given got ran run was
594b4d3a31 last now these
59ca802f3c bye goodbye left swapped
59f67d166f give gives make makes mouth throat tongue
5b78f3abfb not
5d63f89c6a gone
5d8e6dd1c1 became become made promoted the they
5e5f5fc463 bring bringing
5e85e2bbc5 away
5eddc4d2c2 been hobby hooked into really swapped taken took
5feb99bab1 cm
619505c7a6 bought finally invested new treated
623e38e30a down for still vote voting
631a94d24a from
6392d9f164 hired offer took
63cc1847b9 my our the
64d2417655 am he i im is she
64dce1969d account bay branch budget case channel code codes combination combo deadline default desk dose extension flight floor frequency gate host iban id key length level limit locker lockers mobile number order passcode password phone pin plate platform port postcode ref reference release room schedule score seat serial shelf size table tag threshold ticket timeout track url version zip
652fc69a0a at to
654dacbc95 rename renamed renaming
65cd5a0ca4 doctor dr miss mr mrs ms prof
670d15bb1f works
68012bd6bf seeing
6905f608b9 found got rented renting signed taken took
69092100ab hair
6922e72f0e basically dairy fully gluten halal keto kosher mostly pescatarian sober teetotal total ttotal vegan vegetarian veggie
6b6d6566fb ordered
6cfab3fd81 bring
6d9907a8c6 vote
711210840f my now our
71308041b3 ll will
7144f4a593 with
714caf01c9 avoid avoiding can cannot cant have longer more mustn mustnt near shouldn shouldnt stay staying touch
719b216c53 born grew raised were
72d655d531 back dating going love married marrying moved moving seeing together with
72f67607b5 deixei dejado lasciato quitté
74c6eeffbd been being didn died down euthanised euthanized killed over passed sleep were
787f083c3d down euthanised euthanized sleep
78a74e1205 and finally now off
78b3149b46 built moved run runs team
78c9957322 bye goodbye
79746a8716 come from
79ce56cf61 and
7a52652ad4 from
808dc0d6f5 based flat home live lives living moved place relocated residing settled
80ba867633 boss line manager supervisor
8274758c95 alergica alergico allergique allergisch alérgica alérgico
82cf71cfc4 arbeite autoentrepreneus autoentrepreneuse autónoma autónomo autônoma autônomo bin employed entrepreneus entrepreneuse freelance freelancer freelancing freiberufler freiberuflerin freiberuflich professionista selbstständig selbständig soy suis work working works zzp zzper
83ca0e8fb8 new
84edaff7c9 lavora lavoro
8526a4398f niet
86535a7710 been being didn died down euthanised euthanized killed over passed sleep were
86c66ae075 gekündigt kündige kündigt renuncio renuncié
875fb203b3 trabaja trabajo
87677ed9dd am he i im she
87c01efa3e days hired living money nights qualified retrained shifts taken trained work worked working works
8836b721f2 down from with
8857cf2e68 gig internship job placement position role
895c18cbe1 call email mail message phone ring text write
898cfa4b30 changed moved moving put switched
8afb1c8159 vote
8d4a04e569 earn get make now on
8e1ac8861a empleo trabajo
8e5e69d206 listening listens moved on runs
8f2a3b18fc with
8f37660128 bonus excess fine refund voucher
8f70870612 work working works
90ae2d6549 call called named
90e30d5f24 the
9214ff5ae7 tall
921cd92d9f bebo comemos como tomo
9256862f7b best
93c3643d45 get gets getting got has have now will
94119aa216 again
9607e5f1cb my new our
971d737167 my now our
97c2c9b58a default
98226adb27 still
98c9c291fc nicked pinched scrapped sold stolen totaled totalled written
9917fb8e76 mais
9996dc9ee6 live lives living staying
99b1433277 rent
9b11866d0c last
9b542366c4 moved report reporting reports working
9e7f9932e2 after ate eating had into tasted tried
9ed1d4573c live
9f6d1181a1 apartment bedsit flat hole place room
9fe392c68d degree major majored majoring majors reading studies study studying switched
a03fc96985 paid returned sent transferred wired
a18dd422d4 kg kilos
a21f8a75f8 epi epipen
a2b58332cc no not
a2e10f73a6 kg
a2ebc3f8a4 rent rented renting
a33c59d90f bought got have myself ordered picked ve we
a4202b12e6 been being flew flown given got ran run was
a47feca712 accepted got landed took
a520421bc0 abita abitiamo abito vive viviamo vivo
a52423bee8 boyfriend fiance fiancee fiancé fiancée girlfriend husband partner wife
a5fc1abfc0 my new our the
a6771019e9 drive drives driving
a6e30a2b9c niet
a88d716dec my new our
aad46ca323 change changed changing everything migrate migrated migrating move moved moving switch switched switching went
ac2bb660d1 born come comes from grew originally raised
af6c35fb52 new
b023173e6c adopted bought getting got has have own owns rescued
b1942c64b9 demissão démissionné gekündigt licenziata licenziato ontslag trabajo
b19954c8cf keys
b22a27d96a email letter mail phone post signal text whatsapp
b275b683ca allowance bill budget deposit fee hourly membership mortgage pension phone pocket premium price rate stundensatz subscription tuition
b2b43db44e rent
b3499123fc abitiamo abito adesso agora ahora gerade habite habito habitons jetzt maintenant moramos moro vivimos vivo wohne wohnen wonen woon
b3e4b6d242 bye left moved moving out relocated swapped
b44459b62f branch channel desk extension gate host limit locker number port room seat slot table tag timeout version
b477fa4ea6 back
b519bcba16 bring take
b5f32d9bf8 into
b61babd40e allergist bloods patch prick result results test tests
b63c816636 notice
b779aa0893 found
b7abc7d503 bump bumped downgrade downgraded pin pinned update updated upgrade upgraded
b9ca283c96 rent
b9ce3331aa more
ba7f4eeb46 reaction to
baed5a154e been got they was
bb26f8b30f replaced replaces replacing taken takes took
bc61fb3cbd comes hives intolerant react reacted reacts swell swells tolerate
bc8a4484fb employed hired joined joining moved payroll transferred transferring work working works
bcfca6eb4d contract employer first offer payroll poached signed took
bd12936369 last now these
bd48ee17e9 even quits square
bd902d4fdf now these
bf6dc0956b back broke failed garage has needs passed start
c14347b418 changed
c1f03ce89b and
c2262816e5 in
c258c3a0da achei bekommen conseguimos conseguí encontramos encontrei encontré gevonden hab habe haben ich kriegen tenemos tengo trouvé trovato wir
c57036685a my our
c636e0bfea being earn earning gets getting make making paid pay salary wage
c66f2868bd reviews
c75511abb3 begonnen werk werkt
c7d80ca542 there
c7e8e017e9 hair
c7f0ff4357 moving
c8673e281d ma mein meine meu mi mia mijn minha mio mon notre nuestra nuestro onz onze unser unsere
c86e52aeab down up
c89418647d appelle chama chiama heet heisst heißt llama
c8ca7d73a2 our the
c8d99300ae carb dairy eatdairy eatgluten eathalal eatketo eatkosher eatlow eatmostly eatpaleo eatpescatarian eatraw eatsdairy eatsgluten eatshalal eatsketo eatskosher eatslow eatsmostly eatspaleo eatspescatarian eatsraw eatsstrictly eatssugar eatstrictly eatsugar eatsvegan eatsvegetarian eatsveggie eatvegan eatvegetarian eatveggie follow following follows gluten gone halal keto kosher mostly paleo pescatarian strictly sugar switched vegan vegetarian veggie went
ca5bc11997 ab from starting
cc51a10cc3 longer
cd88e108ec nach
cd9117b69e start started starting starts
ce9a8a1d37 wohne wohnen wohnt
ceacbaa637 to
ceef43c0d4 bed beds entry lesson lessons room rooms seat seats session sessions spot spots ticket tickets
d13423d24c on started take takes taking
d236521c6a call phone reach ring text
d261b8230c codebase project repo repository
d36c3f5c02 a an my our
d44b13d7cf here moment now since
d4dc90d12c aufgehört gekündigt
d5713c4a43 landlady landlord rent
d5f7029621 bei
d60ffaf526 bring take
d64f25d11f longer not
d72b8050b9 gone nicked pinched stolen
d76e5df253 engaged finally married
d884cea86a rent
d95d62e002 alcohol beef caffeine cheese cilantro coffee coriander dairy egg eggs fish gluten lactose meat milk mushroom mushrooms nuts pork salt shellfish sugar wheat
d9c10cd7e0 start started starting starts tomorrow working
dac531ef7f allergy intolerance
dbf144fb88 on
dc182a34d4 arbeite arbeiten arbeitet trabaja trabajo
dcd24cb065 off
dce3f8c61e autoentrepreneus autoentrepreneuse autónoma autónomo autônoma autônomo employed entrepreneus entrepreneuse freelance freelancer freelancing freiberufler freiberuflerin freiberuflich professionista selbstständig selbständig zzp zzper
de2ef243cd lavora lavoro trabaja trabajo trabalha trabalho travaille
de7ba80ec8 reviews
df81ca5791 class form grade year
e02b021d4f cm
e044bf92a3 chucked jacked left lost packed quit
e06b37947c plus
e10f112394 replaced replaces replacing stepped steps
e16db67205 mine ours
e1c22b439e nicked robbed stole
e20947f70e gone moved moves switched transferred transfers
e2ba2d2959 my our the
e74b39ee4e hired join joined joining start started starting starts work working works
e78466c045 no
e7f8945ad8 broke called over split
e7f8e27c72 and
e828314189 drive have own
e888209f11 turned turning turns
e8e6f39cba moving
e95543307c been being didn died down euthanised euthanized killed over passed sleep were
ea87117230 euro kalt warm
eb36cc9364 characters chars cols columns
eb3dc5e24d appelle appelé appelée chama chiama heet heißt llama llamada llamado namens
eb7b029d8d earn earning earns make makes on pay pays raise salary up upped
ec09fa7d4b new our
eedd9fe8d7 aren isn not wasn weren
efe3c7caed put puts
f0639e342a annual maternity medical off on parental paternity sick unpaid
f224f4a03e made officially promoted role title
f2834310e0 is my new our the
f28e7e55a2 owe owes still
f2fc1fc81c another new
f4359f3af8 last
f4f487d130 afternoon afternoons evening evenings friday fridays monday mondays morning mornings saturday saturdays sunday sundays thursday thursdays tuesday tuesdays wednesday wednesdays
f7c74d2797 back down into out over to up
f814dce811 my our
f892717a36 owe still
f96283d919 asking cost costs going paid quoted went
f9cf539782 beekeeping birdwatching bouldering boxing climbing crocheting cycling embroidery fencing hiking kayaking knitting painting rowing running sailing skating skiing surfing swimming weaving woodturning
f9d9ad55f2 currently live still
fa07d7069d day days month months week weeks year years
faf01bcf06 building busy leading leads project working writing
fb20d93864 black blue bright brown dark gold gray green grey light orange pink purple red silver turquoise white yellow
fb572ba931 a an my
fb65176b5b engaged finally married
fc8adaa3ea class climbing club course desk garage gym insurance lessons membership nursery parking storage
ff7a8d624c been being didn died down euthanised euthanized killed over passed sleep were
"""

WORDS = {row.split()[0]: frozenset(row.split()[1:]) for row in TABLE.splitlines() if row}
