"""Two values of one thing in one sentence: which stands and which is turned down, and where nothing is."""

from __future__ import annotations

import pytest

from remanence.language.contrast import contrasts

SAID = [
    ("the ticket man counted 83 not 80, he was cross", "83", "80"),
    ("turns out it's not egg, it's the mustard", "the mustard", "egg"),
    ("the hall wasnt 200, 160 came in the end", "160", "200"),
    ("shed lock is 8-0-8 now, not 9-0-9, ok", "8-0-8", "9-0-9"),
    ("she wants me full time, 480 a week instead of 390", "480", "390"),
    ("my hourly goes 12.20 > 13.90 from october", "13.90", "12.20"),
    ("signing was 21 July, now 28, the lawyer is ill", "28", "21 July"),
    ("exam 13 sept moved to the 20th", "20th", "13 sept"),
    ("grandpa turned 80... no, 82 by his passport", "82", "80"),
    ("Rev Macaskill. no, he is ill, so Dr Bose from the surgery", "Dr Bose", "Rev Macaskill"),
    ("it was iryna who set it, not kacper", "iryna", "kacper"),
    ("it goes to flat B, not flat D", "flat B", "flat D"),
    ("the plumber comes on thursday, no, friday", "friday", "thursday"),
    ("1,350 is my half now, it was 1,200", "1,350", "1,200"),
    ("plot rent has gone up to 48 quid from 36", "48", "36"),
    ("4471. not 4417. seventy-one", "4471", "4417"),
    ("queue size 20 was too low, its 50 now", "50", "20"),
    ("we go to Banana Beach not Anchor, 9 guests", "Banana Beach", "Anchor"),
    ("small commits, tabs not spaces, and no emoji", "tabs", "spaces"),
    ("release is not october 16 any more, it's november 6", "november 6", "october 16"),
    ("the scan is stable, 9 mm, was 8", "9", "8"),
    ("rent's 900, it was 850 last year", "900", "850"),
    ("the swim was meant for the 11th, she had flu, so 18th", "18th", "11th"),
    ("my flight was due at 9:30 but landed at 11:10", "11:10", "9:30"),
    ("28 june, in Bari. it was going to be the 21st", "28 june", "21st"),
    ("got it for 520. He'd said 595.", "520", "595"),
    ("it went for 140, though I'd asked 180", "140", "180"),
    ("pickup moves from thursdays to fridays in march", "fridays", "thursdays"),
    ("the trial got pushed back from the 3rd to the 9th of May", "9th of May", "3rd"),
]


@pytest.mark.parametrize(("text", "stands", "gone"), SAID)
def test_what_stands_and_what_is_turned_down(text: str, stands: str, gone: str) -> None:
    (one,) = contrasts(text)
    assert (text[slice(*one.stands)], text[slice(*one.gone)]) == (stands, gone)


@pytest.mark.parametrize(("text", "stands", "gone"), SAID)
def test_what_is_cut_holds_what_is_gone_and_not_what_stands(text: str, stands: str, gone: str) -> None:
    (one,) = contrasts(text)
    assert gone in text[slice(*one.cut)]
    assert stands not in text[slice(*one.cut)].replace(gone, "")


@pytest.mark.parametrize(
    "text",
    [
        "I have 3 dogs and 4 cats",
        "14. no that's 14 packs",
        "not bad, we sold 41",
        "prelims moved to 8pm instead of sat",
        "DMS 5 is postponed to 1 february 2026",
        "It is not Nabataean, look at the nozzle",
        "I'm afraid of bees and not of blood",
        "the key is not on its hook",
        "fever above that, go to ward 811 from 38.0",
        "we went 340 km up from 5 villages",
        "don't sit by the river not by the road",
        "maybe not today, sorry",
        "14 thousand for the room, tiles not included.",
        "I hope not",
        "we sold 900 pies, was 12.",
        "got 600 for it. He'd said 2.",
        "we paid 300, he had 5 kids",
        "took 12 photos. I'd said 200 words",
        "we were 12 at the table, was 3 hours",
        "it was supposed to take 3 days and we were 5 people",
        "fine, but not now, later",
        "hopefully not friday.",
        "we're open from 9 to 17 and drive from monday to friday",
        "",
    ],
)
def test_no_contrast(text: str) -> None:
    assert contrasts(text) == []


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert contrasts("word " * 400 + "83 not 80") == []
    assert len(contrasts("83 not 80. " * 150)) == 150
