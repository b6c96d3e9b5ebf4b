"""Units of measure and their spellings.

The sizes are held to those of `pint` by a test. Its registry is not used here: it takes half a second and
30 MB to make, knows no currencies, and reads "a" as a year, "in" as an inch and "Mb" as a megabarn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: what it measures, and how many of the base unit of that it is."""

    name: str
    of: str
    size: Fraction


_PREFIXES = {
    "p": ("pico", "1/1000000000000"),
    "n": ("nano", "1/1000000000"),
    "µ": ("micro", "1/1000000"),
    "m": ("milli", "1/1000"),
    "c": ("centi", "1/100"),
    "d": ("deci", "1/10"),
    "h": ("hecto", "100"),
    "k": ("kilo", "1000"),
    "M": ("mega", "1000000"),
    "G": ("giga", "1000000000"),
    "T": ("tera", "1000000000000"),
    "Ki": ("kibi", "1024"),
    "Mi": ("mebi", "1048576"),
    "Gi": ("gibi", "1073741824"),
    "Ti": ("tebi", "1099511627776"),
}

_PREFIXED = """
m       metre,meter          length          1       n,µ,m,c,k
g       gram,gramme          mass            1       n,µ,m,k
s       second               time            1       n,µ,m
l       litre,liter          volume          1       µ,m,c,d,h
V       volt                 voltage         1       µ,m,k
A       ampere,amp           current         1       n,µ,m,k
W       watt                 power           1       n,µ,m,k,M,G,T
J       joule                energy          1       m,k,M,G
Wh      watt-hour            energy          3600    m,k,M,G,T
cal     calorie              energy          523/125 k
VA      volt-ampere          apparent-power  1       k,M
Ah      ampere-hour          charge          3600    m
Hz      hertz                frequency       1       k,M,G,T
Pa      pascal               pressure        1       h,k,M,G
bar     bar                  pressure        100000  m
N       newton               force           1       k
Ω       ohm                  resistance      1       m,k,M
F       farad                capacitance     1       p,n,µ,m
mol     mole                 amount          1       µ,m
B       byte                 data            1       k,M,G,T,Ki,Mi,Gi,Ti
bit     bit                  data            1/8     k,M,G,T
bps     bit-per-second       data-rate       1       k,M,G
"""
"""Symbol, names, what it measures, how many base units, the prefixes it is used with."""

_TABLE = """
second time 1 sec secs sek sekunde sekunden seconde seconden secondes segundo segundos secondo secondi
second time 1 сек секунда секунды секунд
minute time 60 min mins minute minutes minuten minuto minutos minuti minuut minuta minuty минута минуты минут
hour time 3600 h hr hrs hour hours stunde stunden heure heures hora horas ora ore uur godzina godziny
hour time 3600 godzin час часа часов
day time 86400 d day days tag tage tagen jour jours día días giorno giorni dia dias dag dagen dzień dni
day time 86400 день дня дней
week time 604800 week weeks woche wochen semaine semaines semana semanas settimana settimane weken
week time 604800 tydzień tygodnie tygodni неделя недели недель
month months 1 month months monat monate monaten mois mes meses mese mesi mês maand maanden miesiąc
month months 1 miesiące miesięcy месяц месяца месяцев
quarter months 3 quarter quarters quartal quartale trimestre trimestres kwartaal
year months 12 yr yrs year years jahr jahre jahren ans année années año años anno anni ano anos jaar jaren
year months 12 rok lata lat год года лет
working-day working-days 1 working-day working-days business-day business-days werktag werktage werktagen
working-day working-days 1 arbeitstag arbeitstage arbeitstagen werkdag werkdagen
percent share 1 % percent percentage prozent procent процент процента процентов
permille share 1/10 ‰ permille promille
ppm share 1/10000 ppm
percentage-point points 1 percentage-point percentage-points prozentpunkt prozentpunkte prozentpunkten
euro EUR 1 € euro euros евро
dollar USD 1 $ dollar dollars dólar dólares доллар доллара долларов
pound GBP 1 £ pound-sterling pounds-sterling
yen JPY 1 ¥ yen
rupee INR 1 ₹ rupee rupees
rouble RUB 1 ₽ руб рубль рубля рублей
lira TRY 1 ₺
hryvnia UAH 1 ₴ грн
shekel ILS 1 ₪
won KRW 1 ₩
zloty PLN 1 zł zloty zlotys złoty złote złotych
koruna CZK 1 kč
kilobyte data 1000 kb
megabyte data 1000000 mb
gigabyte data 1000000000 gb
terabyte data 1000000000000 tb
inch length 127/5000 inch inches zoll
foot length 381/1250 ft foot feet
yard length 1143/1250 yd yard yards
mile length 1609344/1000 mile miles
nautical-mile length 1852 nmi nautical-miles
hectare area 10000 ha hectare hectares hektar
acre area 316160658/78125 acre acres
ounce mass 45359237/1600000 oz ounce ounces
pound-weight mass 45359237/100000 lb lbs
kilogram mass 1000 kilo kilos
tonne mass 1000000 tonne tonnes
psi pressure 8896443230521/1290320000 psi
celsius celsius 1 °c degrees-celsius degree-celsius
fahrenheit fahrenheit 1 °f degrees-fahrenheit
kelvin kelvin 1 kelvin
degree angle 1 ° degree degrees
decibel level 1 decibel decibels
"""
"""Spellings in lower case, with hyphens for spaces, of whatever upper and lower case means the same. Time is
there in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian."""

