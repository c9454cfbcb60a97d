"""Word lists and small talk that the generators draw from; none of it tells an answer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

START = datetime(2024, 1, 1, 9, tzinfo=UTC)

NAMES = (
    "Nora", "Elena", "Mateo", "Priya", "Anders", "Yuki", "Omar", "Lucia", "Tomas", "Ingrid", "Felix", "Amara",
    "Jonas", "Leila", "Victor", "Hana", "Pavel", "Zoe", "Ruben", "Maya", "Oscar", "Freya", "Dario", "Selma",
    "Hugo", "Alba", "Kofi", "Irene", "Milo", "Vera",
)  # fmt: skip
PLACES = (
    "Lisbon", "Bergen", "Kyoto", "Tartu", "Cusco", "Ghent", "Malmo", "Porto", "Varna", "Sligo", "Turin", "Graz",
    "Leeds", "Busan", "Quito", "Zadar", "Lyon", "Basel", "Cork", "Split",
)  # fmt: skip
COLOURS = ("red", "blue", "green", "yellow", "purple", "orange", "white", "black", "pink", "brown")


def _table(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Lines of "name: value, value" as (name, values)."""
    rows = (line.strip().partition(": ") for line in text.strip().splitlines())
    return tuple((name, tuple(values.split(", "))) for name, _, values in rows)


SLOTS = _table(
    """
    dentist: Doctor Alvarez, Doctor Okafor, Doctor Lindqvist, Doctor Moreau
    landlord: Mister Haddad, Missis Petrov, Mister Caruso, Missis Nakamura
    car: a grey Volvo, a yellow Fiat, a black Skoda, a green Mazda
    bank: Northgate Bank, Silver Union, Harbour Trust, Meridian Savings
    favourite tea: oolong, rooibos, sencha, darjeeling
    gym: Iron Yard, Pulse House, Granite Club, Summit Hall
    phone model: a Pixel 7, an Xperia 5, a Nokia G42, a Fairphone 4
    piano teacher: Missis Holm, Mister Ferrara, Missis Quist, Mister Banda
    bus line: line 14, line 27, line 61, line 88
    shoe size: size 38, size 41, size 43, size 45
    accountant: Ramos and Sons, Clearbook, Ledger Lane, Tallyhouse
    vet: Doctor Brandt, Doctor Sandoval, Doctor Kiplagat, Doctor Aoki
    broadband provider: Lumenet, Fibrewave, Skylink, Openwire
    office floor: the third floor, the seventh floor, the ninth floor, the twelfth floor
    blood type: A positive, B negative, AB positive, O negative
    project manager: Gustav Lange, Miriam Osei, Paolo Ricci, Tessa Vogel
    locker code: 4417, 9028, 3365, 7751
    barber: Clip Corner, The Sharp Chair, Blade and Comb, Fringe Works
    allergy: peanuts, shellfish, pollen, latex
    guitar: a sunburst Gibson, a white Ibanez, a cherry Epiphone, a teal Yamaha
    insurance company: Helvia, Bluestone Mutual, Arkadia, Fairhaven
    neighbour: Mister Oyelaran, Missis Dumont, Mister Szabo, Missis Keane
    running club: Dawn Striders, River Harriers, Hill Foxes, Park Comets
    study group: the Tuesday circle, the library crew, the night owls, the attic six
    """
)
"""What somebody may have: a slot and its possible values; no two slots share a value."""
TOPICS = _table(
    """
    baking rye bread: a starter fed twice, a cast iron pot, a long cold proof, a coarse grind
    cleaning a lens: a rocket blower, a microfibre cloth, a carbon tip pen, distilled water
    learning to sketch: contour drills, two minute poses, a charcoal stick, a viewfinder card
    fixing a squeaky door: graphite powder, a drop of sewing oil, a new hinge pin, candle wax
    growing basil indoors: a south window, a self watering pot, pinching the tips, a clip lamp
    sleeping on a night train: an eye mask, the lower bunk, foam earplugs, a silk liner
    repairing a puncture: vulcanising glue, a tyre boot, a floor pump, talcum powder
    packing for a hike: a roll top bag, merino socks, a paper map, a spare whistle
    """
)
"""What an assistant may be asked about: a topic and the advice it may give."""
CUISINES = ("Georgian", "Ethiopian", "Peruvian", "Lebanese", "Vietnamese", "Basque", "Korean", "Sicilian")

_OPENERS = (
    "The weather has been odd this week.",
    "I finally cleared out the attic.",
    "Traffic was terrible again today.",
    "I watched a long film about lighthouses.",
    "The market was full of plums.",
    "My inbox is overflowing again.",
    "I tried a new route through the park.",
    "The heating made strange noises all night.",
    "We played cards until midnight.",
    "I am reading a thick novel about sailors.",
    "The museum had a queue round the block.",
    "Somebody painted the fence next door.",
)
_REPLIES = (
    "That sounds like quite a day.",
    "I can see why that stayed with you.",
    "Thanks for telling me about it.",
    "How did it end?",
    "That must have taken a while.",
    "Interesting, tell me more when you like.",
    "I hope it gets calmer soon.",
    "Glad you had some time for that.",
)


def chatter(rng: random.Random) -> tuple[str, str]:
    """One exchange that tells nothing."""
    return f"{rng.choice(_OPENERS)} {rng.choice(_OPENERS)}", rng.choice(_REPLIES)


def draw(rng: random.Random, values: Sequence[str], count: int) -> list[str]:
    """Different values in random order."""
    return rng.sample(list(values), count)
