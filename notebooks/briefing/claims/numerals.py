"""Every numeral in an English text, in digits or words, with what it reads as.

A reader who goes through the text word by word finds none that `find_numerals` left out.
To find too much is the lesser fault: a numeral can be set aside, a missed one is not seen.

The grammar is a list of rules: a pattern composed of the named parts below, and a reader
that turns a match into a numeral or refuses it. At each place the longest match wins, and
of equally long ones the rule that stands first. Nothing relative is resolved here ("this
century" has no period): this module knows no date of publication.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Literal

from ..values.periods import MONTHS

#: amount: "US$3.6 billion", "two", "60–70%"; ordinal: "fifth", "75th"; date: a day or a month,
#: with or without its year; weekday: "Thursday"; year: "2017", "2014–18", "early 2024", and any
#: bare 1000 to 2999; decade: "mid-1980s", "the 90s"; century: "21st century", "centuries";
#: clock: "12:11 PM"; multiple: "once", "twice"; fraction: "half", "two thirds", "1/2";
#: vague: "dozens", "tens of thousands", "decades", a scale word without a figure; name:
#: digits grown together with letters, or a number in a group's name, which count nothing
#: ("G7", "Covid-19").
Kind = Literal["amount", "ordinal", "date", "weekday", "year", "decade", "century", "clock",
               "multiple", "fraction", "vague", "name"]  # fmt: skip


@dataclass(frozen=True)
class Numeral:
    """One numeral of a text; a range ("60 to 70 percent") is one numeral.

    `start` and `end` count code points in the whole text, end exclusive. `low` and `high`
    are in the unit's base (US$3.6 billion is 3600000000 USD; 80 % is 80), equal unless it is
    a range; a year is its number, a date its day of the month (None without one, or over two
    months), other times None. `unit` is "%", "points" (percentage points), a currency's code
    or "". `period` is from and to in ISO 8601: without the year "--06" or "--06-20", a
    Thursday "-W-4", 12:11 PM "T12:11".
    """

    start: int
    end: int
    text: str
    kind: Kind
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    period: tuple[str, str] | None = None


_found = partial(Numeral, 0, 0, "")  # what a reader returns; its place is filled in later

_BELOW_20 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
CARDINALS = dict(zip([*_BELOW_20, *_TENS], [*range(20), *range(20, 100, 10)], strict=True))
_TO_NINTH = "first second third fourth fifth sixth seventh eighth ninth".split()
ORDINALS = {
    **{word: number for number, word in enumerate(_TO_NINTH, 1)},
    **{f"{word}th": number for number, word in enumerate(_BELOW_20) if number >= 10},
    **{f"{word[:-1]}ieth": 10 * number for number, word in enumerate(_TENS, 2)},
    **{"twelfth": 12, "hundredth": 100, "thousandth": 1000, "millionth": 10**6},
}
SCALES = dict(dozen=12, hundred=100, thousand=10**3, million=10**6, billion=10**9, trillion=10**12)
#: Only behind digits, and "m", "b" and "t" only where a currency stands before them, because
#: "5m" may be metres and "5t" tonnes.
_POWERS = dict(k=3, m=6, mn=6, mln=6, b=9, bn=9, t=12, tn=12)
SHORT_SCALES = {letters: 10**power for letters, power in _POWERS.items()}
SHARES = {"half": 0.5, "½": 0.5, "¼": 0.25, "¾": 0.75, "⅛": 0.125}  # exact as binary fractions
_VALUES = {word: Decimal(value) for word, value in (CARDINALS | ORDINALS | SHARES).items()}
#: Currency codes with their signs and names.
_CURRENCY_LIST = (
    "USD $ US$ dollar;EUR € euro;GBP £ pound;JPY ¥ yen;CNY yuan renminbi;RUB ₽ rouble ruble;"
    "VND ₫ dong;INR ₹ rupee;KRW ₩;TRY ₺;UAH ₴;PHP ₱;THB ฿ baht;MYR RM ringgit;IDR Rp rupiah;AUD A$;"
    "CAD C$;HKD HK$;NZD NZ$;TWD NT$;SGD S$;BRL R$;CHF;SEK;NOK;DKK;PLN;CZK;HUF;ZAR;MXN;SAR;AED;ILS"
)
CURRENCIES = {line[:3]: line[3:].split() for line in _CURRENCY_LIST.split(";")}
_CODE_OF = {sign: code for code, signs in CURRENCIES.items() for sign in (code, *signs)}
#: Three capitals beside a number that are no currency; any others are taken for a code.
NOT_CURRENCIES = set("UAE USA GDP GNP WTO IMF FTA NGO NPT CEO GMT UTC EST EDT PST PDT THE".split())
#: Prefixes that do not make the figure behind their hyphen part of a name: "pre-2014".
NOT_IN_NAMES = frozenset("mid early late pre post then now sub under over near non top".split())
_MONTH_NUMBER = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
#: Parts of a period, by the widest reading that the words allow: "early", "mid" and "late"
#: are its thirds, each with every year (month, day) that the third touches, so that neighbours
#: share the one on their border. A century is counted from the year 00 or 01, a month has 28 to
#: 31 days: a part takes in both. A century's "beginning" and "end" are its outer tenths.
PARTS: dict[str, dict[str, tuple[int, int]]] = {
    "century": {"early": (0, 34), "mid": (33, 67), "late": (66, 100), "beginning": (0, 10),
                "start": (0, 10), "end": (90, 100)},
    "decade": {"early": (0, 3), "mid": (3, 6), "late": (6, 9)},
    "year": {"early": (1, 4), "mid": (5, 8), "late": (9, 12)},
    "month": {"early": (1, 11), "mid": (10, 21), "late": (19, 31)},
}  # fmt: skip
_SAME_PART = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")"


_GAP = r"(?:[^\S\n]*\s[^\S\n]*)"  # white space of any kind, at most one line break
_HYPHEN = r"[-\u2010\u2011]"
_JOIN = rf"(?:{_GAP}|{_HYPHEN})"
_DASH = rf"{_GAP}?[-\u2010-\u2015\u2212]{_GAP}?"
_TO = rf"(?:{_DASH}|{_GAP}(?:to|or|through){_GAP}|{_HYPHEN}to{_HYPHEN})"
_DAYS_TO = rf"(?:{_DASH}|{_GAP}(?:to|and|or|through){_GAP})"
_99 = rf"(?:{_any(_TENS)}(?:{_JOIN}{_any(_BELOW_20[1:10])})?|{_any(_BELOW_20)})(?!\w)"
_SCALE = rf"(?:{_any(SCALES)}|(?:m|b|tr)illions)(?!\w)"
_HALF = rf"{_JOIN}and{_JOIN}a{_JOIN}half(?!\w)"
_HEAD = rf"(?:{_99}(?:{_HALF})?|half(?:{_JOIN}an?)?(?={_JOIN}{_SCALE})|an?(?={_JOIN}{_SCALE}))"
_TAIL = rf"{_JOIN}(?:and{_JOIN})?{_99}(?:{_JOIN}{_SCALE})*"
_WORDS = rf"(?i:{_HEAD}(?:(?:{_JOIN}{_SCALE})+(?:{_HALF}|(?:{_TAIL})*))?)"
_THIN = "\u00a0\u2009\u202f"  # spaces that set off thousands
_FIGURE = (
    rf"(?:(?:\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}|\d{{1,3}}(?:[{_THIN}]\d{{3}})+|\d+)(?!\d)(?:\.\d+)?"
    r"[½¼¾⅛]?|(?<!\d)\.\d+|[½¼¾⅛])"
)
_DIGITS = (
    rf"{_FIGURE}(?:{_HALF})?(?:{_JOIN}?(?i:{_SCALE})(?:{_HALF})?|{_GAP}?(?i:k|mn|mln|bn|tn)(?!\w))?"
)
_SYMBOL = _any(s for s in _CODE_OF if not s.islower() and s not in CURRENCIES)
_MONEY = rf"(?i:(?:U\.?S\.?\s)?(?!pounds?\sof){_any(filter(str.islower, _CODE_OF))}s?)(?!\w)"
_PERCENT = rf"(?:%|(?i:percentage{_JOIN}points?|per{_GAP}?cent|pct|pp)(?!\w))"
_SIGN = rf"(?:(?:(?<!\S)|(?<=[(\[]))[-\u2212\u2013](?=[\d.]|{_SYMBOL})|(?i:minus|negative){_GAP})"
_MONTH = (
    rf"(?:{_any([*MONTHS, *map(str.upper, MONTHS)])}(?!\w)"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.|(?!\w)))"
)
_DAY = (
    r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\w|\.\d|,\d{3}(?!\d))"
    rf"(?!{_JOIN}?(?:{_PERCENT}|(?i:{_SCALE})))"
)
_YEAR = r"[12]\d{3}(?!\w|[.,]\d)"
# "the end of" is read but stays outside the numeral: a phrase may be cut behind it.
_PART = (
    rf"(?i:(?:(?:(?P<from>early|mid)(?:{_HYPHEN}{_GAP}?|{_GAP})to{_JOIN})?(?P<part>early|mid|late)"
    rf"(?:{_HYPHEN}|{_GAP}(?:in{_GAP})?)(?:the{_GAP})?"
    rf"|(?P<edge>(?:beginning|start|middle|end){_GAP}of{_GAP}(?:the{_GAP})?)))"
)
_ORDINAL = (
    rf"(?P<ordinal>(?i:(?:{_any(_TENS)}{_HYPHEN})?{_any(_TO_NINTH)}|{_any(ORDINALS)})"
    r"|\d+(?:,\d{3})*(?:st|nd|rd|th))"
)


# `side` is the prefix of the groups' names, so that a range can hold two of the same pattern.
def _amount(side: str, code: str) -> str:
    return (
        rf"(?P<{side}sign>{_SIGN})?(?:(?P<{side}before>{_SYMBOL}|{code}){_GAP}?(?=[\d.½¼¾⅛]))?"
        rf"(?P<{side}number>{_DIGITS}(?({side}before)(?:{_GAP}?(?i:[mbt])(?!\w))?)|{_WORDS})"
        rf"(?:{_JOIN}?(?:(?P<{side}percent>{_PERCENT})"
        rf"|(?P<{side}after>{_SYMBOL}(?!{_GAP}?\d)|{_MONEY}|{code}(?!\w))))?"
    )


def _day(side: str, month_first: bool) -> str:
    month = rf"(?P<{side}month>{_MONTH})"
    days = rf"(?P<{side}day>{_DAY})(?:{_DAYS_TO}(?P<{side}last>{_DAY}))?"
    both = f"{month}{_JOIN}?{days}" if month_first else f"{days}{_JOIN}(?:of{_GAP})?{month}"
    return rf"{both}(?:(?:,{_GAP}?|{_JOIN})(?P<{side}year>{_YEAR}))?"


def _number(words: str) -> tuple[Decimal, int]:
    """Return what figures and number words amount to, and the scale that closes them."""
    total, chunk, scale, scaled = Decimal(0), None, 1, False
    for token in re.findall(rf"\d[\d,{_THIN}]*(?:\.\d+)?|\.\d+|[½¼¾⅛]|[a-z]+", words.lower()):
        factor = SCALES.get(token.removesuffix("s")) or SHORT_SCALES.get(token)
        if factor:
            scale = factor * (scale if scaled else 1)
            chunk = (1 if chunk is None else chunk) * Decimal(factor)
            if factor >= 1000:
                total, chunk = total + chunk, None
        elif token == "half" and chunk is None and total:
            total += _VALUES["half"] * scale  # "a million and a half"
        elif token in _VALUES or not token.isalpha():
            digits = re.sub(rf"[,{_THIN}]", "", token)
            chunk = (chunk or 0) + (_VALUES[token] if token in _VALUES else Decimal(digits))
        scaled = bool(factor)
    return total + (chunk or 0), scale


def _side(m: re.Match[str], side: str) -> tuple[Decimal, int, str, bool] | None:
    """Return one amount's value, scale and unit, and whether it could be a year."""
    names = ("sign", "before", "number", "percent", "after")
    sign, before, number, percent, after = (m[side + name] for name in names)
    value, scale = _number(number)
    like_year, unit, token = bool(re.fullmatch(r"[12]\d{3}", number)), "", before or after
    if percent:
        unit = "points" if re.search("point|pp", percent.lower()) else "%"
    elif token:
        unit = _CODE_OF.get(token) or _CODE_OF.get(token.lower().split()[-1].removesuffix("s"), "")
        # "ABC 2017" is an event and "ABC17" a thing; "ABC 17" and "ABC1.7 billion" are money.
        glued = before and m.end(side + "before") == m.start(side + "number")
        if not unit and (like_year or (glued and number.isdecimal())):
            return None
    return -value if sign else value, scale, unit or token or "", like_year and not (unit or token)


