"""The brief: everything a campaign assumes, as one strict, frozen model of `campaign.yml`.

Field descriptions are the user's documentation: `playbook new` writes them as comments.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from playbook.brief import knobs

CURRENCIES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BGN",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EGP",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JPY",
        "KES",
        "KRW",
        "KWD",
        "MAD",
        "MXN",
        "MYR",
        "NGN",
        "NOK",
        "NZD",
        "PEN",
        "PHP",
        "PKR",
        "PLN",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "UYU",
        "VND",
        "ZAR",
    ]
)
PLATFORMS = ("instagram", "tiktok", "youtube", "facebook", "x", "twitch", "pinterest", "linkedin", "snapchat", "threads")
AGE_BANDS = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")

Platform = Literal[PLATFORMS]  # type: ignore[valid-type]


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"{code!r} is not a currency code the kit knows; write the ISO 4217 code, such as EUR, USD or GBP")
    return code


def _country(code: str) -> str:
    if not (len(code) == 2 and code.isalpha() and code.isupper()):
        raise ValueError(f"{code!r} is not a country code; write the two letters of ISO 3166, such as DE, US or GB")
    return code


def _colour(code: str) -> str:
    if not (len(code) == 7 and code.startswith("#") and all(c in "0123456789abcdefABCDEF" for c in code[1:])):
        raise ValueError(f"{code!r} is not a colour; write six hexadecimal digits after #, such as '#1F6F8B'")
    return code


Currency = Annotated[str, AfterValidator(_currency)]
Country = Annotated[str, AfterValidator(_country)]
Colour = Annotated[str, AfterValidator(_colour)]
Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0, le=1e12)]


class Section(BaseModel):
    """A part of the brief: frozen, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=())


class Customers(Section):
    """Whom the brand sells to, as shares within each dimension."""

    age: dict[str, Share] = Field({}, description=f"share of customers by age band; bands: {', '.join(AGE_BANDS)}")
    gender: dict[Literal["female", "male", "other"], Share] = Field({}, description="share by gender: female, male, other")
    country: dict[Country, Share] = Field({}, description="share by country, two-letter codes")
    language: dict[str, Share] = Field({}, description="share by language, two-letter codes in small letters")

    @model_validator(mode="after")
    def _shares_add_up(self) -> Customers:
        for dimension in ("age", "gender", "country", "language"):
            shares = getattr(self, dimension)
            if shares and sum(shares.values()) > 1.005:
                raise ValueError(f"the shares in {dimension} add up to {sum(shares.values()):.3g}; they can be at most 1")
        for band in self.age:
            if band not in AGE_BANDS:
                raise ValueError(f"{band!r} is not one of the age bands {', '.join(AGE_BANDS)}")
        return self


class Brand(Section):
    """The brand behind the campaign."""

    name: str = Field("Our brand", min_length=1, max_length=120, description="the brand's name as readers should see it")
    handle: str = Field("", description="the brand's own handle, without @")
    website: str = Field("", description="the page that tracking links lead to")
    values: list[str] = Field([], description="what the brand stands for, a few words each")
    keywords: list[str] = Field([], description="words that creators of the right niche use")
    niches: list[str] = Field([], description="niches that fit, as your creators table spells them")
    avoid: list[str] = Field([], description="words and topics that rule a creator out until you have looked")
    competitors: list[str] = Field([], description="other brands' names or handles to look for in posts")
    customers: Customers = Field(Customers(), description="whom the brand sells to")


class Goal(Section):
    """What the campaign is for: the first thing to settle."""

    kind: Literal["awareness", "followers", "sales"] = Field(
        "awareness", description="awareness (people reached), followers (new followers of the brand) or sales (orders)"
    )
    target: float = Field(10_000, gt=0, le=1e12, description="how many: people reached, new followers or orders")
    starts: dt.date | None = Field(None, description="first day of the campaign, YYYY-MM-DD")
    deadline: dt.date | None = Field(None, description="last day of the campaign, YYYY-MM-DD")
    kpi: str | None = Field(None, description="the measure you mean to judge by; empty takes the goal's own")

    @model_validator(mode="after")
    def _in_order(self) -> Goal:
        if self.starts and self.deadline and self.deadline < self.starts:
            raise ValueError(f"deadline {self.deadline} lies before starts {self.starts}")
        return self


class Budget(Section):
    """What may be spent, and what each creator costs beside the fee."""

    amount: Money = Field(1_000, description="all that may be spent, in `currency`")
    currency: Currency = Field("EUR", description="ISO 4217 code; every other currency needs a rate below")
    hours_per_creator: float = Field(3, ge=0, le=1_000, description="hours of your own work per creator")
    hourly_cost: Money = Field(35, description="cost of one such hour")
    product_cost: Money = Field(0, description="cost of the product given to each creator")
    shipping_cost: Money = Field(0, description="cost of sending it")
    platform_fee: Share = Field(0, description="agency or platform fee as a share of the creator's fee, 0-1")
    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field({}, description="price of one unit of a foreign currency, in `currency`")
    rates_on: dt.date | None = Field(None, description="the day of these rates, YYYY-MM-DD")

    @model_validator(mode="after")
    def _rates_have_a_day(self) -> Budget:
        if self.rates and self.rates_on is None:
            raise ValueError("rates need their day: add rates_on: YYYY-MM-DD")
        return self


