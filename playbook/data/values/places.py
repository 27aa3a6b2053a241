"""Countries and languages as people and tools write them, in many tongues, to ISO codes."""

from __future__ import annotations

import unicodedata
from functools import cache

# names that no locale data has, as tools and people write them
_COUNTRIES = {
    "uk": "GB",
    "u.k.": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "great britain": "GB",
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "uae": "AE",
    "korea": "KR",
    "republic of korea": "KR",
    "korea, republic of": "KR",
    "russian federation": "RU",
    "viet nam": "VN",
    "holland": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
    "türkiye": "TR",
    "taiwan": "TW",
    "hong kong": "HK",
    "macau": "MO",
    "iran, islamic republic of": "IR",
    "bolivia, plurinational state of": "BO",
    "venezuela, bolivarian republic of": "VE",
    "tanzania, united republic of": "TZ",
    "moldova, republic of": "MD",
    "ivory coast": "CI",
    "burma": "MM",
}
# alpha-3 codes that are not the alpha-2 code and a letter come from the same data where it has them
_TONGUES = [
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "el",
    "ru",
    "uk",
    "tr",
    "ar",
    "he",
    "fa",
    "hi",
    "bn",
    "ta",
    "th",
    "vi",
    "id",
    "ms",
    "ja",
    "ko",
    "zh",
    "zh_Hant",
    "ca",
    "hr",
    "sr",
    "sl",
    "lt",
    "lv",
    "et",
]


@cache
def _names(kind: str) -> dict[str, str]:
    from babel import Locale

    out: dict[str, str] = {}
    for tongue in _TONGUES:
        locale = Locale.parse(tongue)
        names = locale.territories if kind == "country" else locale.languages
        for code, name in names.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"):
                # the first language that has a name keeps it
                out.setdefault(_folded(str(name)), code)
    if kind == "country":
        out |= {_folded(name): code for name, code in _COUNTRIES.items()}
    return out


@cache
def _three() -> dict[str, str]:
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    return {old: new[0] for old, new in aliases.items() if len(old) == 3 and old.isalpha() and len(new) == 1 and len(new[0]) == 2}


def country_code(text: str) -> str | None:
    """Return the two-letter code of a country, from its code or its name in one of forty languages; None where it is neither.

    >>> country_code("Deutschland"), country_code("gb"), country_code("USA"), country_code("Ελλάδα"), country_code("Views avg.")
    ('DE', 'GB', 'US', 'GR', None)
    >>> country_code("Berlin, Germany"), country_code("Portland, OR")
    ('DE', None)
    """
    folded = _folded(text)
    if "," in folded and folded not in _names("country"):
        # a place in a country, as in "Berlin, Germany"; two letters there may as well be a state's
        last = folded.rpartition(",")[2].strip()
        return country_code(last) if len(last) > 2 else None
    if len(folded) == 2 and folded.isascii() and folded.isalpha():
        code = "GB" if folded == "uk" else folded.upper()
        return code if code in set(_names("country").values()) else None
    if len(folded) == 3 and folded.upper() in _three():
        return _three()[folded.upper()]
    return _names("country").get(folded)


def language_code(text: str) -> str | None:
    """Return the two-letter code of a language, from its code, a locale tag or its name; None where it is none.

    >>> language_code("German"), language_code("pt-BR"), language_code("español"), language_code("xx1")
    ('de', 'pt', 'es', None)
    """
    folded = _folded(text)
    tag = folded.replace("_", "-").split("-")[0]
    known = _names("language")
    if len(tag) == 2 and tag in set(known.values()):
        return tag
    return known.get(folded)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("\u00a0", " ").split())
