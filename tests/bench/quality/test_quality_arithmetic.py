"""The arithmetic of the published tables: metrics by hand, translated objectives, intervals."""

import pathlib
import sys

import alsace
import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))

from quality import measure, ncf, options, ranks

LOG = np.log2


def test_ranks_and_metrics_by_hand():
    # Items 0 to 5; 1 is trained on. Left: 5 (.9), 0 (.8), 2 and 3 (.5 both, the lower row first), 4 (.1).
    scores = np.array([0.8, 0.95, 0.5, 0.5, 0.1, 0.9])
    found = ranks.ranks_of(scores, hidden=np.array([1]), items=np.array([0, 3, 4]))
    assert found.tolist() == [2, 4, 5]
    recall, ndcg = ranks.metrics(found, relevant=3, top_k=4)
    assert recall == pytest.approx(2 / 3)
    # LightGCN's NDCG: gains at 2 and 4; the ideal has min(4, 3) = 3 ones in front.
    assert ndcg == pytest.approx((1 / LOG(3) + 1 / LOG(5)) / (1 + 1 / LOG(3) + 1 / LOG(4)))
    assert ranks.metrics(np.array([9]), relevant=1, top_k=4) == (0.0, 0.0)


def test_ideal_is_cut_at_top_k():
    recall, ndcg = ranks.metrics(np.array([1, 2, 7]), relevant=3, top_k=2)
    assert (recall, ndcg) == (pytest.approx(2 / 3), pytest.approx(1.0))


def test_ranking_agrees_with_the_package():
    random = np.random.default_rng(5)
    pairs = np.unique(random.integers(0, [[30, 40]] * 500, size=(500, 2)), axis=0)
    held = random.random(len(pairs)) < 0.3
    train, test = pairs[~held], pairs[held]
    test = test[np.isin(test[:, 0], train[:, 0])]
    model = alsace.ImplicitALS(factors=5, iterations=3, threads=1)
    model.fit(user=train[:, 0], item=train[:, 1])
    expected = alsace.evaluate(
        model, {"user": train[:, 0], "item": train[:, 1]}, {"user": test[:, 0], "item": test[:, 1]},
        metrics="recall@20,ndcg@20", baselines=[],
    )["als"]  # fmt: skip

    def rows(table):
        users = {user: row for row, user in enumerate(model.user_ids.tolist())}
        items = {item: row for row, item in enumerate(model.item_ids.tolist())}
        found = {}
        for user, item in table.tolist():
            found.setdefault(users[user], []).append(items[item])
        return {user: np.array(row) for user, row in found.items()}

    assert set(test[:, 1]) <= set(train[:, 1])
    found = ranks.ranking(model.user_factors, model.item_factors, rows(train), rows(test))
    for metric in ("recall@20", "ndcg@20"):
        assert found[metric] == pytest.approx(expected[metric].mean, abs=1e-6)


def dense_ours(observed, users, items, chosen, lengths):
    scores = users @ items.T
    c, w0 = chosen["alpha"], chosen["unobserved_weight"]
    fit = (c * (1 - scores) ** 2)[observed].sum() + w0 * (scores[~observed] ** 2).sum()
    return fit + penalty(users, items, chosen["regularization"], lengths)


def penalty(users, items, weight, lengths):
    return weight * (
        (lengths[0] * (users**2).sum(1)).sum() + (lengths[1] * (items**2).sum(1)).sum()
    )


def test_translated_objective_is_the_published_one_times_a_number_plus_a_constant():
    random = np.random.default_rng(3)
    observed = random.random((7, 9)) < 0.4
    a0, weight = 0.3, 0.07
    # With 12 decimals; what from_rendle gives is rounded to 6.
    chosen = options.from_rendle(weight, a0, factors=3, iterations=1)
    assert chosen["unobserved_weight"] == pytest.approx(a0 / (1 + a0), abs=1e-6)
    chosen["unobserved_weight"] = a0 / (1 + a0)
    lengths = observed.sum(1), observed.sum(0)
    differences = []
    for _ in range(3):
        users, items = random.normal(size=(7, 3)), random.normal(size=(9, 3))
        scores = users @ items.T
        published = (
            ((scores - 1) ** 2)[observed].sum()
            + a0 * (scores**2).sum()
            + penalty(users, items, weight, lengths)
        )
        root = np.sqrt(1 + a0)
        ours = dense_ours(observed, users * root, items * root, chosen, lengths)
        differences.append((1 + a0) * published - ours)
    # (1 + a0) a0 / (1 + a0) for each observed pair, whatever the factors are.
    assert differences == pytest.approx([a0 * observed.sum()] * 3, rel=1e-12)


def test_the_engine_minimizes_that_objective():
    """The engine's objective of the factors it returns is the dense one of this test."""
    observed = np.random.default_rng(3).random((7, 9)) < 0.4
    observed[0] = observed[:, 0] = True
    chosen = options.from_rendle(0.07, 0.3, factors=3, iterations=4)
    rows, columns = np.nonzero(observed)
    model = alsace.ImplicitALS(solver="exact", threads=1, **chosen).fit(user=rows, item=columns)
    order = np.argsort(model.user_ids), np.argsort(model.item_ids)
    users = model.user_factors[order[0]].astype(float)
    items = model.item_factors[order[1]].astype(float)
    w0 = chosen["unobserved_weight"]
    lengths = observed.sum(1) + w0 * 9, observed.sum(0) + w0 * 7
    expected = dense_ours(observed, users, items, chosen, lengths)
    assert model.summary["final_objective"] == pytest.approx(expected, rel=1e-5)


def test_regularization_keeps_its_mean_weight():
    users, items = (
        np.array([1, 4, 9]),
        np.array([16, 0]),
    )  # The item without an entry does not count.
    assert options.regularization_of(6.0, 0.5, users, items) == pytest.approx(
        6 / ((1 + 2 + 3 + 4) / 4)
    )
    assert options.regularization_of(6.0, 0.0, users, items) == 6.0


def test_trial_counts_all_pairs_where_asked():
    pairs = np.array([0, 0, 1]), np.array([5, 6, 5])
    chosen = options.of_trial((8, 0.5, 2.0, 1, "all", 3), *pairs)
    # Users 2 + 0.5 * 2 and 1 + 0.5 * 2, items alike: 3, 2, 3, 2.
    assert chosen["regularization"] == pytest.approx(2.0 / 2.5)
    observed = options.of_trial((8, 0.5, 2.0, 1, "observed", 3), *pairs)
    assert observed["regularization"] == pytest.approx(2.0 / 1.5, rel=5e-3)  # Three digits.


def test_words_are_the_programs_options():
    chosen = {
        "preset": "recommended",
        "alpha": 0.25,
        "biases": True,
        "nonnegative": False,
        "random_state": 7,
        "factors": 64,
    }
    assert (
        options.words(chosen) == "--preset recommended --alpha 0.25 --biases --seed 7 --factors 64"
    )


def test_interval_is_that_of_the_users_means_over_runs():
    value = measure.of_runs([[0, 1, 1, 0], [1, 1, 0, 0]])
    users = np.array([0.5, 1, 0.5, 0])
    half = 1.96 * users.std(ddof=1) / 2
    assert (value.mean, value.low, value.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    assert value.deviation == 0.0
    assert measure.of_runs([[0, 1]]).deviation is None


def test_sampled_rank_gives_ties_to_the_candidates():
    assert ncf.rank_of_first(np.array([0.5, 0.5, 0.2, 0.9])) == 3
    assert ncf.of_rank(3, 10) == (1.0, pytest.approx(0.5))
    assert ncf.of_rank(11, 10) == (0.0, 0.0)