def _read_amount(m: re.Match[str]) -> Numeral | None:
    first = _side(m, "a")
    last = _side(m, "b") if "bnumber" in m.groupdict() else first
    if not first or not last:
        return None
    (one, scale, unit, like_year), (other, other_scale, other_unit, _) = first, last
    other_takes = other_unit or other_scale != 1 or other < one  # "in 2023 – 29% more"
    if len({unit, other_unit} - {""}) > 1 or (like_year and other_takes):
        return None
    if scale == 1 and abs(one) <= abs(other) / other_scale:
        one *= other_scale  # "3 to 5 million", but "500,000 to 2 million"
    low, high = sorted((one, other))  # "from 80 to 60 percent" runs downwards
    return _found("amount", low, high, unit or other_unit)


def _read_fraction(m: re.Match[str]) -> Numeral | None:
    count = _number(re.sub("^(?i:an?)?$", "one", m["count"] or ""))[0]
    part = m["part"].lower().removesuffix("s")
    share = {"half": 2, "halve": 2, "quarter": 4}.get(part) or _number(part)[0]
    return _found("fraction", count / share, count / share) if share else None


def _iso(year: str | None, month: int, day: int | None = None) -> str:
    return f"{year or '-'}-{month:02}" + (f"-{day:02}" if day else "")


