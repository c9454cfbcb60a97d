"""Dates and the commonest relative words in Chinese, Japanese and Korean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from remanence.language.calendar import (
    Precision,
    cell,
    day_of,
    shifted,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import (
    Found,
    Reading,
)

# CJK: absolute dates and the commonest relative words
_CJK_STEPS: dict[str, tuple[int, Precision]] = {
    "大前天": (-3, "day"), "前天": (-2, "day"), "昨天": (-1, "day"), "昨日": (-1, "day"), "昨晚": (-1, "day"),
    "今天": (0, "day"), "今日": (0, "day"), "今晚": (0, "day"), "明天": (1, "day"), "明日": (1, "day"),
    "后天": (2, "day"), "後天": (2, "day"), "大后天": (3, "day"), "大後天": (3, "day"), "一昨日": (-2, "day"),
    "おととい": (-2, "day"), "きのう": (-1, "day"), "あした": (1, "day"), "明後日": (2, "day"), "あさって": (2, "day"),
    "그저께": (-2, "day"), "어제": (-1, "day"), "오늘": (0, "day"), "내일": (1, "day"), "모레": (2, "day"),
    "去年": (-1, "year"), "今年": (0, "year"), "明年": (1, "year"), "来年": (1, "year"), "작년": (-1, "year"),
    "내년": (1, "year"), "上个月": (-1, "month"), "上個月": (-1, "month"), "先月": (-1, "month"),
    "지난달": (-1, "month"), "这个月": (0, "month"), "今月": (0, "month"), "下个月": (1, "month"),
    "下個月": (1, "month"), "来月": (1, "month"), "다음 달": (1, "month"), "上周": (-1, "week"), "上週": (-1, "week"),
    "先週": (-1, "week"), "지난주": (-1, "week"), "지난 주": (-1, "week"), "这周": (0, "week"), "本周": (0, "week"),
    "今週": (0, "week"), "下周": (1, "week"), "下週": (1, "week"), "来週": (1, "week"), "다음 주": (1, "week"),
}  # fmt: skip
_CJK = lazy_pattern(
    r"(?:(?P<y>\d{4})[年년]\s?)?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日号號일](?!後|后|間)"
    r"|(?P<y2>\d{4})[年년](?:\s?(?P<m2>\d{1,2})[月월])?"
    r"|(?P<n>\d{1,3}|[一二两三四五六七八九十])(?P<u>个月|個月|ヶ月|か月|カ月|週間|週|周|天|日|年)(?P<side>后|後|以后|以後|之后|之後|前|以前|之前)"
    rf"|(?P<w>{'|'.join(sorted(_CJK_STEPS, key=len, reverse=True))})"
    r"(?:の?(?P<k>[一二三四五六日天月火水木金土])(?:曜日?)?(?![月年個个]))?"
)
_CJK_NUMBERS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}
_CJK_DAYS = (
    dict(zip("一二三四五六日", range(7), strict=True)) | dict(zip("月火水木金土", range(6), strict=True)) | {"天": 6}
)


def _unit(word: str) -> Precision:
    return "month" if "月" in word else "week" if word[0] in "週周" else "year" if word == "年" else "day"


def cjk(r: Reading) -> Iterator[Found]:
    for m in _CJK.finditer(r.text):
        try:
            if m["w"]:
                if r.now is None:
                    continue
                step, precision = _CJK_STEPS[m["w"]]
                if m["k"] and precision == "week":
                    day = cell(r.now, "week")[0] + timedelta(days=7 * step + _CJK_DAYS[m["k"]])
                    yield r.cell(m.start(), m.end(), day, "day")
                    continue
                moment = shifted(cell(r.now, precision)[0], step, precision)
                yield r.cell(m.start(), m.end("w"), moment, precision)
            elif m["n"]:
                if r.now is None:
                    continue
                number = int(m["n"]) if m["n"].isdigit() else _CJK_NUMBERS[m["n"]]
                unit = _unit(m["u"])
                moment = shifted(cell(r.now, unit)[0], -number if "前" in m["side"] else number, unit)
                yield r.cell(m.start(), m.end(), moment, unit)
            elif m["y2"]:
                month = int(m["m2"]) if m["m2"] else 1
                yield r.cell(m.start(), m.end(), day_of(int(m["y2"]), month, 1, r.zone), "month" if m["m2"] else "year")
            elif m["y"]:
                yield r.cell(m.start(), m.end(), day_of(int(m["y"]), int(m["m"]), int(m["d"]), r.zone), "day")
            else:
                month, number = int(m["m"]), int(m["d"])
                guess = r.nearest(m.start(), m.end(), lambda y: day_of(y, month, number, r.zone))  # noqa: B023
                if guess:
                    yield r.cell(m.start(), m.end(), guess[0], "day", guess[1])
        except ValueError:
            continue
