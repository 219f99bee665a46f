"""Furigana for Japanese days and times: 1日 is ついたち, 14日 じゅうよっか, 4時 よじ."""

import re

DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip
MONTHS = {4: "しがつ", 7: "しちがつ", 9: "くがつ"}
HOURS = {
    0: "れいじ", 4: "よじ", 7: "しちじ", 9: "くじ", 14: "じゅうよじ", 17: "じゅうしちじ", 19: "じゅうくじ",
}  # fmt: skip
IRREGULAR = {"月": MONTHS, "日": DAYS, "時": HOURS}
"""Where the counter changes how its number is read, the reading stands over both."""
COUNTERS = {"年": "ねん", "月": "がつ", "日": "にち", "時": "じ", "秒": "びょう"}
WEEKDAYS = {"月": "げつ", "火": "か", "水": "すい", "木": "もく", "金": "きん", "土": "ど", "日": "にち"}
HALVES = {"午前": "ごぜん", "午後": "ごご"}

PART = re.compile(
    r"""(?P<half>午前|午後) | (?P<weekday>[月火水木金土日])曜日 | (?<=[(（])(?P<short>[月火水木金土日])(?=[)）])
      | (?P<number>\d+)(?P<counter>年|月|日(?!曜)|時(?!間)|分|秒)""",
    re.VERBOSE,
)


def marked(text: str) -> str:
    """A Japanese date or time with its readings as `{日|にち}`; everything else stays as it is."""
    return PART.sub(_marked_part, text)


def minutes_counter(number: int) -> str:
    """How 分 sounds after a number: さんぷん, but ごふん; 0分 is れいふん."""
    return "ぷん" if number and number % 10 in {0, 1, 3, 4, 6, 8} else "ふん"


def _marked_part(found: re.Match[str]) -> str:
    if half := found["half"]:
        return f"{{{half}|{HALVES[half]}}}"
    if weekday := found["weekday"]:
        return f"{{{weekday}曜日|{WEEKDAYS[weekday]}ようび}}"
    if short := found["short"]:
        return f"{{{short}|{WEEKDAYS[short]}}}"
    return _counted(found["number"], found["counter"])


def _counted(digits: str, counter: str) -> str:
    number = int(digits)
    if together := IRREGULAR.get(counter, {}).get(number):
        return f"{{{digits}{counter}|{together}}}"
    reading = minutes_counter(number) if counter == "分" else COUNTERS[counter]
    return f"{digits}{{{counter}|{reading}}}"