def _read_day(m: re.Match[str]) -> Numeral | None:
    far = "b" if "bday" in (found := m.groupdict()) else "a"
    year, last_day = found[f"{far}year"], found.get(f"{far}last") or found[f"{far}day"]
    ends = [
        (y, _MONTH_NUMBER.get(name[:3].title()) or int(name), int(day[:2].rstrip("snrt")))
        for y, name, day in (
            (found["ayear"] or year, found["amonth"], found["aday"]),
            (year, found[f"{far}month"], last_day),
        )
    ]
    # Without its year, 29 February is a day, as it was in 2000.
    if any(day > monthrange(int(y or 2000), month)[1] for y, month, day in ends):
        return None
    period = _iso(*ends[0]), _iso(*ends[1])
    low, high = (Decimal(day) if ends[0][:2] == ends[1][:2] else None for *_, day in ends)
    return _found("date", low, high, period=period) if period[0] <= period[1] else None


def _part(m: re.Match[str], whole: str) -> tuple[int, int] | None:
    """Return the first and the last of the part of `whole` that the match names, if any."""
    words = (m["from"] or m["part"] or m["edge"] or "").split()[:1] + [m["part"]]
    ends = [
        PARTS[whole].get(w) or PARTS[whole][_SAME_PART.get(w, w)]
        for w in map(str.lower, filter(None, words))
    ]
    return (ends[0][0], ends[-1][1]) if ends else None