_NAMED_CURRENCIES = (
    "EUR euro USD dollar GBP pound CHF franc JPY yen SEK krona INR rupee RUB rouble TRY lira UAH hryvnia "
    "ILS shekel KRW won PLN zloty CZK koruna"
).split()
_CURRENCIES = {
    **dict(zip(_NAMED_CURRENCIES[::2], _NAMED_CURRENCIES[1::2], strict=True)),
    **{code: code.lower() for code in "AED AUD BRL CAD CNY DKK HKD HUF MXN NOK NZD RON SGD THB ZAR".split()},
}
CURRENCY_CODES = tuple(_CURRENCIES)
"""ISO 4217; in upper case only but for ``eur usd gbp chf jpy``, since "try" and "sek" are words."""

_AS_WRITTEN = {"Kb": "kbit", "Mb": "Mbit", "Gb": "Gbit", "Tb": "Tbit", "KB": "kB", "mcg": "µg", "L": "l"}
_WORDS = frozenset("MM pa va ah na ma".split())
"""Millions, "per annum", and words of several languages: no units in this case."""
_UNCLEAR = frozenset("mw mj mω a b d f j n t v w".split())
"""In this case two units, or letters that number things."""


@cache
def _symbols() -> dict[str, Measure]:
    """By symbols as they are written: mW is not MW, Mb not MB."""
    found = dict(_prefixed_symbols())
    found |= {written: found[symbol] for written, symbol in _AS_WRITTEN.items()}
    for symbol in [symbol for symbol in found if "µ" in symbol]:
        found[symbol.replace("µ", "μ")] = found[symbol]
    found |= {"Std": Measure("hour", "time", Fraction(3600)), "Min": Measure("minute", "time", Fraction(60))}
    found |= {"dB": Measure("decibel", "level", Fraction(1))}
    found |= {"dBm": Measure("decibel-milliwatt", "level-of-power", Fraction(1))}
    for code, name in _CURRENCIES.items():
        found[code] = Measure(name, code, Fraction(1))
    return found


def _prefixed_symbols() -> Iterator[tuple[str, Measure]]:
    for symbol, names, of, size, prefixes in map(str.split, _PREFIXED.strip().splitlines()):
        name = names.split(",")[0]
        yield symbol, Measure(name, of, Fraction(size))
        for prefix in prefixes.split(","):
            prefix_name, times = _PREFIXES[prefix]
            yield prefix + symbol, Measure(prefix_name + name, of, Fraction(size) * Fraction(times))


@cache
def measures() -> dict[str, Measure]:
    """Every spelling in lower case, with hyphens for spaces, for finding a unit's name in a text.

    >>> measures()["hrs"] == measures()["hours"], measures()["years"].size
    (True, Fraction(12, 1))
    """
    found: dict[str, Measure] = {}
    folded: dict[str, set[Measure]] = {}
    for symbol, unit in _symbols().items():
        folded.setdefault(symbol.lower(), set()).add(unit)
    # Where case tells two apart, the larger is meant: "MW" heads more columns than "mW".
    found |= {symbol: max(units, key=lambda unit: unit.size) for symbol, units in folded.items()}
    for code in CURRENCY_CODES:
        if code not in ("EUR", "USD", "GBP", "CHF", "JPY"):
            del found[code.lower()]
    for _symbol, names, _of, _size, prefixes in map(str.split, _PREFIXED.strip().splitlines()):
        unit = _symbols()[_symbol]
        for name in names.split(","):
            found |= {name: unit, f"{name}s": unit}
            for prefix in prefixes.split(","):
                prefixed = _symbols()[prefix + _symbol]
                long = _PREFIXES[prefix][0] + name
                found |= {long: prefixed, f"{long}s": prefixed}
    for line in _TABLE.strip().splitlines():
        name, of, size, *spellings = line.split()
        for spelling in spellings:
            found[spelling] = Measure(name, of, Fraction(size))
    return {spelling: unit for spelling, unit in found.items() if spelling not in _WORDS}


@lru_cache(maxsize=4096)
def measure(spelling: str) -> Measure | None:
    """The unit that ``spelling`` is written for, with hyphens for spaces; None where it is none, or two.

    >>> [unit and unit.name for unit in map(measure, ("MW", "mW", "mw", "gb", "Gb", "Hours", "Sek", "SEK"))]
    ['megawatt', 'milliwatt', None, 'gigabyte', 'gigabit', 'hour', 'second', 'krona']
    """
    exact = _symbols().get(spelling)
    if exact is not None or spelling in _WORDS or spelling in _UNCLEAR:
        return exact
    if any(spelling.startswith(prefix) and spelling[len(prefix) :] in _symbols() for prefix in _PREFIXES):
        # "Mg", "MV", "mPa": the prefix is another than that of the unit we know.
        return None
    return measures().get(spelling.lower())