class Economics(Section):
    """What a customer is worth."""

    order_value: Money | None = Field(None, description="average order after discounts, before tax, in the budget's currency")
    gross_margin: Share | None = Field(None, description="share of revenue left after the goods, 0-1")
    repeat_rate: Share = Field(0, description="share of new customers who order once more, 0-1")
    discount: Share = Field(0, description="share taken off by creators' codes, 0-1")
    shipping_per_order: Money = Field(0, description="shipping and payment cost of one order that you bear")
    commission: Share = Field(0, description="share of revenue paid to the creator, 0-1")
    click_rate: Share = Field(0.015, description="clicks per person reached; planning value")
    conversion_rate: Share = Field(0.018, description="orders per click; planning value")
    follow_rate: Share = Field(0.004, description="new followers of the brand per person reached; planning value")
    incremental_share: Share | None = Field(
        None, description="share of coded orders that would not have come anyway; empty where nobody knows"
    )


class Market(Section):
    """Where the campaign runs."""

    country: Country = Field("US", description="two-letter code of the market")
    platforms: list[Platform] = Field(["instagram"], min_length=1, description=f"one or more of: {', '.join(PLATFORMS)}")
    jurisdiction: str = Field("", description="whose advertising rules hold; empty takes the country")
    population: float | None = Field(None, gt=0, description="people in the market, where you know it: no set can reach more")


class Tiers(Section):
    """Lower bounds of the size classes in followers; each class is half-open [bound, next bound)."""

    nano: int | None = Field(None, ge=0, description="lower bound of nano; empty: no such class, smaller ones are 'below micro'")
    micro: int = Field(1_000, ge=0, description="lower bound of micro")
    mid: int | None = Field(None, gt=0, description="lower bound of mid-tier; empty: no such class")
    macro: int = Field(100_000, gt=0, description="lower bound of macro: the guide's line")
    mega: int | None = Field(None, gt=0, description="lower bound of mega; empty: no such class")

    @model_validator(mode="after")
    def _ascending(self) -> Tiers:
        bounds = [b for _, b in self.bounds()]
        if bounds != sorted(set(bounds)):
            raise ValueError(f"the bounds must rise from nano to mega; found {', '.join(f'{n} {b}' for n, b in self.bounds())}")
        return self

    def bounds(self) -> list[tuple[str, int]]:
        """Return (name, lower bound in followers) of the classes in use, smallest first."""
        named = [(name, getattr(self, name)) for name in ("nano", "micro", "mid", "macro", "mega")]
        return [(name, bound) for name, bound in named if bound is not None]

    @property
    def names(self) -> list[str]:
        """Names of all classes in rising order, the one under the first bound included."""
        return [self.lowest] + [name for name, _ in self.bounds()]

    @property
    def lowest(self) -> str:
        """Name of what lies under the first bound."""
        return f"below {self.bounds()[0][0]}"

    @property
    def small(self) -> list[str]:
        """Names of the classes under the macro line."""
        return self.names[: self.names.index("macro")]


class SmallestEffects(Section):
    """The smallest effect worth acting on, for each claim of the guide."""

    smaller_engage_more: float = Field(
        1.1, gt=1, le=10, description="rate of a creator a tenth the size, as a multiple of the larger one's"
    )
    line_at_100k: float = Field(1.1, gt=1, le=10, description="jump of the rate at the macro line, beyond the trend, as a ratio")
    macro_two_per_cent: float = Field(0.02, gt=0, le=1, description="rate that macros are said to reach at most, as a share of followers")
    micro_talks_back: float = Field(1.1, gt=1, le=10, description="comments per like of micros over macros, as a ratio")
    niche_audience: float = Field(1.1, gt=1, le=10, description="concentration of micros' audiences over macros', as a ratio")
    smaller_cheaper_per_engagement: float = Field(
        1.1, gt=1, le=10, description="cost per engagement of a creator ten times the size, as a multiple of the smaller one's"
    )
    several_for_one: float = Field(2, gt=1, le=1000, description="how many micros one macro's fee must pay for, at least")


class Statistics(Section):
    """How sure an interval is, and the seed of everything random."""

    level: float = Field(0.9, ge=0.5, le=0.99, description="level of every interval, 0.5-0.99")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="seed of every simulation")