#: What stands before "May" or "March" alone where it is the month and not the verb or a name.
_MONTH_AHEAD = re.compile(
    r"\b(?:in|since|by|of|until|till|before|after|during|from|through|between|last|next|this"
    rf"|{_any(MONTHS)})[\s-]+(?:(?:to|and|or)\s)?$", re.IGNORECASE
)  # fmt: skip


def _read_month(m: re.Match[str]) -> Numeral | None:
    name, year, (first, last) = m["month"], m["year"], (None, None)
    months = [_MONTH_NUMBER[month[:3].title()] for month in (name, m["until"] or name)]
    alone = not (year or m["part"] or m["edge"] or m["until"])
    if alone and name.title() in ("May", "March"):
        alone = not _MONTH_AHEAD.search(m.string[: m.start()])
    elif alone:
        alone = name.title() not in MONTHS and name[-1] != "."
    if alone or months[1] < months[0]:
        return None
    if part := _part(m, "month"):
        first, last = part
        last = min(last, monthrange(int(year or 2000), months[1])[1])
    return _found("date", period=(_iso(year, months[0], first), _iso(year, months[1], last)))


def _read_year(m: re.Match[str]) -> Numeral | None:
    first, last = m["year"], m["until"] or m["year"]
    last = first[: 4 - len(last)] + last
    if m["until"] and last <= first:
        return None
    months = None if m["until"] else _part(m, "year")
    period = (_iso(first, months[0]), _iso(first, months[1])) if months else (first, last)
    return _found("year", Decimal(first), Decimal(last), period=period)


