"""Writes table.txt: public holidays by country and region, from the Python package `holidays` (MIT), pip install holidays.

One line a calendar: code | names of the region | MMDD of every year | year MMDD MMDD; year ...
A country's days are the nation's and those of more than half its regions. A region's line says how it differs from its
country's: +MMDD, -MMDD; regions without a difference have none.
"""

import unicodedata
from collections import Counter, defaultdict

import holidays

YEARS = range(2026, 2034)


def days(country, region=None):
    found = holidays.country_holidays(country, subdiv=region, years=YEARS, observed=True)
    return {day for day in found if day.year in YEARS}


def plain(name):
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in letters if c.isascii() and c.isalnum())


def line(code, names, signed):
    """signed: {(year): {'0101', '+0401', ...}}"""
    every = set.intersection(*(signed[year] for year in YEARS)) if signed else set()
    years = [f"{year} {' '.join(sorted(rest))}" for year in YEARS if (rest := signed[year] - every)]
    return "|".join([code, " ".join(sorted(names)), " ".join(sorted(every)), "; ".join(years)])


def by_year(dates, sign=""):
    years = defaultdict(set)
    for day in dates:
        years[day.year].add(f"{sign}{day:%m%d}")
    return years


lines = []
for country, regions in sorted(holidays.list_supported_countries(include_aliases=False).items()):
    kept = {region: days(country, region) for region in sorted(regions)}
    count = Counter(day for own in kept.values() for day in own)
    national = days(country) | {day for day, n in count.items() if 2 * n > len(kept)}
    if not national:
        continue
    lines.append(line(country, [], by_year(national)))
    aliases = defaultdict(set)
    for name, code in getattr(holidays.country_holidays(country), "subdivisions_aliases", {}).items():
        if plain(name):
            aliases[code].add(plain(name))
    for region, own in kept.items():
        if own == national:
            continue
        signed = by_year(own - national, "+")
        for year, less in by_year(national - own, "-").items():
            signed[year] |= less
        lines.append(line(f"{country}-{region}", aliases[region], signed))

with open("table.txt", "w") as out:
    out.write(f"# Public holidays {YEARS[0]}-{YEARS[-1]}, from the Python package holidays {holidays.__version__} (MIT): generate.py\n")
    out.write("\n".join(sorted(lines)) + "\n")
