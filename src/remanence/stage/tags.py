"""A small closed set of tags for what people talk of, each with a prototype; texts get the tags that they are nearest.

CAIM (2025) files thoughts under a fixed ontology and reads only what shares a tag with the question.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.stage.ctx import Ctx

ONTOLOGY: dict[str, str] = {
    "work": "job, career, office, boss, colleague, salary, project, meeting",
    "study": "school, university, exam, course, teacher, homework, thesis",
    "family": "mother, father, sister, brother, children, wedding, relatives",
    "friends": "friend, party, neighbour, dating, going out together",
    "health": "doctor, illness, allergy, medicine, hospital, pain, sleep, diet",
    "food": "cooking, restaurant, meal, recipe, drink, coffee, vegetarian",
    "home": "house, flat, rent, move, landlord, garden, furniture, repair",
    "travel": "trip, flight, hotel, holiday, train, beach, city abroad",
    "sport": "running, football, gym, yoga, match, training, cycling, swimming",
    "arts": "music, painting, film, book, concert, theatre, writing, photography",
    "animals": "dog, cat, pet, horse, bird, vet, puppy",
    "money": "price, pay, bank, loan, budget, insurance, tax, savings",
    "technology": "computer, phone, software, internet, password, app, programming",
    "nature": "weather, hiking, forest, mountain, sea, plants, stars",
    "feelings": "happy, sad, anxious, proud, angry, grateful, stress, hope",
}
"""Tag -> what it is about."""


def tags_of(texts: Sequence[str], ctx: Ctx, *, most: int = 2, floor: float = 0.15) -> list[tuple[str, ...]]:
    """The `most` nearest tags of each text with a cosine of at least `floor`, and always the nearest one."""
    if not texts:
        return []
    names = list(ONTOLOGY)
    near = ctx.embed(texts) @ ctx.embed([ONTOLOGY[name] for name in names]).T
    order = np.argsort(-near, axis=1, kind="stable")[:, :most]
    return [
        tuple(names[place] for rank, place in enumerate(row.tolist()) if rank == 0 or values[place] >= floor)
        for row, values in zip(order, near, strict=True)
    ]
