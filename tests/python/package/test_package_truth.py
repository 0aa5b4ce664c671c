"""What a model must be: cases one sees, the program's own model, the formula in numpy."""

import alsace
import numpy as np
import pytest
import scipy.sparse as sp


def dense_objective(model, values, confidence, regularization, unobserved_weight=1.0):
    """L of implicit feedback in float64, every pair written out."""
    x, y = model.user_factors.astype(float), model.item_factors.astype(float)
    observed = values > 0
    c = np.where(observed, confidence, unobserved_weight)
    squares = regularization * ((x**2).sum() + (y**2).sum())
    return (c * (observed - x @ y.T) ** 2).sum() + squares


def exact_users(model, values, confidence, preference, regularization):
    """Every user's ridge regression against the stored items, by numpy."""
    y = model.item_factors.astype(float)
    rows = []
    for c, p in zip(confidence, preference):
        a = y.T @ (c[:, None] * y) + regularization * np.eye(y.shape[1])
        rows.append(np.linalg.solve(a, y.T @ (c * p)))
    return np.array(rows)


def test_recommends_what_one_sees_in_two_taste_groups(taste_groups):
    model = alsace.ImplicitALS(factors=2, regularization=0.1).fit(taste_groups)

    ids, scores = model.recommend(0)

    assert ids[0] == 2
    assert scores[0] > 0.5
    assert scores[1] < 0.1


@pytest.mark.parametrize(
    "parameters, options",
    [
        ({}, []),
        (
            {"solver": "exact", "regularization_exponent": 0.5, "regularization": 0.2},
            ["--solver", "exact", "--regularization-exponent", 0.5, "--regularization", 0.2],
        ),
        ({"preset": "recommended", "alpha": 3}, ["--preset", "recommended", "--alpha", 3]),
        (
            {"confidence": "log", "log_epsilon": 2, "unobserved_weight": 0.3, "random_state": 7},
            ["--confidence", "log", "--log-epsilon", 2, "--unobserved-weight", 0.3, "--seed", 7],
        ),
        ({"regularization_count": "all", "tolerance": 0.01}, ["--regularization-count", "all", "--tolerance", 0.01]),
    ],
)
def test_a_matrix_gives_the_program_s_model(plays, csv_file, program_hash, parameters, options):
    model = alsace.ImplicitALS(factors=8, **parameters).fit(plays)

    assert model.model_hash == program_hash(csv_file, "--factors", 8, *options)


@pytest.mark.parametrize("flag", ["biases", "nonnegative", None])
def test_ratings_give_the_program_s_model(plays, csv_file, program_hash, flag):
    model = alsace.ExplicitALS(factors=8, **({flag: True} if flag else {})).fit(plays)

    options = ["--explicit", "--factors", 8] + ([f"--{flag}"] if flag else [])
    assert model.model_hash == program_hash(csv_file, *options)


def test_the_objective_is_the_formula(plays):
    model = alsace.ImplicitALS(factors=6, alpha=4, regularization=0.3, unobserved_weight=0.5).fit(plays)

    values = plays.toarray()
    expected = dense_objective(model, values, 1 + 4 * values, 0.3, 0.5)

    assert model.summary["final_objective"] == pytest.approx(expected, rel=1e-6)


def test_users_solve_their_equations(plays):
    model = alsace.ImplicitALS(factors=6, regularization=0.3).fit(plays)

    values = plays.toarray()
    confidence = np.where(values > 0, 1 + 10 * values, 1.0)
    expected = exact_users(model, values, confidence, values > 0, 0.3)

    np.testing.assert_allclose(model.user_factors, expected, atol=2e-5)


def test_dislikes_pull_towards_zero_and_stored_zeros_weigh_nothing():
    values = np.array([[2.0, -3.0, 1.0], [1.0, 4.0, np.nan], [-1.0, 2.0, 1.0]])
    stored = sp.csr_matrix(np.nan_to_num(values, nan=7.0))
    stored.data[stored.data == 7.0] = 0.0  # A zero that is stored.
    model = alsace.ImplicitALS(
        factors=2, regularization=0.1, confidence="scaled", alpha=2, dislikes=True, solver="exact"
    ).fit(stored)

    confidence = 2 * np.abs(np.nan_to_num(values))
    expected = exact_users(model, values, confidence, np.nan_to_num(values) > 0, 0.1)

    np.testing.assert_allclose(model.user_factors, expected, atol=1e-5)
    np.testing.assert_allclose(model.fold_in(stored), expected, atol=1e-5)
    assert 2 not in model.recommend(1)[0], "a stored zero counts as seen"


@pytest.mark.parametrize("model", [alsace.ImplicitALS(factors=5), alsace.ExplicitALS(factors=5, biases=True)])
def test_fold_in_of_a_history_is_the_stored_row(plays, model):
    model.fit(plays)

    factors = model.fold_in(plays)

    np.testing.assert_allclose(factors, model.user_factors, atol=1e-4)
    row = plays[3]
    one, bias = model.fold_in(dict(zip(row.indices.tolist(), row.data)), return_bias=True)
    np.testing.assert_array_equal(one, factors[3])
    if isinstance(model, alsace.ExplicitALS):
        assert bias == pytest.approx(model.user_biases[3], abs=1e-4)


def test_partial_fit_of_a_user_is_fold_in(plays):
    model = alsace.ImplicitALS(factors=5).fit(plays)
    before = model.user_factors.copy()

    model.partial_fit_users([3, 1000], plays[[5, 6]])

    np.testing.assert_allclose(model.user_factors[[3, 120]], before[[5, 6]], atol=1e-4)
    np.testing.assert_array_equal(model.user_factors[4], before[4])
    assert list(model.user_ids[-2:]) == [119, 1000]
    assert set(plays[5].indices).isdisjoint(model.recommend(3, top_k=50)[0])
    np.testing.assert_allclose(model.fold_in(plays[6])[0], model.user_factors[120], atol=1e-6)


def test_partial_fit_of_an_item_solves_it(plays):
    model = alsace.ImplicitALS(factors=5, regularization=0.2).fit(plays)
    audience = plays.T.tocsr()[[4]]

    model.partial_fit_items(["new"] if model.item_ids.dtype == object else [999], audience)

    x = model.user_factors.astype(float)
    values = audience.toarray()[0]
    c = np.where(values > 0, 1 + 10 * values, 1.0)
    a = x.T @ (c[:, None] * x) + 0.2 * np.eye(5)
    np.testing.assert_allclose(model.item_factors[-1], np.linalg.solve(a, x.T @ (c * (values > 0))), atol=1e-5)
    assert model.item_counts[-1] == np.count_nonzero(values)


def test_explanations_add_up(plays):
    model = alsace.ExplicitALS(factors=5, biases=True).fit(plays)

    told = model.explain(4, 7)

    total = told.mean + told.user_bias + told.item_bias + told.contributions.sum()
    assert told.score == pytest.approx(total, abs=1e-3)
    assert sorted(told.items) == sorted(plays[4].indices)


def test_threads_do_not_change_the_model(plays):
    hashes = {alsace.ImplicitALS(factors=8, threads=n).fit(plays).model_hash for n in (1, 2, 3)}

    assert len(hashes) == 1
