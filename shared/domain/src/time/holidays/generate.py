"""Writes table.txt: public holidays by country and region, from the Python package `holidays` (MIT), pip install holidays.

First what it is, then all names, `|` between them. Then one line a calendar: code | names of the region | holiday;holiday ...
A holiday is the place of its name among the names (base 36), `=`, and MMDD of every year or one MMDD a year, `-` for none.
A country's days are the nation's and those of more than half its regions. A region's line says how it differs from its
country's: what it has besides, and under `!` the days that it has not; regions without a difference have none.
"""

import re
import unicodedata
from collections import Counter, defaultdict

import holidays

YEARS = range(2026, 2034)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def days(country, region=None):
    """{date: name in English where there is one}"""
    languages = holidays.country_holidays(country).supported_languages or ()
    language = next((word for word in ("en_US", "en_GB", "en") if word in languages), None)
    if language is None:
        language = next((word for word in languages if word.startswith("en")), None)
    found = holidays.country_holidays(country, subdiv=region, years=YEARS, observed=True, language=language)
    return {day: spoken(name) for day, name in found.items() if day.year in YEARS}


def spoken(name):
    name = name.split(";")[0]
    name = re.sub(r"\s*\((observed|estimated|in lieu|substitute|substituted|observed, estimated)\)", "", name)
    return name.replace("|", "/").strip()


def plain(name):
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in letters if c.isascii() and c.isalnum())


names = {}


def place(name):
    number, text = names.setdefault(name, len(names)), ""
    while True:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
        if number == 0:
            return text


def entries(named, label):
    """What says these days, {date: name}; `label` tells how a name is written."""
    by_name = defaultdict(set)
    for day, name in named.items():
        by_name[name].add(day)
    told = []
    for name, its_days in sorted(by_name.items(), key=lambda entry: (min(entry[1]), entry[0])):
        every = set.intersection(*({f"{d:%m%d}" for d in its_days if d.year == year} for year in YEARS))
        told += [f"{label(name)}={day}" for day in sorted(every)]
        rest = {year: sorted(f"{d:%m%d}" for d in its_days if d.year == year and f"{d:%m%d}" not in every) for year in YEARS}
        for rank in range(max(map(len, rest.values()))):
            dates = [rest[year][rank] if rank < len(rest[year]) else "-" for year in YEARS]
            told.append(f"{label(name)}={' '.join(dates)}")
    return told


lines = []
for country, regions in sorted(holidays.list_supported_countries(include_aliases=False).items()):
    kept = {region: days(country, region) for region in sorted(regions)}
    count = Counter(day for own in kept.values() for day in own)
    national = days(country)
    for own in kept.values():
        for day, name in own.items():
            if 2 * count[day] > len(kept):
                national.setdefault(day, name)
    if not national:
        continue
    lines.append("|".join([country, "", ";".join(entries(national, place))]))
    aliases = defaultdict(set)
    for name, code in getattr(holidays.country_holidays(country), "subdivisions_aliases", {}).items():
        if plain(name):
            aliases[code].add(plain(name))
    for region, own in kept.items():
        more = {day: name for day, name in own.items() if day not in national}
        less = {day: "!" for day in national if day not in own}
        if more or less:
            told = entries(more, place) + entries(less, lambda name: name)
            lines.append("|".join([f"{country}-{region}", " ".join(sorted(aliases[region])), ";".join(told)]))

with open("table.txt", "w") as out:
    out.write(f"# Public holidays {YEARS[0]}-{YEARS[-1]}, from the Python package holidays {holidays.__version__} (MIT): generate.py\n")
    out.write("|".join(names) + "\n")
    out.write("\n".join(sorted(lines)) + "\n")
