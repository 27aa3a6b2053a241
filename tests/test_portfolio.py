"""Chapter 08: the best set, its certificate, and what follows from it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playbook import portfolio
from playbook.brief import Brief, parse
from playbook.data.dataset import Dataset, dataset
from playbook.errors import BadCall
from playbook.findings import Missing
from playbook.portfolio.audience import Audience, bounds, panel, pools
from playbook.portfolio.candidates import several_posts
from playbook.portfolio.optimise import Limits, best_set, greedy
from playbook.portfolio.overlap import overlap, shared_followers
from playbook.show import portfolio as show
from playbook.world import simulate

BRIEF = "budget: {amount: 3000, currency: EUR, hours_per_creator: 0}\ngoal: {kind: awareness, target: 5000}"


def brief(*more: str) -> Brief:
    return parse("\n".join([BRIEF, *more]))


def market(n: int = 30, seed: int = 0) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    followers = np.round(np.exp(rng.normal(9.5, 1.2, n)))
    keys = [f"instagram:c{i:02d}" for i in range(n)]
    creators = pd.DataFrame({"creator": keys, "platform": "instagram", "followers": followers, "niche": rng.choice(["a", "b", "c"], n)})
    fee = np.round(np.exp(1 + 0.6 * np.log(followers) + rng.normal(0, 0.6, n)))
    quotes = pd.DataFrame({"creator": keys, "deliverable": "reel", "fee": fee, "currency": "EUR"})
    return {"creators": creators, "quotes": quotes}


def brute_force(audience: Audience, cost: np.ndarray, limits: Limits) -> float:
    """The best value over every set there is."""
    best = -1.0
    for size in range(min(len(cost), limits.most) + 1):
        for chosen in itertools.combinations(range(len(cost)), size):
            if cost[list(chosen)].sum() > limits.budget or not set(limits.must) <= set(chosen):
                continue
            if any(not low <= len(set(members) & set(chosen)) <= high for members, low, high in limits.groups):
                continue
            best = max(best, audience.reached(np.array(chosen, dtype=int)))
    return best


def small_case(seed: int) -> tuple[Audience, np.ndarray, Limits]:
    """A random small problem: a panel of people or pools, with costs that make the limits bite."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 11))
    cost = rng.integers(1, 100, n) * 100
    if seed % 2:
        people = rng.random((40, n)) < rng.uniform(0.05, 0.5, n)
        audience = panel(people, rng.integers(1, 20, 40).astype(float))
    else:
        followers = np.exp(rng.normal(8, 1, n))
        reach = followers * rng.uniform(0.1, 1.2, n)
        population = None if seed % 4 else float(followers.sum() * rng.uniform(0.8, 3))
        audience = pools(reach, rng.choice(["a", "b"], n), followers, float(rng.uniform(0, 0.6)), population)
    must = (int(rng.integers(n)),) if seed % 5 == 0 else ()
    budget = int(max(cost.sum() * rng.uniform(0.1, 0.9), cost[list(must)].sum()))
    groups = ((tuple(range(n // 2)), 0, 1),) if seed % 7 == 0 and n > 3 and not must else ()
    return audience, cost, Limits(budget=budget, most=int(rng.integers(1, n + 1)), must=must, groups=groups)


class TestOptimiser:
    @pytest.mark.parametrize("block", range(10))
    def test_optimal_on_300_random_small_cases(self, block: int) -> None:
        for seed in range(30 * block, 30 * block + 30):
            audience, cost, limits = small_case(seed)
            found = best_set(audience, cost, limits)
            truth = brute_force(audience, cost, limits)
            assert found is not None, seed
            assert found.value == pytest.approx(truth, rel=2e-6, abs=1e-9), seed
            assert found.upper_bound >= truth * (1 - 1e-9), seed
            assert cost[found.chosen].sum() <= limits.budget and len(found.chosen) <= limits.most

    def test_greedy_bound_holds_and_value_is_at_least_a_third_of_the_best(self) -> None:
        for seed in range(60):
            audience, cost, limits = small_case(seed)
            found = greedy(audience, cost, limits)
            truth = brute_force(audience, cost, limits)
            assert found.upper_bound >= truth * (1 - 1e-9), seed
            if not limits.must and not limits.groups and limits.most >= len(cost):
                # half of 1 - 1/e for a budget alone (Khuller, Moss and Naor, 1999)
                assert found.value >= 0.316 * truth - 1e-9, seed

    def test_the_trap_of_gain_per_cost_is_rescued(self) -> None:
        # one person for 1 cent is the better bargain, and then the budget does not allow the thousand any more
        people = np.zeros((1001, 2), dtype=bool)
        people[0, 0] = True
        people[1:, 1] = True
        trap, cost, limits = panel(people), np.array([1, 1000]), Limits(budget=1000, most=2)
        assert greedy(trap, cost, limits).chosen.tolist() == [1]
        assert best_set(trap, cost, limits).value == 1000

    def test_disjoint_audiences_are_a_knapsack(self) -> None:
        """Instance P07 of Burkardt's knapsack collection: fifteen things, capacity 750, best profit 1458."""
        profit = np.array([135, 139, 149, 150, 156, 163, 173, 184, 192, 201, 210, 214, 221, 229, 240], dtype=float)
        weight = np.array([70, 73, 77, 80, 82, 87, 90, 94, 98, 106, 110, 113, 115, 118, 120])
        found = best_set(panel(np.eye(15, dtype=bool), profit), weight, Limits(budget=750, most=15))
        assert found.value == 1458 and found.gap < 1e-9
        assert found.chosen.tolist() == [0, 2, 4, 6, 7, 8, 13, 14]

    def test_nothing_fits(self) -> None:
        audience = panel(np.eye(2, dtype=bool))
        assert len(best_set(audience, np.array([500, 500]), Limits(budget=100, most=2)).chosen) == 0
        assert best_set(audience, np.array([500, 500]), Limits(budget=100, most=2, must=(0,))) is None

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 5_000), st.integers(0, 2**31))
    def test_order_of_creators_changes_nothing(self, seed: int, shuffle: int) -> None:
        audience, cost, limits = small_case(seed)
        assume(not limits.must and not limits.groups)
        order = np.random.default_rng(shuffle).permutation(len(cost))
        turned = Audience(
            kind=audience.kind,
            weights=audience.weights[:, order],
            sizes=audience.sizes,
            alone=audience.alone[order],
            population=audience.population,
        )
        here, there = best_set(audience, cost, limits), best_set(turned, cost[order], limits)
        assert there.value == pytest.approx(here.value, rel=2e-6)

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 5_000), st.floats(0.3, 1.0))
    def test_less_money_never_gains_and_a_dropped_limit_never_loses(self, seed: int, share: float) -> None:
        audience, cost, limits = small_case(seed)
        best = best_set(audience, cost, limits).value
        tight = Limits(budget=int(limits.budget * share), most=limits.most, must=limits.must, groups=limits.groups)
        less = best_set(audience, cost, tight)
        assert less is None or less.value <= best * (1 + 2e-6)
        free = best_set(audience, cost, Limits(budget=limits.budget, most=len(cost))).value
        assert free >= best * (1 - 2e-6)

    def test_at_the_time_limit_the_bound_still_holds(self) -> None:
        rng = np.random.default_rng(0)
        people = rng.random((300, 120)) < 0.03
        cost = rng.integers(100, 1000, 120)
        audience, limits = panel(people), Limits(budget=5000, most=120)
        hurried, patient = best_set(audience, cost, limits, time_limit=0.001), best_set(audience, cost, limits, time_limit=30)
        assert hurried.value <= patient.value * (1 + 1e-9) <= hurried.upper_bound * (1 + 1e-6)


