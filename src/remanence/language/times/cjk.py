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
_CJK = lazy_pattern(
    r"(?:(?P<y>\d{4})[年년]\s?)?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日号號일]|(?P<y2>\d{4})[年년](?:\s?(?P<m2>\d{1,2})[月월])?"
    r"|(?P<w>前天|昨天|昨日|昨晚|今天|今日|今晚|明天|明日|后天|後天|어제|오늘|내일|去年|今年|明年|上个月|上個月|这个月|下个月|下個月|上周|上週|这周|本周|下周|"
    r"下週)(?P<k>[一二三四五六日天])?"
)


_CJK_STEPS: dict[str, tuple[int, Precision]] = {
    "前天": (-2, "day"), "昨天": (-1, "day"), "昨日": (-1, "day"), "昨晚": (-1, "day"), "今天": (0, "day"),
    "今日": (0, "day"), "今晚": (0, "day"), "明天": (1, "day"), "明日": (1, "day"), "后天": (2, "day"),
    "後天": (2, "day"), "어제": (-1, "day"), "오늘": (0, "day"), "내일": (1, "day"), "去年": (-1, "year"),
    "今年": (0, "year"), "明年": (1, "year"), "上个月": (-1, "month"), "上個月": (-1, "month"),
    "这个月": (0, "month"), "下个月": (1, "month"), "下個月": (1, "month"), "上周": (-1, "week"),
    "上週": (-1, "week"), "这周": (0, "week"), "本周": (0, "week"), "下周": (1, "week"), "下週": (1, "week"),
}  # fmt: skip


def cjk(r: Reading) -> Iterator[Found]:
    for m in _CJK.finditer(r.text):
        try:
            if m["w"]:
                if r.now is None:
                    continue
                step, precision = _CJK_STEPS[m["w"]]
                if m["k"] and precision == "week":
                    day = cell(r.now, "week")[0] + timedelta(days=7 * step + "一二三四五六日天".index(m["k"]) % 7)
                    if m["k"] == "天":
                        day = cell(r.now, "week")[0] + timedelta(days=7 * step + 6)
                    yield r.cell(m.start(), m.end(), day, "day")
                    continue
                moment = shifted(cell(r.now, precision)[0], step, precision)
                yield r.cell(m.start(), m.end("w"), moment, precision)
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
