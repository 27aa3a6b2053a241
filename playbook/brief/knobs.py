"""The knobs of each chapter: the same names in `campaign.yml`, in notebooks (upper case) and after `--set`.

A knob is an int, a float, a str or a bool, so that papermill can pass it on the command line.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from playbook.brief.weights import weighted


class Knobs(BaseModel):
    """A chapter's knobs: frozen, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Start(Knobs):
    """Chapter 00."""

    shortlist: int = Field(5, ge=1, le=100, description="creators to show in the first answer, 1-100")


class Goals(Knobs):
    """Chapter 01."""

    posts_per_creator: int = Field(2, ge=1, le=100, description="posts planned per creator, 1-100")
    reach_rate: float = Field(
        0.25, gt=0, le=3, description="people reached by a post per follower, where your data has no reach; planning value"
    )


class Creators(Knobs):
    """Chapter 02."""

    top: int = Field(15, ge=1, le=1000, description="rows to show in long tables, 1-1000")


class WhyMicro(Knobs):
    """Chapter 03."""

    min_posts: int = Field(3, ge=1, le=100, description="posts a creator needs to count, 1-100")


class Engagement(Knobs):
    """Chapter 04."""

    window: int = Field(12, ge=3, le=100, description="latest posts that count, 3-100")
    definition: Literal["followers", "reach", "views"] = Field(
        "followers", description="what engagements are divided by: followers, reach, views"
    )
    mature_hours: float = Field(72, ge=0, le=720, description="age under which a post is too young to count, hours, 0-720")
    top: int = Field(15, ge=1, le=1000, description="creators to show, 1-1000")


class Trust(Knobs):
    """Chapter 05."""

    false_alarms: float = Field(0.05, gt=0, le=0.5, description="share of flagged creators that may be innocent, 0-0.5")
    jump_z: float = Field(8.0, ge=3, le=50, description="robust z of a daily jump in followers that is worth a question, 3-50")
    following_ratio: float = Field(1.0, gt=0, le=100, description="following per follower from which to ask, 0-100")
    weights: str = Field(
        "", description="points that checks take off the open score where they differ from the kit's, such as follower_jump=40, comments=0"
    )
    least_score: float = Field(70.0, ge=0, le=100, description="open score from which a creator stays on the shortlist, 0-100")

    @field_validator("weights")
    @classmethod
    def _weights_are_known(cls, told: str) -> str:
        weighted(told)
        return told


class Fit(Knobs):
    """Chapter 06."""

    weight_audience: float = Field(0.4, ge=0, le=1, description="weight of audience fit, 0-1")
    weight_niche: float = Field(0.3, ge=0, le=1, description="weight of niche fit, 0-1")
    weight_values: float = Field(0.3, ge=0, le=1, description="weight of the brand's keywords and values in posts, 0-1")
    text: Literal["words", "meaning"] = Field(
        "words", description="how captions are compared: words, meaning (sentence embeddings, mostly English; needs the extra meaning)"
    )
    top: int = Field(15, ge=1, le=1000, description="creators to show, 1-1000")


class Costs(Knobs):
    """Chapter 07."""

    price_source: Literal["quotes", "izea", "rate_card", "lumanu", "paid"] = Field(
        "quotes",
        description="where fees come from when a creator has quoted none: quotes (your own quotes' curve), izea, rate_card, lumanu (the "
        "middle of all its payments), paid (#paid's price per engagement)",
    )
    posts_per_creator: int = Field(1, ge=1, le=100, description="posts that the fee pays for, 1-100")
    prior: Literal["published", "izea", "beichert", "rate_card", "lumanu", "paid"] = Field(
        "published",
        description="how price grows with size before your quotes tell it: published (anything from IZEA's to the rate card's), izea, "
        "beichert, rate_card, lumanu, paid (as engagements grow)",
    )
    tax: float = Field(0.0, ge=0, le=1, description="tax on fees that you cannot reclaim, as a share of the fee, 0-1")


class Portfolio(Knobs):
    """Chapter 08."""

    max_creators: int = Field(20, ge=1, le=500, description="creators at most, 1-500")
    overlap: float = Field(
        0.1, ge=0, le=0.95, description="share of an audience that also follows another creator of the niche, where unmeasured, 0-0.95"
    )
    tiers: str = Field("", description="size classes to choose from, parted by commas; empty is all")
    quotas: str = Field(
        "",
        description="how many of which: rules such as 'niche=skincare 2-5, tier=micro 3-, platform=tiktok -4, niche=* -3'; dimensions: "
        "tier, niche, platform, country",
    )
    max_share: float = Field(1.0, gt=0, le=1, description="largest share of the budget that one creator may cost, above 0 to 1")
    deliverables: Literal["main", "any"] = Field(
        "main", description="main: the deliverable that most creators quoted; any: the best of what each creator quoted"
    )
    maximise: Literal["goal", "engagements", "profit"] = Field(
        "goal",
        description="what the set makes as large as possible: goal (by goal.kind), engagements, profit (what orders leave, less all costs)",
    )
    contacts: int = Field(1, ge=1, le=5, description="creators through whom a person must be reached to count, 1-5")
    weigh_by: Literal["nothing", "fit", "trust", "both"] = Field(
        "nothing", description="what a person reached counts less by where it is low: nothing, fit, trust, both"
    )
    must: str = Field("", description="creators that must be in, keys parted by commas")
    never: str = Field("", description="creators that must not be in, keys parted by commas")
    min_fit: float = Field(0.0, ge=0, le=1, description="lowest fit of chapter 06 to be considered, 0-1")
    leave_flagged: bool = Field(True, description="leave out creators with a strong finding of chapter 05")
    time_limit: float = Field(20.0, ge=1, le=3600, description="seconds the optimiser may take, 1-3600")


class Outreach(Knobs):
    """Chapter 09."""

    creators: int = Field(10, ge=1, le=500, description="creators on the shortlist, 1-500")
    utm_campaign: str = Field("", description="name in tracking links; empty is made from the campaign's name")
    code_suffix: str = Field("10", description="ending of discount codes, such as the per cent taken off")
    language: Literal["auto", "en", "de"] = Field("auto", description="language of letters: auto (the creator's own), en, de")


class Results(Knobs):
    """Chapter 10."""

    attribution: Literal["code_over_link", "link_over_code", "code_only", "link_only"] = Field(
        "code_over_link", description="which mark wins when an order carries both: code_over_link, link_over_code, code_only, link_only"
    )
    draws: int = Field(2000, ge=200, le=100_000, description="bootstrap draws, 200-100000")
    window: int = Field(
        0, ge=0, le=365, description="days after a creator's post in which an order counts; 0 takes the campaign's days, 0-365"
    )
    return_days: int = Field(30, ge=0, le=365, description="days in which buyers may send an order back, 0-365")
    outcome: Literal["sales", "followers", "searches"] = Field(
        "sales", description="what extra is measured in: sales, followers, searches (of brand_daily)"
    )
    emv: bool = Field(False, description="show earned media value by published rate cards, and why not to trust it")