class TestAudience:
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10_000))
    def test_union_lies_within_its_bounds_and_gains_shrink(self, seed: int) -> None:
        audience, cost, _ = small_case(seed)
        rng = np.random.default_rng(seed)
        members = np.flatnonzero(rng.random(len(cost)) < 0.6)
        least, most = bounds(audience.alone[members], None if np.isinf(audience.population) else audience.population)
        reached = audience.reached(members)
        assert least * (1 - 1e-9) <= reached <= most * (1 + 1e-9)
        new = int(rng.integers(len(cost)))
        fewer = members[: len(members) // 2]
        if new not in members:
            gain_late = audience.reached(np.append(members, new)) - reached
            gain_early = audience.reached(np.append(fewer, new)) - audience.reached(fewer)
            assert -1e-9 <= gain_late <= gain_early + 1e-6 * max(1.0, reached)

    def test_overlap_means_what_the_brief_says(self) -> None:
        # two equal audiences of 1,000 with overlap 0.3 share 300 people
        two = pools(np.array([1000.0, 1000.0]), np.array(["a", "a"]), np.array([1000.0, 1000.0]), 0.3)
        assert two.reached(np.array([0, 1])) == pytest.approx(1700)

    def test_no_overlap_adds_up(self) -> None:
        three = pools(np.array([100.0, 200.0, 300.0]), np.array(["a"] * 3), np.array([1e3, 2e3, 3e3]), 0.0)
        assert three.reached(np.arange(3)) == pytest.approx(600, rel=1e-6)

    def test_population_caps(self) -> None:
        crowd = pools(np.full(50, 900.0), np.array(["a", "b"] * 25), np.full(50, 1000.0), 0.05, 5000)
        assert crowd.reached(np.arange(50)) < 5000

    def test_panel_merges_equal_people(self) -> None:
        people = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
        merged = panel(people)
        assert merged.weights.shape == (2, 2) and sorted(merged.sizes) == [1, 2]
        assert merged.reached(np.array([0, 1])) == 3


class TestOverlapFromSamples:
    def planted(self, pool: int, *, sampled: int, seed: int = 0) -> tuple[Dataset, pd.DataFrame]:
        rng = np.random.default_rng(seed)
        creators = pd.DataFrame({"creator": [f"i:{k}" for k in range(6)], "followers": 3000.0, "niche": "a", "reach": 900.0})
        rows = []
        for key in creators["creator"]:
            audience = rng.choice(pool, 3000, replace=False)
            rows += [(key, f"p{a}") for a in rng.choice(audience, sampled, replace=False)]
        sample = pd.DataFrame(rows, columns=["creator", "account"])
        return dataset(creators=creators[["creator", "followers", "niche"]], follower_sample=sample), creators

    def test_recovers_the_pool(self) -> None:
        data, creators = self.planted(20_000, sampled=400)
        found = overlap(data, brief(), creators)
        # about 120 shared accounts, so that the estimate is good to about a tenth
        assert found.source == "modelled" and found.sizes["a"] == pytest.approx(20_000, rel=0.3)

    def test_small_samples_say_nothing_and_are_refused(self) -> None:
        data, creators = self.planted(20_000, sampled=30)
        assert shared_followers(data, creators)["shared"].iloc[0] < 10
        found = overlap(data, brief(), creators)
        assert found.source == "assumed" and "assumed" in found.text


class TestLists:
    def planted(self, seed: int = 0) -> tuple[list[str], list[str]]:
        """30,000 and 25,000 accounts that share 3,000."""
        first = [f"u{i}" for i in range(30_000)]
        second = [f"u{i}" for i in range(27_000, 52_000)]
        return first, second

    def test_sketches_tell_union_and_intersection(self) -> None:
        first, second = (portfolio.sketch(accounts, salt="s") for accounts in self.planted())
        # the relative error is about 1.6 % for unions and 6 % for this intersection at k = 4096
        assert portfolio.union_size(first, second) == pytest.approx(52_000, rel=0.06)
        assert portfolio.shared_size(first, second) == pytest.approx(3_000, rel=0.25)

    def test_sketches_are_nearly_unbiased(self) -> None:
        first, second = self.planted()
        first, second = first[::10], second[::10]
        unions = [portfolio.union_size(*(portfolio.sketch(a, k=256, salt=str(s)) for a in (first, second))) for s in range(40)]
        # standard error of the mean: 5200 / sqrt(254) / sqrt(40), about 1 %
        assert np.mean(unions) == pytest.approx(5_200, rel=0.04)

    def test_below_k_sketches_are_exact(self) -> None:
        a, b = portfolio.sketch(["x", "y", "z"]), portfolio.sketch(["z", "q"])
        assert (a.size, portfolio.union_size(a, b), portfolio.shared_size(a, b)) == (3, 4, 1)

    @settings(max_examples=80, deadline=None)
    @given(st.integers(0, 100_000))
    def test_pairwise_bounds_bracket_the_union(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        people = rng.random((60, int(rng.integers(2, 9)))) < rng.uniform(0.05, 0.7)
        sizes, shared = people.sum(axis=0).astype(float), (people.T.astype(float) @ people.astype(float))
        union = float(people.any(axis=1).sum())
        assert portfolio.dawson_sankoff(sizes, shared) <= union + 1e-9
        assert portfolio.hunter_worsley(sizes, shared) >= union - 1e-9
        if people.shape[1] == 2:
            assert portfolio.dawson_sankoff(sizes, shared) == pytest.approx(union) == pytest.approx(portfolio.hunter_worsley(sizes, shared))

    def test_the_tree_is_the_heaviest_one(self) -> None:
        rng = np.random.default_rng(3)
        shared = rng.integers(1, 50, (5, 5)).astype(float)
        shared = np.triu(shared, 1) + np.triu(shared, 1).T
        trees = []
        edges = list(itertools.combinations(range(5), 2))
        for tree in itertools.combinations(edges, 4):
            joined = list(range(5))
            for a, b in tree:
                joined = [joined[a] if j == joined[b] else j for j in joined]
            if len(set(joined)) == 1:
                trees.append(sum(shared[e] for e in tree))
        assert portfolio.hunter_worsley(np.full(5, 100.0), shared) == 500 - max(trees)

    def test_five_definitions_of_overlap(self) -> None:
        creators = pd.DataFrame({"creator": ["i:a", "i:b"], "followers": [4.0, 2.0]})
        sample = pd.DataFrame({"creator": ["i:a"] * 4 + ["i:b"] * 2, "account": list("pqrs") + list("st")})
        row = portfolio.pairs(dataset(creators=creators, follower_sample=sample), brief()).iloc[0]
        assert row["shared"] == 1 and row["of_smaller"] == 0.5 and row["of_first"] == 0.25 and row["of_second"] == 0.5
        assert row["of_union"] == pytest.approx(0.2) and row["only_first"] == 3 and row["only_second"] == 1

    def test_samples_are_not_lists(self) -> None:
        creators = pd.DataFrame({"creator": ["i:a", "i:b"], "followers": [4000.0, 2000.0]})
        sample = pd.DataFrame({"creator": ["i:a", "i:b"], "account": ["p", "p"]})
        assert isinstance(portfolio.pairs(dataset(creators=creators, follower_sample=sample), brief()), Missing)


class TestCrossFit:
    def noisy(self, spread: float) -> Dataset:
        """Forty equal creators: whoever looks better than another is lucky."""
        rng = np.random.default_rng(4)
        keys = [f"instagram:c{i:02d}" for i in range(40)]
        creators = pd.DataFrame({"creator": keys, "followers": 10_000.0, "niche": keys})
        rows = [
            (f"{k}-{j}", k, pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=j), 2500 * np.exp(rng.normal(0, spread)))
            for k in keys
            for j in range(6)
        ]
        posts = pd.DataFrame(rows, columns=["post", "creator", "posted_at", "reach"]).round({"reach": 0})
        quotes = pd.DataFrame({"creator": keys, "deliverable": "reel", "fee": 300.0})
        return dataset(creators=creators, posts=posts, quotes=quotes)

    def test_luck_shows_where_there_is_nothing_else(self) -> None:
        data = self.noisy(1.0)
        result = portfolio.crossfit(portfolio.choose(data, brief()), data, brief())
        assert result.creators == 40 and result.inflation > 0.3 and result.same < 0.8
        assert "less on the posts in between" in portfolio.crossfit_sentence(result, portfolio.choose(data, brief()), brief())

    def test_no_luck_without_noise(self) -> None:
        data = self.noisy(0.0)
        assert portfolio.crossfit(portfolio.choose(data, brief()), data, brief()).inflation == pytest.approx(0, abs=1e-6)

    def test_without_posts_it_says_so(self) -> None:
        data = dataset(**market())
        assert isinstance(portfolio.crossfit(portfolio.choose(data, brief()), data, brief()), Missing)


def test_several_posts_lie_between_one_and_the_sum() -> None:
    reach, followers = pd.Series([250.0, 5000.0, 10.0]), pd.Series([1000.0, 1000.0, np.nan])
    for posts in (2, 5, 20):
        many = several_posts(reach, followers, posts)
        assert (many >= reach).all() and (many <= posts * reach).all()
    assert several_posts(reach, followers, 20)[0] < 1000


class TestChoice:
    def test_keeps_to_the_budget_and_certifies(self) -> None:
        choice = portfolio.choose(dataset(**market()), brief())
        assert choice.cost <= 3000 and choice.gap < 1e-5 and choice.method == "exact"
        assert choice.value_low < choice.value < choice.value_high
        assert choice.least <= choice.people <= choice.most
        assert choice.cost == pytest.approx(choice.chosen["cost"].sum())
        assert choice.upper_bound >= choice.value * (1 - 1e-9)

    def test_same_data_in_any_order_gives_the_same_choice(self) -> None:
        tables = market()
        shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in tables.items()}
        here, there = (portfolio.choose(dataset(**t), brief()) for t in (tables, shuffled))
        pd.testing.assert_frame_equal(here.chosen, there.chosen)
        assert (here.value, here.value_low, here.probability) == (there.value, there.value_low, there.probability)

    def test_goal_scales_value_by_the_funnel(self) -> None:
        data = dataset(**market())
        reach = portfolio.choose(data, brief()).value
        rates = "economics: {follow_rate: 0.01, click_rate: 0.02, conversion_rate: 0.05}"
        text = BRIEF.replace("awareness", "followers")
        assert portfolio.choose(data, parse(f"{text}\n{rates}")).value == pytest.approx(0.01 * reach)
        assert portfolio.choose(data, parse(f"{text.replace('followers', 'sales')}\n{rates}")).value == pytest.approx(0.001 * reach)

    def test_must_and_never(self) -> None:
        data = dataset(**market())
        free = portfolio.choose(data, brief())
        out = free.creators[0]
        without = portfolio.choose(data, brief(f"portfolio: {{never: '{out}'}}"))
        assert out not in without.creators and without.value <= free.value * (1 + 1e-6)
        assert "you ruled them out" in set(without.left_out["reason"])
        table = free.problem.candidates.table
        weak = table[table["affordable"] & ~table["creator"].isin(free.creators)].sort_values("cost")["creator"].iloc[0]
        forced = portfolio.choose(data, brief(f"portfolio: {{must: '{weak}'}}"))
        assert weak in forced.creators and forced.value <= free.value * (1 + 1e-6)

    def test_unknown_name_is_refused_in_a_sentence(self) -> None:
        with pytest.raises(BadCall, match="not in the creators table"):
            portfolio.choose(dataset(**market()), brief("portfolio: {must: 'nobody.at.all'}"))
        with pytest.raises(BadCall, match="both name"):
            portfolio.choose(dataset(**market()), brief("portfolio: {must: c01, never: '@c01'}"))

    def test_must_beyond_the_budget_says_what_to_change(self) -> None:
        tables = market()
        tables["quotes"].loc[0, "fee"] = 99_999.0
        answer = portfolio.choose(dataset(**tables), brief("portfolio: {must: c00}"))
        assert isinstance(answer, Missing) and "c00" in answer.text

    def test_max_creators(self) -> None:
        assert len(portfolio.choose(dataset(**market()), brief("portfolio: {max_creators: 2}")).chosen) == 2

    def test_without_cost_or_reach_is_left_out_with_the_reason(self) -> None:
        tables = market()
        tables["creators"].loc[3, "followers"] = np.nan
        tables["quotes"].loc[5, "currency"] = "JPY"
        left = portfolio.choose(dataset(**tables), brief()).left_out.set_index("creator")["reason"]
        assert left["instagram:c03"] == "no known reach" and left["instagram:c05"] == "no known cost"

    def test_declined_creators_are_left_out(self) -> None:
        tables = market()
        talks = pd.DataFrame({"creator": ["instagram:c01"], "state": ["declined"]})
        left = portfolio.choose(dataset(**tables, outreach=talks), brief()).left_out
        assert ("instagram:c01", "declined") in set(zip(left["creator"], left["reason"], strict=True))

    def test_known_answer(self) -> None:
        """Three creators of three niches: 40,000 people for 300 and 100 beat 50,000 for 350 alone under 400."""
        creators = pd.DataFrame(
            {
                "creator": ["i:a", "i:b", "i:c"],
                "platform": "instagram",
                "followers": [120_000.0, 80_000.0, 200_000.0],
                "niche": ["x", "y", "z"],
            }
        )
        quotes = pd.DataFrame({"creator": creators["creator"], "fee": [300.0, 100.0, 350.0], "deliverable": "reel"})
        text = "budget: {amount: 400, hours_per_creator: 0}\ngoals: {reach_rate: 0.25}"
        choice = portfolio.choose(dataset(creators=creators, quotes=quotes), parse(text))
        assert choice.creators == ["i:a", "i:b"] and choice.value == pytest.approx(50_000) and choice.cost == 400


