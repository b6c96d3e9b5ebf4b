"""Units of measure and their spellings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: what it measures, and how many of the base unit of that it is."""

    name: str
    of: str
    size: Fraction


_TABLE = """
second time 1 s sec secs second seconds
minute time 60 min mins minute minutes
hour time 3600 h hr hrs hour hours
day time 86400 d day days
week time 604800 week weeks
month months 1 month months
quarter months 3 quarter quarters
year months 12 yr yrs year years
millisecond time 1/1000 ms millisecond milliseconds
working-day working-days 1 working-day working-days business-day business-days
percent share 1 % percent percentage
percentage-point points 1 percentage-point percentage-points
euro EUR 1 € eur euro euros
dollar USD 1 $ usd dollar dollars
pound GBP 1 £ gbp pound-sterling
franc CHF 1 chf
yen JPY 1 ¥ jpy yen
krona SEK 1 sek
byte data 1 byte bytes
kilobyte data 1000 kb kilobyte kilobytes
megabyte data 1000000 mb megabyte megabytes
gigabyte data 1000000000 gb gigabyte gigabytes
terabyte data 1000000000000 tb terabyte terabytes
kibibyte data 1024 kib
mebibyte data 1048576 mib
gibibyte data 1073741824 gib
millimetre length 1/1000 mm millimetre millimetres millimeter millimeters
centimetre length 1/100 cm centimetre centimetres centimeter centimeters
metre length 1 m metre metres meter meters
kilometre length 1000 km kilometre kilometres kilometer kilometers
inch length 127/5000 inch inches
foot length 381/1250 ft foot feet
mile length 1609344/1000 mile miles
milligram mass 1/1000 mg
gram mass 1 g gram grams gramme grammes
kilogram mass 1000 kg kilogram kilograms kilo kilos
tonne mass 1000000 tonne tonnes
millilitre volume 1/1000 ml millilitre millilitres
litre volume 1 l litre litres liter liters
celsius celsius 1 °c degrees-celsius degree-celsius
fahrenheit fahrenheit 1 °f degrees-fahrenheit
kelvin kelvin 1 kelvin
degree angle 1 ° degree degrees
volt voltage 1 v volt volts
millivolt voltage 1/1000 mv
kilovolt voltage 1000 kv
ampere current 1 a amp amps ampere amperes
milliampere current 1/1000 ma
watt power 1 w watt watts
kilowatt power 1000 kw kilowatt kilowatts
watt-hour energy 1 wh
kilowatt-hour energy 1000 kwh
milliampere-hour charge 1 mah
hertz frequency 1 hz
kilohertz frequency 1000 khz
megahertz frequency 1000000 mhz
gigahertz frequency 1000000000 ghz
decibel level 1 db dbm
"""


@cache
def measures() -> dict[str, Measure]:
    """Every spelling in lower case, with hyphens for spaces, and its unit.

    >>> measures()["hrs"] == measures()["hours"], measures()["years"].size
    (True, Fraction(12, 1))
    """
    found = {}
    for line in _TABLE.strip().splitlines():
        name, of, size, *spellings = line.split()
        for spelling in spellings:
            found[spelling] = Measure(name, of, Fraction(size))
    return found