def _read_decade(m: re.Match[str]) -> Numeral | None:
    tens = CARDINALS[m["word"].lower()[:-3] + "y"] if m["word"] else int(m["tens"] or 0)
    if not m["year"] and re.search(r"\b(?:his|her|their|my|our)\s$", m.string[: m.start()]):
        return _found("amount", Decimal(tens), Decimal(tens + 9))  # an age
    # Without a century, "the 30s" to "the 90s" are the twentieth's, "the 20s" and below ours.
    first = int(m["year"] or tens + (1900 if tens > 20 else 2000))
    part = _part(m, "decade") or (0, 9)
    return _found("decade", period=(str(first + part[0]), str(first + part[1])))


def _read_century(m: re.Match[str]) -> Numeral | None:
    if not m["ordinal"]:
        return _found("century")
    first = 100 * (int(_number(m["ordinal"])[0]) - 1)
    part = _part(m, "century") or (0, 100)
    return _found("century", period=(f"{first + part[0]:04}", f"{first + part[1]:04}"))


def _read_clock(m: re.Match[str]) -> Numeral | None:
    hour = int(m["hour"])
    if m["half"]:
        hour = hour % 12 + 12 * (m["half"] in "pP") if 1 <= hour <= 12 else 24
    time = f"T{hour:02}:{m['minute'] or '00'}"
    return _found("clock", period=(time, time)) if hour < 24 else None


def _read_vague(m: re.Match[str]) -> Numeral | None:
    money = (m["money"] or "").lower().split()[-1:]
    return _found("vague", unit=_CODE_OF[money[0].removesuffix("s")] if money else "")