def truly_reached(world: object, creators: list[str]) -> float:
    """People whom at least one post of these creators really reaches: followers each once, strangers as different people."""
    reach = world.truth["posts"].groupby("creator")["reach"].mean().loc[creators].to_numpy()
    traits = world.truth["creators"].set_index("creator").loc[creators]
    instagram = (traits["platform"] == "instagram").to_numpy()
    part = np.where(instagram, world.strengths.follower_part_instagram, world.strengths.follower_part_tiktok)
    real = traits["real_followers"].to_numpy()
    chance = np.minimum(reach * part / real, 0.95)
    return world.expected_reach(dict(zip(creators, chance, strict=True))) + float((reach - chance * real).sum())


@pytest.mark.slow
def test_planted_worlds_hold_what_the_chapter_says() -> None:
    """On worlds that know who sees what: the reach told is near the truth, inside its bounds, and the set beats blind habits."""
    ratios = []
    for seed in (31, 32, 33):
        world = simulate(kind="campus-coffee", seed=seed, creators=60, posts=14)
        data, asked = world.dataset(), world.brief()
        choice = portfolio.choose(data, asked)
        truth = truly_reached(world, choice.creators)
        assert choice.least <= truth <= choice.most
        ratios.append(choice.people / truth)
        habits = portfolio.compare(choice, asked).set_index("way")
        for way in ("cheapest first", "top by engagement rate"):
            assert truly_reached(world, list(habits.loc[way, "who"])) < truth
    # twelve larger worlds gave a geometric mean of 0.99; three small ones scatter
    assert 0.6 < np.exp(np.mean(np.log(ratios))) < 1.6


