"""The three markets of the synthetic world: whom the brand sells to, where, when, and in which words. All brands are invented."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from playbook.brief import AGE_BANDS
from playbook.errors import BadCall, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Market:
    """What a kind of world has of its own, apart from every strength.

    Attributes
    ----------
    platforms : dict of str to float
        Share of creators on each platform.
    niches : dict of str to float
        Share of creators in each niche; the first is the brand's own.
    countries : dict of str to float
        Share of people by country; the first is the home market.
    languages : dict of str to str
        Language of each country.
    women : dict of str to float
        Share of women in a niche's audience.
    age : dict of str to float
        Typical age of a niche's audience, years.
    per_eur : float
        Units of the market's currency for one euro, for fees and orders.
    order_value : float
        Mean order before discount, in the market's currency.
    click_factor : float
        Multiplies the strength `click_rate`: more than 1 where stories with a link come with each post
        (89 % of Instagram deals, Lumanu 2024).
    conversion_factor : float
        Multiplies the strength `conversion_rate`; small baskets convert better (Omega Point benchmarks: 4.6 % under 60 dollars).
    region_sales : float
        Mean daily sales of a region through all channels, in the market's currency.
    hours_ahead : int
        Local time minus UTC, hours.
    """

    kind: str
    finished: bool
    platforms: dict[str, float]
    niches: dict[str, float]
    countries: dict[str, float]
    languages: dict[str, str]
    women: dict[str, float]
    age: dict[str, float]
    currency: str
    per_eur: float
    foreign: dict[str, float]
    collected_on: dt.date
    starts: dt.date
    deadline: dt.date
    hours_ahead: int
    cities: tuple[str, ...]
    regions: tuple[str, ...]
    region_sales: float
    order_value: float
    discount: float
    click_factor: float
    conversion_factor: float
    daily_orders: float
    own_followers: float
    campaign_creators: int
    posts_each: int
    campaign_followers: tuple[float, float]
    brand_tag: str
    competitors: tuple[str, ...]
    brief: dict = field(repr=False)

    @property
    def home(self) -> str:
        """Country of the market."""
        return next(iter(self.countries))

    @property
    def own_niche(self) -> str:
        """Niche of the brand."""
        return next(iter(self.niches))

    @property
    def brand(self) -> str:
        """Name of the brand."""
        return self.brief["brand"]["name"]


# share of people in each of the brief's age bands, among users of social platforms (assumed)
AGES = dict(zip(AGE_BANDS, (0.09, 0.24, 0.27, 0.18, 0.12, 0.07, 0.03), strict=True))
AGE_MIDDLE = (15.5, 21.5, 30.0, 40.0, 50.0, 60.0, 70.0)
GENDERS = {"female": 0.505, "male": 0.48, "other": 0.015}

FORMATS: dict[str, dict[str, tuple[float, float]]] = {
    # format: (share of posts, effect on engagement); the effects are of the size the trade reports, and assumed
    "instagram": {"photo": (0.3, 0.85), "carousel": (0.25, 1.05), "reel": (0.45, 1.2)},
    "tiktok": {"video": (1.0, 1.0)},
    "youtube": {"video": (0.6, 1.1), "short": (0.4, 0.9)},
}
POSTS_PER_WEEK = {"instagram": 2.2, "tiktok": 3.0, "youtube": 1.2}
FEE_FACTOR = {"instagram": 1.0, "tiktok": 0.8, "youtube": 1.8}
DELIVERABLE_FACTOR = {"photo": 0.9, "carousel": 1.1, "reel": 1.35, "story": 0.4, "video": 1.0, "short": 0.6}

_GLOW = Market(
    kind="glow-skincare",
    finished=True,
    platforms={"instagram": 0.6, "tiktok": 0.4},
    niches={"skincare": 0.22, "beauty": 0.2, "fashion": 0.14, "fitness": 0.12, "food": 0.1, "family": 0.09, "travel": 0.08, "gaming": 0.05},
    countries={"DE": 0.66, "AT": 0.1, "CH": 0.08, "NL": 0.05, "PL": 0.05, "US": 0.06},
    languages={"DE": "de", "AT": "de", "CH": "de", "NL": "nl", "PL": "pl", "US": "en"},
    women={"skincare": 0.82, "beauty": 0.86, "fashion": 0.75, "fitness": 0.55, "food": 0.64, "family": 0.78, "travel": 0.56, "gaming": 0.3},
    age={"skincare": 28, "beauty": 25, "fashion": 26, "fitness": 28, "food": 33, "family": 36, "travel": 32, "gaming": 22},
    currency="EUR",
    per_eur=1.0,
    foreign={"CHF": 1.06, "PLN": 0.235},
    collected_on=dt.date(2026, 6, 14),
    starts=dt.date(2026, 4, 20),
    deadline=dt.date(2026, 5, 17),
    hours_ahead=2,
    cities=("Leipzig", "Köln", "Bremen", "Wien", "Kassel", "Freiburg", "Zürich"),
    regions=(
        "Küste",
        "Heide",
        "Hanse",
        "Havel",
        "Börde",
        "Harz",
        "Elbe",
        "Ruhr",
        "Rhein",
        "Eifel",
        "Main",
        "Saar",
        "Neckar",
        "Franken",
        "Donau",
        "Allgäu",
    ),
    region_sales=1_500.0,
    order_value=46.0,
    discount=0.15,
    click_factor=2.5,
    conversion_factor=2.5,
    daily_orders=26.0,
    own_followers=18_400.0,
    campaign_creators=22,
    posts_each=2,
    campaign_followers=(8_000, 95_000),
    brand_tag="glowskincare",
    competitors=("Velmorra", "Hautfenja"),
    brief={
        "name": "Glow Skincare spring launch",
        "brand": {
            "name": "Glow Skincare",
            "handle": "glow.skincare.demo",
            "website": "https://glow-skincare.example/serum",
            "values": ["vegan", "fragrance free", "plain ingredients", "cruelty free"],
            "keywords": ["hautpflege", "skincare", "serum", "spf", "niacinamid", "vegan", "routine"],
            "niches": ["skincare", "beauty"],
            "avoid": ["filler", "botox", "wunderkur", "crash diät"],
            "competitors": ["Velmorra", "Hautfenja"],
            "customers": {
                "age": {"18-24": 0.28, "25-34": 0.42, "35-44": 0.2, "45-54": 0.1},
                "gender": {"female": 0.85, "male": 0.13, "other": 0.02},
                "country": {"DE": 0.85, "AT": 0.1, "CH": 0.05},
                "language": {"de": 0.95},
            },
        },
        "goal": {"kind": "sales", "target": 600},
        "budget": {"amount": 14_000, "hours_per_creator": 3, "hourly_cost": 38, "product_cost": 14, "shipping_cost": 5},
        "economics": {
            "order_value": 39,
            "gross_margin": 0.62,
            "repeat_rate": 0.28,
            "discount": 0.15,
            "shipping_per_order": 4.2,
            "click_rate": 0.015,
            "conversion_rate": 0.04,
        },
        "market": {"country": "DE", "platforms": ["instagram", "tiktok"], "jurisdiction": "DE"},
        "tiers": {"mega": 1_000_000},
        "report": {"locale": "en-GB", "colour": "#2F6F5E", "accent": "#C8553D"},
        "portfolio": {"tiers": "micro"},
        "outreach": {"code_suffix": "15"},
    },
)

_CAMPUS = Market(
    kind="campus-coffee",
    finished=True,
    platforms={"instagram": 0.62, "tiktok": 0.38},
    niches={"coffee": 0.16, "study": 0.18, "food": 0.18, "fashion": 0.12, "fitness": 0.11, "music": 0.09, "sports": 0.09, "gaming": 0.07},
    countries={"US": 0.82, "CA": 0.06, "MX": 0.05, "GB": 0.04, "IN": 0.03},
    languages={"US": "en", "CA": "en", "MX": "es", "GB": "en", "IN": "en"},
    women={"coffee": 0.58, "study": 0.62, "food": 0.6, "fashion": 0.75, "fitness": 0.52, "music": 0.5, "sports": 0.38, "gaming": 0.3},
    age={"coffee": 25, "study": 20, "food": 29, "fashion": 23, "fitness": 26, "music": 24, "sports": 25, "gaming": 21},
    currency="USD",
    per_eur=1.1,
    foreign={"CAD": 0.73, "MXN": 0.055},
    collected_on=dt.date(2026, 10, 25),
    starts=dt.date(2026, 9, 7),
    deadline=dt.date(2026, 10, 4),
    hours_ahead=-5,
    cities=("Maple Heights", "Oakfield", "Northgate", "River Park", "Old Town", "College Hill"),
    regions=(
        "Campus North",
        "Campus South",
        "College Hill",
        "Old Town",
        "Oakfield",
        "River Park",
        "Northgate",
        "Maple Heights",
        "Station",
        "Harbor",
        "Eastside",
        "Lakeview",
    ),
    region_sales=620.0,
    order_value=11.0,
    discount=0.1,
    click_factor=1.5,
    conversion_factor=2.0,
    daily_orders=14.0,
    own_followers=4_150.0,
    campaign_creators=16,
    posts_each=2,
    campaign_followers=(1_500, 60_000),
    brand_tag="campuscoffee",
    competitors=("Beanhalla Roast", "Mokkarill"),
    brief={
        "name": "Campus Coffee first week of term",
        "brand": {
            "name": "Campus Coffee",
            "handle": "campus.coffee.demo",
            "website": "https://campus-coffee.example/menu",
            "values": ["fair trade", "student run", "local"],
            "keywords": ["coffee", "latte", "espresso", "campus", "study", "student"],
            "niches": ["coffee", "study", "food"],
            "avoid": ["vape", "betting", "essay service"],
            "competitors": ["Beanhalla Roast", "Mokkarill"],
            "customers": {
                "age": {"13-17": 0.04, "18-24": 0.66, "25-34": 0.22, "35-44": 0.08},
                "gender": {"female": 0.56, "male": 0.42, "other": 0.02},
                "country": {"US": 0.97},
                "language": {"en": 0.95},
            },
        },
        "goal": {"kind": "awareness", "target": 60_000},
        "budget": {"amount": 7_500, "hours_per_creator": 2, "hourly_cost": 28, "product_cost": 25, "shipping_cost": 0},
        "economics": {
            "order_value": 10,
            "gross_margin": 0.68,
            "repeat_rate": 0.5,
            "discount": 0.1,
            "click_rate": 0.015,
            "conversion_rate": 0.03,
        },
        "market": {"country": "US", "platforms": ["instagram", "tiktok"], "jurisdiction": "US"},
        "tiers": {"nano": 1_000, "micro": 10_000, "macro": 100_000},
        "report": {"locale": "en-US", "colour": "#6B4226", "accent": "#1F7A8C"},
        "portfolio": {"tiers": "nano, micro"},
        "outreach": {"code_suffix": "10"},
    },
)

_TRAIL = Market(
    kind="trail-app",
    finished=False,
    platforms={"youtube": 0.5, "tiktok": 0.5},
    niches={
        "hiking": 0.24,
        "running": 0.16,
        "camping": 0.14,
        "cycling": 0.13,
        "travel": 0.12,
        "photography": 0.09,
        "fitness": 0.08,
        "gaming": 0.04,
    },
    countries={"GB": 0.68, "IE": 0.08, "US": 0.14, "AU": 0.06, "DE": 0.04},
    languages={"GB": "en", "IE": "en", "US": "en", "AU": "en", "DE": "de"},
    women={
        "hiking": 0.48,
        "running": 0.5,
        "camping": 0.42,
        "cycling": 0.33,
        "travel": 0.56,
        "photography": 0.45,
        "fitness": 0.52,
        "gaming": 0.3,
    },
    age={"hiking": 35, "running": 33, "camping": 36, "cycling": 37, "travel": 32, "photography": 34, "fitness": 28, "gaming": 22},
    currency="GBP",
    per_eur=0.86,
    foreign={"EUR": 0.86, "USD": 0.78},
    collected_on=dt.date(2026, 2, 22),
    starts=dt.date(2026, 3, 16),
    deadline=dt.date(2026, 4, 26),
    hours_ahead=0,
    cities=("Leeds", "Sheffield", "Bristol", "Kendal", "Cardiff", "Cork", "Inverness"),
    regions=("North", "Midlands", "South", "Wales", "Scotland", "Ireland"),
    region_sales=0.0,
    order_value=24.0,
    discount=0.0,
    click_factor=1.0,
    conversion_factor=1.0,
    daily_orders=0.0,
    own_followers=7_260.0,
    campaign_creators=14,
    posts_each=1,
    campaign_followers=(3_000, 120_000),
    brand_tag="trailapp",
    competitors=("Pathwren", "Ridgoro Maps"),
    brief={
        "name": "Trail App spring walks",
        "brand": {
            "name": "Trail App",
            "handle": "trail.app.demo",
            "website": "https://trail-app.example/get",
            "values": ["leave no trace", "walks for everyone", "no adverts in the app"],
            "keywords": ["hiking", "trail", "walks", "map", "outdoors", "route"],
            "niches": ["hiking", "running", "camping"],
            "avoid": ["trespass", "drone race", "betting"],
            "competitors": ["Pathwren", "Ridgoro Maps"],
            "customers": {
                "age": {"18-24": 0.14, "25-34": 0.32, "35-44": 0.28, "45-54": 0.17, "55-64": 0.09},
                "gender": {"female": 0.5, "male": 0.48, "other": 0.02},
                "country": {"GB": 0.88, "IE": 0.08},
                "language": {"en": 0.99},
            },
        },
        "goal": {"kind": "followers", "target": 2_500},
        "budget": {"amount": 9_000, "hours_per_creator": 3, "hourly_cost": 32, "product_cost": 0, "shipping_cost": 0},
        "economics": {"order_value": 24, "gross_margin": 0.85, "repeat_rate": 0.6, "follow_rate": 0.004},
        "market": {"country": "GB", "platforms": ["youtube", "tiktok"], "jurisdiction": "GB"},
        "tiers": {"mega": 1_000_000},
        "report": {"locale": "en-GB", "colour": "#2D5D7B", "accent": "#D17A22"},
        "portfolio": {"tiers": "micro"},
    },
)


def renamed(place: Market, brand: str) -> Market:
    """Return the same market with another brand in it: its name, handle, web page and the name of its campaign.

    >>> renamed(_TRAIL, "Fern & Oak").brief["brand"]["website"]
    'https://fern-oak.example/get'
    """
    old = place.brief["brand"]
    handle = re.sub(r"[^a-z0-9]+", "-", brand.lower()).strip("-")
    page = "https://" + handle + ".example/" + old["website"].rpartition("/")[2]
    values = {**old, "name": brand, "handle": handle.replace("-", ".") + ".demo", "website": page}
    brief = {**place.brief, "name": place.brief["name"].replace(old["name"], brand), "brand": values}
    return replace(place, brand_tag=handle.replace("-", ""), brief=brief)


MARKETS = {m.kind: m for m in (_GLOW, _CAMPUS, _TRAIL)}
KINDS = tuple(MARKETS)


def market(kind: str) -> Market:
    """Return the market of that name.

    Raises
    ------
    BadCall
        Where there is no such market.
    """
    if kind not in MARKETS:
        raise BadCall(f"{kind!r} is not a kind of world{did_you_mean(str(kind), KINDS)}; expected one of {', '.join(KINDS)}.")
    return MARKETS[kind]
