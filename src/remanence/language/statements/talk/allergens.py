"""What people are allergic to, in seven languages: one English name for each."""

from __future__ import annotations

import re

from remanence.language.common_words import FUNCTION_WORDS
from remanence.language.lazy_pattern import lazy_pattern

ALLERGENS = (
    r"(?:hazelnuts?|peanuts?|walnuts?|almonds?|cashews?|pistachios?|brazil nuts?|pecans?|tree nuts|nuts|milk|dairy|"
    r"lactose|gluten|wheat|rye|soya?|eggs?|shellfish|shrimps?|prawns?|crab|lobster|mussels|fish|sesame|celery|mustard|"
    r"lupin|kiwis?|strawberr(?:y|ies)|tomato(?:es)?|mango(?:es)?|bananas?|avocados?|peach(?:es)?|pollen|birch|ragweed|"
    r"grass|dust mites?|mould|mold|cats?|dogs?|horses?|feathers|penicillin|amoxicillin|ibuprofen|aspirin|codeine|sulfa|"
    r"latex|nickel|bees?|bee stings?|wasps?|wasp stings?|perfume|sulphites|sulfites)"
)
"""In English."""
_NAMES = {
    word: row.split(":")[0]
    for row in """
hazelnut:hazelnut hazelnuts haselnuss haselnüsse avellana avellanas noisette noisettes nocciola nocciole avelã\
 avelãs hazelnoot hazelnoten
peanut:peanut peanuts erdnuss erdnüsse cacahuete cacahuetes cacahuate cacahuates maní cacahuète cacahuètes arachide\
 arachides arachidi amendoim amendoins pinda pinda's pindas
walnut:walnut walnuts walnuss walnüsse nuez nueces noix noce noci noz nozes walnoot walnoten
almond:almond almonds mandel mandeln almendra almendras amande amandes mandorla mandorle amêndoa amêndoas amandel\
 amandelen
cashew:cashew cashews anacardo anacardos cajou anacardi caju
pistachio:pistachio pistachios pistazie pistazien pistacho pistachos pistache pistaches pistacchio pistacchi
nuts:nut nuts nüsse frutos_secos frutta_secca
milk:milk dairy milch leche lait latte leite melk lácteos
lactose:lactose laktose lactosa lattosio
gluten:gluten glutine glúten
wheat:wheat weizen trigo blé grano tarwe
soy:soy soya soja soia
egg:egg eggs ei eier huevo huevos oeuf oeufs œuf œufs uovo uova ovo ovos eieren
shellfish:shellfish meeresfrüchte marisco mariscos crustacés crostacei schaaldieren
shrimp:shrimp shrimps prawn prawns garnele garnelen krabben gamba gambas camarón camarones crevette crevettes\
 gamberi gamberetti camarão camarões garnaal garnalen
crab:crab lobster mussels krebs cangrejo crabe granchio caranguejo krab
fish:fish fisch pescado poisson pesce peixe vis
sesame:sesame sesam sésamo sésame sesamo gergelim
celery:celery sellerie apio céleri sedano aipo selderij
mustard:mustard senf mostaza moutarde senape mostarda mosterd
kiwi:kiwi kiwis
strawberry:strawberry strawberries erdbeere erdbeeren fresa fresas fraise fraises fragola fragole morango morangos\
 aardbei aardbeien
tomato:tomato tomatoes tomate tomates tomaten pomodoro pomodori tomaat
pollen:pollen polen polline pólen stuifmeel birch ragweed grass
dust mites:dust_mites dust_mite hausstaubmilben hausstaub ácaros acariens acari huisstofmijt
mould:mould mold schimmel moho moisissures muffa bolor
cats:cat cats katze katzen gato gatos chat chats gatto gatti kat katten
dogs:dog dogs hund hunde hunden perro perros chien chiens cane cani cão cães hond honden
horses:horse horses pferde caballos chevaux cavalli cavalos paarden
penicillin:penicillin penizillin penicilina pénicilline penicillina penicilline
amoxicillin:amoxicillin amoxicilina amoxicilline amoxicillina
ibuprofen:ibuprofen ibuprofeno ibuprofène ibuprofene
aspirin:aspirin aspirina aspirine
latex:latex látex lattice
nickel:nickel níquel nichel nikkel
bees:bee bees bee_stings bienen bienenstiche abejas abeilles api abelhas bijen
wasps:wasp wasps wasp_stings wespen wespenstiche avispas guêpes vespe vespas
codeine:codeine codein codeína codéine
sulfa:sulfa sulphites sulfites
pecan:pecan pecans
avocado:avocado avocados aguacate avocat
banana:banana bananas
mango:mango mangoes mangos
""".split("\n")
    if row
    for word in row.split(":")[1].split()
}
_NAMES = {word.replace("_", " "): name for word, name in _NAMES.items()}
_ENGLISH = lazy_pattern(rf"\b{ALLERGENS}\b", re.I)


def last_allergen(text: str) -> str:
    """What "it" means in "allergic to it": the last thing named that one reacts to; "" where there is none."""
    return next((m.group() for m in reversed(list(_ENGLISH.finditer(text)))), "")


def in_english(value: str) -> str:
    """A value with its English name behind it, where it is told in another language: "apio (celery)"."""
    words = [word for word in value.lower().split() if word not in FUNCTION_WORDS]
    name = _NAMES.get(" ".join(words[-2:])) or (_NAMES.get(words[-1]) if words else None)
    if name is None or _ENGLISH.search(value) is not None:
        return value
    return f"{value} ({name})"