@pytest.fixture(scope="module")
def choice() -> portfolio.Choice:
    return portfolio.choose(dataset(**market()), brief())


class TestBeside:
    def test_no_usual_way_beats_the_best_set(self, choice: portfolio.Choice) -> None:
        table = portfolio.compare(choice, brief())
        known = table.dropna(subset=["value"])
        assert set(known["way"]) >= {"best set", "top by followers", "cheapest first"}
        assert (known["value"] <= choice.value * (1 + 1e-6)).all() and (known["cost"] <= 3000).all()

    def test_cheapest_first_is_what_it_says(self, choice: portfolio.Choice) -> None:
        table = choice.problem.candidates.table.query("affordable").sort_values(["cost", "creator"])
        cheapest = table["creator"].head(3)
        who = portfolio.compare(choice, brief()).set_index("way").loc["cheapest first", "who"]
        assert set(cheapest) <= set(who)

    def test_frontier_rises(self, choice: portfolio.Choice) -> None:
        points = portfolio.frontier(choice, brief())
        assert points["value"].is_monotonic_increasing
        here = points.loc[np.isclose(points["budget"], 3000), "value"].iloc[0]
        assert here == pytest.approx(choice.value, rel=1e-6)
        assert (points["cost"] <= points["budget"] + 1e-9).all()

    def test_swaps_lose(self, choice: portfolio.Choice) -> None:
        table = portfolio.swaps(choice, brief())
        assert set(table["without"]) == set(choice.creators)
        assert ((table["loss"] >= 0) & (table["loss"] <= 1)).all()
        for row in table.itertuples():
            assert row.without not in row.take

    def test_stability_knows_the_certain_ones(self, choice: portfolio.Choice) -> None:
        table = portfolio.stability(choice, brief(), draws=40)
        assert table["share"].between(0, 1).all() and set(choice.creators) <= set(table["creator"])
        forced = portfolio.choose(dataset(**market()), brief("portfolio: {must: c07}"))
        again = portfolio.stability(forced, brief(), draws=10).set_index("creator")
        assert again.loc["instagram:c07", "share"] == 1

    def test_shared_shocks_widen_the_forecast(self, choice: portfolio.Choice) -> None:
        shared = choice.problem.draws(choice.creators, brief()).value(choice.creators)
        alone = choice.problem.draws(choice.creators, brief(), shock=0.0).value(choice.creators)
        assert np.std(np.log(shared)) > np.std(np.log(alone))

    def test_adding_a_creator_changes_nobody_elses_draws(self, choice: portfolio.Choice) -> None:
        few = choice.problem.draws(choice.creators[:1], brief())
        more = choice.problem.draws(choice.creators, brief())
        assert np.array_equal(few.reach[:, 0], more.reach[:, 0])

    def test_forecast_is_centred_on_the_estimate(self, choice: portfolio.Choice) -> None:
        values = choice.problem.draws(choice.creators, brief()).value(choice.creators)
        assert values.mean() == pytest.approx(choice.value, rel=0.06)

    def test_more_overlap_never_reaches_more(self, choice: portfolio.Choice) -> None:
        table = portfolio.by_overlap(choice, dataset(**market()), brief())
        assert table["value"].is_monotonic_decreasing and (table["best"] >= table["value"] * (1 - 1e-9)).all()

    def test_return_on_costs_follows_the_economics(self) -> None:
        data = dataset(**market())
        rich = "goal: {kind: sales, target: 10}\neconomics: {order_value: 500, gross_margin: 0.9, click_rate: 0.1, conversion_rate: 0.1}"
        poor = rich.replace("order_value: 500", "order_value: 1")
        results = []
        for text in (rich, poor):
            asked = parse("budget: {amount: 3000, hours_per_creator: 0}\n" + text)
            choice = portfolio.choose(data, asked)
            results.append(portfolio.forecast(choice, asked))
        assert results[0].profitable > 0.95 > 0.05 > results[1].profitable
        assert results[0].roi_low < results[0].roi < results[0].roi_high