class Report(Section):
    """How the pages look."""

    title: str = Field("", description="title of the report; empty takes the campaign's name")
    language: Literal["en"] = Field("en", description="language of the pages' text (en)")
    locale: str = Field("en", description="how numbers and dates are written, such as en, en-GB, de or fr")
    date_format: str = Field("", description="pattern for dates, such as dd.MM.yyyy; empty takes the locale's")
    logo: str = Field("", description="picture file in the campaign folder (PNG, JPEG or SVG)")
    colour: Colour = Field("#1F6F8B", description="the brand's main colour")
    accent: Colour = Field("#D1495B", description="the brand's second colour")


class LearnedRate(Section):
    """A rate that an earlier campaign measured."""

    value: float = Field(ge=0, allow_inf_nan=False)
    low: float = Field(ge=0, allow_inf_nan=False)
    high: float = Field(ge=0, allow_inf_nan=False)
    level: float = Field(0.9, ge=0.5, le=0.99)
    n: int = Field(0, ge=0, description="creators or regions behind it")

    @model_validator(mode="after")
    def _in_order(self) -> LearnedRate:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value:g} does not lie between low {self.low:g} and high {self.high:g}")
        return self


class LearnedGroup(Section):
    """A rate of one size class or platform, where the data tells it from the others."""

    name: Literal["click_rate", "conversion_rate", "order_value"]
    by: Literal["tier", "platform"]
    group: str
    rate: LearnedRate


class PastForecast(Section):
    """A forecast and what came, of one campaign."""

    campaign: str
    goal: Literal["awareness", "followers", "sales"]
    low: float
    middle: float
    high: float
    level: float = Field(0.9, ge=0.5, le=0.99)
    came: float


class Learned(Section):
    """What earlier campaigns measured: `learned.yml`, written by `playbook learn`."""

    campaign: str = Field("", description="the campaign that measured it")
    as_of: dt.date | None = Field(None, description="the day that counted as now")
    currency: str = Field("", description="currency of the order value")
    click_rate: LearnedRate | None = Field(None, description="clicks per person reached")
    conversion_rate: LearnedRate | None = Field(None, description="orders per click")
    order_value: LearnedRate | None = Field(None, description="net revenue of an order")
    incremental_share: LearnedRate | None = Field(None, description="share of credited orders that would not have come anyway")
    extra_per_credited: LearnedRate | None = Field(None, description="extra sales over credited revenue")
    groups: list[LearnedGroup] = Field([], description="rates of size classes or platforms that differ from the others")
    forecasts: list[PastForecast] = Field([], description="forecasts of earlier campaigns, and what came")


class Brief(Section):
    """A whole `campaign.yml`."""

    name: str = Field("Untitled campaign", min_length=1, max_length=200, description="the campaign's name")
    as_of: dt.datetime | dt.date | None = Field(None, description="the day that counts as now; empty takes the latest time in the data")
    brand: Brand = Field(Brand(), description="the brand behind the campaign")
    goal: Goal = Field(Goal(), description="what the campaign is for")
    budget: Budget = Field(Budget(), description="what may be spent")
    economics: Economics = Field(Economics(), description="what a customer is worth")
    market: Market = Field(Market(), description="where the campaign runs")
    tiers: Tiers = Field(Tiers(), description="size classes by followers")
    smallest_effects: SmallestEffects = Field(SmallestEffects(), description="smallest effects worth acting on")
    statistics: Statistics = Field(Statistics(), description="level of intervals, seed")
    report: Report = Field(Report(), description="how the pages look")
    columns: dict[str, dict[str, str]] = Field({}, description="for foreign headers: table or file name, then `their header: our column`")
    start: knobs.Start = Field(knobs.Start(), description="knobs of chapter 00")
    goals: knobs.Goals = Field(knobs.Goals(), description="knobs of chapter 01")
    creators: knobs.Creators = Field(knobs.Creators(), description="knobs of chapter 02")
    why_micro: knobs.WhyMicro = Field(knobs.WhyMicro(), description="knobs of chapter 03")
    engagement: knobs.Engagement = Field(knobs.Engagement(), description="knobs of chapter 04")
    trust: knobs.Trust = Field(knobs.Trust(), description="knobs of chapter 05")
    fit: knobs.Fit = Field(knobs.Fit(), description="knobs of chapter 06")
    costs: knobs.Costs = Field(knobs.Costs(), description="knobs of chapter 07")
    portfolio: knobs.Portfolio = Field(knobs.Portfolio(), description="knobs of chapter 08")
    outreach: knobs.Outreach = Field(knobs.Outreach(), description="knobs of chapter 09")
    results: knobs.Results = Field(knobs.Results(), description="knobs of chapter 10")
    learned: Learned = Field(Learned(), description="what earlier campaigns measured, read from learned.yml beside this file")

    def rate(self, currency: str) -> float | None:
        """Return the price of one unit of `currency` in the budget's currency, or None where unknown."""
        return 1.0 if currency == self.budget.currency else self.budget.rates.get(currency)