_NTH = _any(set(ORDINALS) - {"first", "second"})
_WEEKDAY = {day[:3]: (f"-W-{n}", f"-W-{n}") for n, day in enumerate(_WEEKDAYS, 1)}
_TIMES = {word: Decimal(n) for n, word in enumerate(("once", "twice", "thrice"), 1)}
_ANY_CODE = rf"(?!{_any(NOT_CURRENCIES)}(?!\w))[A-Z]{{3}}"
_RULES: list[tuple[Callable[[re.Match[str]], Numeral | None], str]] = [
    (_read_clock, rf"(?P<hour>\d\d?)(?:[:.](?P<minute>[0-5]\d))?{_GAP}?(?P<half>[apAP])"
                  r"(?:[mM](?!\w)|\.[mM]\.)"),
    (_read_clock, r"(?P<hour>\d\d?):(?P<minute>[0-5]\d)(?!\w)(?P<half>)"),
    *((_read_day, _day("a", order)) for order in (True, False)),
    *((_read_day, _day("a", order) + _TO + _day("b", order)) for order in (True, False)),
    (_read_day, r"(?P<ayear>[12]\d{3})-(?P<amonth>0[1-9]|1[0-2])-(?P<aday>(?!00)\d\d)(?!\w)"),
    (_read_decade, rf"{_PART}?(?:(?P<year>[12]\d\d0)s|['’‘]?(?P<tens>\d0)s"
                   rf"|(?P<word>(?i:{_any(word[:-1] + 'ies' for word in _TENS)})))(?!\w)"),
    (_read_century, rf"{_PART}?(?i:(?:this|last|next){_GAP})?(?:{_ORDINAL}{_JOIN})?"
                    r"(?i:centur(?:y|ies))(?!\w)"),
    (_read_year, rf"{_PART}?(?P<year>{_YEAR})(?P<until>)"),
    (_read_year,
     rf"(?i:between){_GAP}(?P<year>{_YEAR}){_GAP}and{_GAP}(?P<until>{_YEAR})"),
    (_read_year, rf"(?P<year>[12]\d{{3}}){_TO}(?P<until>{_YEAR})"),
    (_read_year, r"(?P<year>[12]\d{3})[-\u2010-\u2015/](?P<until>\d\d)(?!\w)"),
    (_read_fraction, rf"(?i:(?:(?P<count>an?|one){_JOIN})?(?P<part>half)(?!\w))"),
    (_read_fraction, rf"(?i:(?P<count>an?){_JOIN}(?P<part>quarter|{_NTH})(?={_GAP}of(?!\w)))"),
    (_read_fraction, rf"(?i:(?P<count>one){_JOIN}(?P<part>quarter|{_NTH})(?!\w))"),
    (_read_fraction,
     rf"(?i:(?P<count>\d|{_any(_BELOW_20)}){_JOIN}(?P<part>(?:halve|quarter|{_NTH})s)(?!\w))"),
    (_read_fraction, r"(?P<count>\d+)/(?P<part>\d+)(?![\w/])"),
    *((_read_amount, pattern) for code in (_any(CURRENCIES), _ANY_CODE) for pattern in (
        _amount("a", code),
        _amount("a", code) + _TO + _amount("b", code),
        rf"(?i:between){_GAP}" + _amount("a", code) + rf"{_GAP}and{_GAP}" + _amount("b", code),
    )),
    (lambda m: _found("ordinal", n := _number(m["ordinal"])[0], n),
     rf"(?<!\bper )(?<!\bsplit.){_ORDINAL}(?:ly)?(?!\w)"),  # "per second" is a unit of time
    (lambda m: _found("multiple", n := _TIMES[m[0].lower()], n), rf"(?i:{_any(_TIMES)})(?!\w)"),
    (_read_vague,
     rf"(?i:(?:(?:tens|scores|{_any(SCALES)}s){_GAP}of{_GAP})*{_any(SCALES)}s|{_SCALE}"
     rf"|(?:tens|scores)(?={_GAP}of)|decades?)(?!\w)(?:{_GAP}of{_GAP}(?P<money>{_MONEY}))?"),
    (_read_month, rf"{_PART}?(?P<month>{_MONTH})(?:{_TO}(?P<until>{_MONTH}))?"
                  rf"(?:(?:,?{_GAP}(?:of{_GAP})?|{_HYPHEN})(?P<year>{_YEAR}))?"),
    (lambda m: _found("weekday", period=_WEEKDAY[m[0][:3]]),
     rf"(?:{_any(_WEEKDAYS)}s?(?!\w)"
     rf"|(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?=(?:\.,?|,){_GAP}(?:\d|{_MONTH})))"),
    (lambda m: _found("name"),
     rf"(?!(?i:{_any(NOT_IN_NAMES)}){_HYPHEN})[^\W\d]+{_HYPHEN}?\d\w*(?:(?:{_HYPHEN}|/)\d\w*)*"),
    (lambda m: _found("name"),
     rf"\d+(?:[A-Z]\w*|[^\W\d]+\d\w*)|Group{_GAP}of{_GAP}(?=[A-Z\d])(?:(?i:{_99})|\d+)"),
]  # fmt: skip
# A numeral begins where a word begins, or right behind another numeral's digits ("20May").
_START = r"(?:(?<!\w)|(?<=[\d½¼¾⅛])(?=\w))"
_COMPILED = [(re.compile(f"{_START}(?:{pattern})"), read) for read, pattern in _RULES]


def _read_from(text: str, place: int, rule: int) -> Numeral | None:
    pattern, read = _COMPILED[rule]
    while m := pattern.search(text, place):
        if numeral := read(m):
            start = m.end("edge") if m.groupdict().get("edge") else m.start()
            return replace(numeral, start=start, end=m.end(), text=text[start : m.end()])
        place = m.start() + 1
    return None


def find_numerals(text: str, start: int = 0, end: int | None = None) -> list[Numeral]:
    """Return the numerals of `text[start:end]` in order, none overlapping another.

    Only the slice is read, what stands around it is no context; places count in all of `text`.
    """
    part, found = text[start:end], []
    ahead = {rule: _read_from(part, 0, rule) for rule in range(len(_COMPILED))}
    while known := {rule: numeral for rule, numeral in ahead.items() if numeral}:
        best = min(known.values(), key=lambda n: (n.start, -n.end))
        found.append(replace(best, start=best.start + start, end=best.end + start))
        for rule, numeral in known.items():
            if numeral.start < best.end:
                ahead[rule] = _read_from(part, best.end, rule)
    return found