POOR = {
    "nothing": {},
    "no followers": {"creators": pd.DataFrame({"creator": ["instagram:a", "instagram:b"]})},
    "one creator": {"creators": pd.DataFrame({"creator": ["instagram:a"], "followers": [5_000.0]})},
    "zero followers": {"creators": pd.DataFrame({"creator": ["instagram:a"], "followers": [0.0]})},
    "all the same": {"creators": pd.DataFrame({"creator": [f"i:{k}" for k in range(8)], "followers": 5_000.0})},
    "same creator twice": {"creators": pd.DataFrame({"creator": ["a", "a"], "followers": [5_000.0, 5_000.0]})},
    "free creators": {
        "creators": pd.DataFrame({"creator": ["i:a", "i:b"], "followers": [5_000.0, 800.0]}),
        "quotes": pd.DataFrame({"creator": ["i:a", "i:b"], "fee": [0.0, 0.0]}),
    },
}


@pytest.mark.parametrize(
    ("name", "amount"), [*((name, 150) for name in POOR), ("one creator", 0), ("free creators", 0), ("all the same", 10**6)]
)
def test_poor_data_never_breaks_the_chapter(name: str, amount: int) -> None:
    data = dataset(**POOR[name])
    asked = parse(f"budget: {{amount: {amount}, hours_per_creator: 0}}")
    choice = portfolio.choose(data, asked)
    compared, points = portfolio.compare(choice, asked), portfolio.frontier(choice, asked)
    swaps, stability = portfolio.swaps(choice, asked), portfolio.stability(choice, asked, draws=5) if choice else choice
    forecast, overlaps = portfolio.forecast(choice, asked), portfolio.by_overlap(choice, data, asked)
    shown = [
        show.choice_table(choice, asked),
        show.left_out_table(choice, asked),
        show.overlap_table(overlaps, choice, asked),
        show.compare_chart(compared, choice, asked),
        show.compare_table(compared, choice, asked),
        show.frontier_chart(points, choice, asked),
        show.swaps_table(swaps, asked),
        show.stability_chart(stability, asked),
        show.forecast_chart(forecast, choice, asked),
        show.drivers_table(forecast, asked),
    ]
    assert all(repr(x) for x in shown)
    for said in (
        portfolio.answer(choice, asked),
        portfolio.certificate(choice, overlaps, asked),
        portfolio.compare_sentence(compared, choice, asked),
        portfolio.frontier_sentence(points, choice, asked),
        portfolio.swaps_sentence(swaps, asked),
        portfolio.stability_sentence(stability, asked),
        portfolio.forecast_sentence(forecast, choice, asked),
    ):
        assert said is not None and "nan" not in str(said).split()
    assert portfolio.counts(choice)
    assert portfolio.outcome(data, asked).status in ("done", "partial", "needs_data")


class TestWishes:
    """Quotas, spread of risk, alternatives, contacts, weights, engagements: what the brief can ask of a set."""

    def placed(self) -> Dataset:
        tables = market()
        tables["creators"]["country"] = ["DE", "AT", "CH"] * 10
        return dataset(**tables)

    @pytest.mark.parametrize(
        ("rule", "column", "value", "low", "high"),
        [
            ("niche=a 2-3", "niche", "a", 2, 3),
            ("niche=* -2", "niche", "b", 0, 2),
            ("country=DE 3-", "country", "DE", 3, 30),
            ("tier=below micro -1", "tier", "below micro", 0, 1),
            ("platform=instagram 4", "platform", "instagram", 4, 4),
        ],
    )
    def test_quotas_are_kept_and_cost_value(self, rule: str, column: str, value: str, low: int, high: int) -> None:
        data = self.placed()
        free, held = portfolio.choose(data, brief()), portfolio.choose(data, brief(f"portfolio: {{quotas: '{rule}'}}"))
        table = held.problem.candidates.table
        n = int((table[table["option"].isin(held.options)][column].astype("object") == value).sum())
        assert low <= n <= high
        assert held.value <= free.value * (1 + 1e-6) and held.cost <= 3000 and held.gap < 1e-5

    @pytest.mark.parametrize("rule", ["niche=a", "colour=red 2", "niche=zebra 1-", "niche=a 5-2", "nonsense"])
    def test_a_rule_that_cannot_be_read_is_refused_in_a_sentence(self, rule: str) -> None:
        with pytest.raises(BadCall, match=r"portfolio\.quotas"):
            portfolio.choose(self.placed(), brief(f"portfolio: {{quotas: '{rule}'}}"))

    def test_quotas_that_no_set_can_keep_say_so(self) -> None:
        answer = portfolio.choose(self.placed(), brief("portfolio: {quotas: 'niche=a 2-, niche=b 2-, platform=instagram -3'}"))
        assert isinstance(answer, Missing) and "quotas" in answer.text

    def test_no_creator_costs_more_than_the_share_allowed(self) -> None:
        choice = portfolio.choose(self.placed(), brief("portfolio: {max_share: 0.2}"))
        assert choice.chosen["cost"].max() <= 600
        assert (choice.left_out["reason"] == "costs more than the share of the budget you allow one creator").any()

    def test_of_several_deliverables_one_is_taken_and_more_choice_never_loses(self) -> None:
        tables = market()
        cheap = tables["quotes"].assign(deliverable="photo", fee=(tables["quotes"]["fee"] * 0.5).round())
        tables["quotes"] = pd.concat([tables["quotes"], cheap.iloc[::3]], ignore_index=True)
        main, anything = (portfolio.choose(dataset(**tables), brief(f"portfolio: {{deliverables: {d}}}")) for d in ("main", "any"))
        assert anything.value >= main.value * (1 - 1e-6)
        assert not anything.chosen["creator"].duplicated().any()
        # the cheaper of two that bring the same is taken wherever there is one
        taken = anything.chosen.set_index("creator")["deliverable"]
        both = set(cheap["creator"].iloc[::3]) & set(taken.index)
        assert both and set(taken[sorted(both)]) == {"photo"}
        one = sorted(both)[0]
        swap = portfolio.swaps(anything, brief("portfolio: {deliverables: any}")).set_index("without").loc[one]
        assert one not in swap["take"]
        assert portfolio.stability(anything, brief("portfolio: {deliverables: any}"), draws=20)["share"].max() <= 1

    def test_a_story_is_not_a_cheap_post(self) -> None:
        tables = market(3)
        tables["quotes"]["deliverable"] = ["reel", "reel", "story"]
        table = portfolio.candidates(dataset(**tables), brief()).table.set_index("creator")
        assert table.loc["instagram:c02", "reach"] == pytest.approx(0.19 * 0.25 * table.loc["instagram:c02", "followers"])

    def test_engagements_add_up(self) -> None:
        rng = np.random.default_rng(2)
        tables = market()
        day = pd.Timestamp("2026-01-01", tz="UTC")
        rows = [
            (f"{c}-{j}", c, day + pd.Timedelta(days=j), float(rng.poisson(0.02 * f)), 1.0)
            for c, f in zip(tables["creators"]["creator"], tables["creators"]["followers"], strict=True)
            for j in range(6)
        ]
        posts = pd.DataFrame(rows, columns=["post", "creator", "posted_at", "likes", "comments"])
        asked = brief("portfolio: {maximise: engagements}")
        choice = portfolio.choose(dataset(**tables, posts=posts), asked)
        assert choice.unit == "engagements" and choice.value == pytest.approx(choice.chosen["people"].sum())
        assert choice.value_low < choice.value < choice.value_high and "no target" in portfolio.answer(choice, asked)
        assert isinstance(portfolio.choose(dataset(**market()), asked), Missing)

    def test_weighing_by_fit_without_fit_says_so(self) -> None:
        choice = portfolio.choose(dataset(**market()), brief("portfolio: {weigh_by: trust}"))
        assert "Nobody's trust is known" in choice.note

    def test_contacts_count_those_whom_several_reach(self) -> None:
        data = self.placed()
        once, twice = (portfolio.choose(data, brief(f"portfolio: {{contacts: {k}, overlap: 0.4}}")) for k in (1, 2))
        assert 0 < twice.value < once.value and twice.upper_bound >= twice.value
        assert twice.problem.audience.reached(twice.problem.positions(once.options)) <= twice.upper_bound * (1 + 1e-9)
        assert "through at least 2" in portfolio.answer(twice, brief("portfolio: {contacts: 2}"))


@pytest.mark.parametrize("kind", ["panel", "pools"])
def test_bound_for_several_contacts_holds_against_brute_force(kind: str) -> None:
    """Panels are solved exactly; where pools' gains grow before they shrink the bound holds, and the set is seldom far from the best."""
    reached = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 8
        cost = rng.integers(1, 100, n) * 100
        if kind == "panel":
            audience = panel(rng.random((60, n)) < 0.3, contacts=2)
        else:
            followers = np.exp(rng.normal(8, 1, n))
            audience = pools(followers * 0.5, np.array(["a", "b"] * 4), followers, 0.5, contacts=2)
        limits = Limits(budget=int(cost.sum() * 0.5), most=n)
        found, truth = best_set(audience, cost, limits), brute_force(audience, cost, limits)
        assert found.value <= truth * (1 + 1e-9) <= found.upper_bound * (1 + 1e-6)
        reached.append(found.value / truth if truth else 1.0)
    assert np.mean(reached) >= 0.9 and min(reached) >= (1 - 1e-9 if kind == "panel" else 0.6)


@pytest.mark.parametrize("contacts", [1, 2, 3])
def test_a_panel_is_solved_exactly_for_any_number_of_contacts(contacts: int) -> None:
    for seed in range(40):
        rng = np.random.default_rng([seed, contacts])
        n = int(rng.integers(3, 10))
        cost = rng.integers(1, 100, n) * 100
        audience = panel(rng.random((40, n)) < 0.35, rng.integers(1, 9, 40).astype(float), contacts=contacts)
        limits = Limits(budget=int(cost.sum() * rng.uniform(0.2, 0.9)), most=int(rng.integers(2, n + 1)))
        found, truth = best_set(audience, cost, limits), brute_force(audience, cost, limits)
        assert found.value == pytest.approx(truth, rel=1e-9) and found.gap <= 1e-6, seed


def test_the_quick_search_of_long_lists_is_near_and_its_bound_holds() -> None:
    """Without the full search: never above the proven best, seldom a hundredth under it, and bounded from above."""
    lost = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n = 450
        followers = np.exp(rng.normal(9.5, 1.2, n))
        cost = (np.exp(0.7 * np.log(followers) + rng.normal(0, 0.6, n)) * 10).astype(np.int64)
        audience = pools(followers * 0.3, rng.choice(list("abcdef"), n), followers, 0.15)
        limits = Limits(budget=int(np.median(cost) * 8), most=15)
        full, quick = best_set(audience, cost, limits, time_limit=10), best_set(audience, cost, limits, search=False)
        assert quick.value <= full.upper_bound * (1 + 1e-9) and full.value <= quick.upper_bound * (1 + 1e-9)
        assert cost[quick.chosen].sum() <= limits.budget
        lost.append(1 - quick.value / full.upper_bound)
        again = best_set(audience, cost, limits, search=False, start=full.chosen)
        assert again.value >= full.value * (1 - 1e-9)
    assert max(lost) < 0.02


@pytest.mark.slow
def test_reach_told_holds_by_the_rule_of_the_house() -> None:
    """On 1,000 fresh worlds of three families: people reached by the chosen set as told, beside the truth; the table is printed."""
    from scipy.stats import binomtest

    from tests import reach_worlds

    rows = pd.DataFrame([reach_worlds.row(*cell, seed=10_000 * i + k) for i, cell in enumerate(reach_worlds.CELLS, 41) for k in range(84)])
    table = reach_worlds.coverage(rows)
    print("\n" + table.round(3).to_string())
    inside, n = int(rows["reach"].sum()), len(rows)
    # outside 87-93 % only where an exact test at 1 % says so
    assert not (inside / n < 0.87 and binomtest(inside, n, 0.87, "less").pvalue < 0.01)
    assert not (inside / n > 0.93 and binomtest(inside, n, 0.93, "greater").pvalue < 0.01)
    assert binomtest(int(rows["bounds"].sum()), n, 0.99, "less").pvalue >= 0.01


@pytest.mark.slow
def test_the_set_reaches_more_than_habits_and_where_it_does_not() -> None:
    """Over a declared grid of overlap, price exponent and size effect; habits win where large creators are cheap for their size."""
    from tests import reach_worlds

    rows = pd.DataFrame(
        [reach_worlds.against_habits(*cell, seed=500 * i + k) for i, cell in enumerate(reach_worlds.GRID, 7) for k in range(4)]
    )
    table = rows.groupby(["overlap", "price", "size"])[list(reach_worlds.HABITS)].mean()
    print("\n" + table.round(2).to_string())
    for way in reach_worlds.HABITS:
        assert rows[way].mean() < 1, way


def test_reach_is_drawn_towards_its_size_by_how_much_the_posts_tell() -> None:
    """A creator with one lucky post is not believed; one with many is."""
    from playbook.portfolio.reach import expected_reach

    rng = np.random.default_rng(8)
    keys = [f"instagram:c{i:02d}" for i in range(30)]
    creators = pd.DataFrame({"creator": keys, "platform": "instagram", "followers": 10_000.0})
    day, rows = pd.Timestamp("2026-01-01", tz="UTC"), []
    for i, key in enumerate(keys):
        posts = 1 if i == 0 else 12
        level = 10_000 if i < 2 else 2_500
        rows += [(f"{key}-{j}", key, day + pd.Timedelta(days=j), level * np.exp(rng.normal(0, 0.6) * (i > 0))) for j in range(posts)]
    posts = pd.DataFrame(rows, columns=["post", "creator", "posted_at", "reach"]).round({"reach": 0})
    found = expected_reach(dataset(creators=creators, posts=posts), brief()).set_index("creator")
    one, many = found.loc["instagram:c00"], found.loc["instagram:c01"]
    assert one["reach"] < 0.6 * one["told"] and many["reach"] > 0.6 * many["told"]
    assert one["weight"] < 0.5 < many["weight"] and one["reach_sd"] > many["reach_sd"]


def test_views_are_people_by_the_platforms_own_rate() -> None:
    """Where ten creators tell reach and views, others' views count for as many people; where nobody does, for fewer than the views."""
    from playbook.portfolio.reach import expected_reach

    rng = np.random.default_rng(9)
    keys = [f"{p}:c{i:02d}" for p in ("tiktok", "youtube") for i in range(20)]
    creators = pd.DataFrame(
        {"creator": keys, "platform": [k.split(":")[0] for k in keys], "followers": np.exp(rng.normal(9, 1, 40)).round()}
    )
    day, rows = pd.Timestamp("2026-01-01", tz="UTC"), []
    for i, key in enumerate(keys):
        for j in range(10):
            views = round(0.3 * creators["followers"][i] * np.exp(rng.normal(0, 0.5)))
            rows.append((f"{key}-{j}", key, day + pd.Timedelta(days=j), views, round(0.6 * views) if i < 10 else np.nan))
    posts = pd.DataFrame(rows, columns=["post", "creator", "posted_at", "views", "reach"])
    found = expected_reach(dataset(creators=creators, posts=posts), brief())
    views = posts.groupby("creator")["views"].mean()
    ratio = found["reach"].to_numpy() / views.loc[found["creator"]].to_numpy()
    tiktok = found["creator"].str.startswith("tiktok").to_numpy()
    assert np.median(ratio[tiktok]) == pytest.approx(0.6, rel=0.15)
    assert 0.5 < np.median(ratio[~tiktok]) < 0.8 and (found.loc[~tiktok, "shared_sd"] > 0.15).all()


class TestProfit:
    """Profit: what people reached leave, less what the set costs."""

    ECONOMICS = "economics: {order_value: 300, gross_margin: 0.7, shipping_per_order: 0, click_rate: 0.03, conversion_rate: 0.05}"

    @pytest.mark.parametrize("seed", range(8))
    def test_no_set_leaves_more(self, seed: int) -> None:
        asked = brief(self.ECONOMICS, "portfolio: {maximise: profit}")
        choice = portfolio.choose(dataset(**market(9, seed)), asked)
        given = choice.problem
        table, cost = given.candidates.table, given.candidates.table["cost"].to_numpy()
        able = [i for i in range(len(table)) if table["affordable"].iloc[i]]
        best = max(
            given.audience.reached(np.array(s)) * given.per_person - cost[list(s)].sum()
            for k in range(1, len(able) + 1)
            for s in itertools.combinations(able, k)
            if cost[list(s)].sum() <= choice.budget
        )
        assert choice.value <= best * (1 + 1e-9) + 1e-9 <= choice.upper_bound * (1 + 1e-6) + 0.02
        assert choice.value >= best - 0.011 - 0.002 * abs(best)

    def test_the_pages_say_profit(self) -> None:
        asked = brief(self.ECONOMICS, "portfolio: {maximise: profit}")
        data = dataset(**market())
        choice = portfolio.choose(data, asked)
        told = portfolio.forecast(choice, asked)
        assert choice.cost < choice.budget and "EUR of profit" in portfolio.answer(choice, asked)
        assert told.profitable == pytest.approx(float((told.values > 0).mean()))
        table = portfolio.compare(choice, asked)
        assert (table["value"].dropna() <= choice.upper_bound + 0.02).all()
        points = portfolio.frontier(choice, asked)
        assert points["value"].is_monotonic_increasing and len(portfolio.swaps(choice, asked)) == len(choice.chosen)
        assert portfolio.stability(choice, asked, draws=10)["in_set"].any()

    def test_a_campaign_that_cannot_pay_is_told_to_spend_nothing(self) -> None:
        asked = brief(self.ECONOMICS.replace("0.03", "0.0001"), "portfolio: {maximise: profit}")
        assert "earns more than it costs" in portfolio.choose(dataset(**market()), asked).text
        asked = brief("portfolio: {maximise: profit}")
        assert "order_value" in portfolio.choose(dataset(**market()), asked).text


def test_a_list_of_fee_and_follower_alone_is_said_to_follow_the_price_list() -> None:
    creators = market()["creators"]
    choice = portfolio.choose(dataset(creators=creators), brief("portfolio: {time_limit: 2}"))
    assert "cannot tell a good creator from a bad one" in choice.note
    assert "cannot tell a good creator" not in portfolio.choose(dataset(**market()), brief()).note
