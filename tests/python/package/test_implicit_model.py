"""alsace.implicit by itself: what its objective means, and what the original crashes or errs on."""

import io
import logging
import pickle
import warnings

import alsace
import numpy as np
import pytest
import scipy.sparse as sp
from alsace import implicit
from alsace.implicit._checks import RowOutOfRange
from alsace.implicit.als import AlternatingLeastSquares
from alsace.implicit.cpu.als import calculate_loss, least_squares, least_squares_cg
from alsace.implicit.recommender_base import ModelFitError, RecommenderBase
from alsace.implicit.utils import ParameterWarning, check_random_state

LOWEST = -np.finfo(np.float32).max


@pytest.fixture
def counts():
    rng = np.random.default_rng(3)
    matrix = sp.random(120, 40, density=0.15, format="csr", dtype=np.float32, random_state=rng)
    matrix.data = rng.choice(np.float32([-2, 0, 1, 3]), len(matrix.data))
    return matrix


@pytest.fixture
def model(counts):
    return fitted(counts)


def fitted(matrix, **options):
    model = AlternatingLeastSquares(**{"factors": 8, "random_state": 5, **options})
    model.fit(matrix, show_progress=False)
    return model


def dense_loss(matrix, x, y, regularization):
    """The original's loss with every pair written out."""
    stored = sp.csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), matrix.shape)
    values, stored = matrix.toarray().astype(float), stored.toarray() > 0
    confidence = np.where(stored, np.abs(values), 1.0)
    x, y = x.astype(float), y.astype(float)
    loss = (confidence * ((values > 0) - x @ y.T) ** 2).sum()
    loss += -values[values < 0].sum() + regularization * ((x**2).sum() + (y**2).sum())
    return loss / confidence.sum()


def dense_solution(matrix, y, regularization):
    """Every row's own system, from the same."""
    out = np.zeros((matrix.shape[0], y.shape[1]))
    y = y.astype(float)
    for row in range(matrix.shape[0]):
        confidence, preference = np.ones(len(y)), np.zeros(len(y))
        places = slice(matrix.indptr[row], matrix.indptr[row + 1])
        confidence[matrix.indices[places]] = np.abs(matrix.data[places])
        preference[matrix.indices[places]] = matrix.data[places] > 0
        system = (y.T * confidence) @ y + regularization * np.eye(y.shape[1])
        out[row] = np.linalg.solve(system, y.T @ (confidence * preference))
    return out


# -- what is minimized --------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.5, 1.0, 4.0])
def test_users_solve_their_systems_of_weight_alpha_r(counts, alpha):
    model = fitted(counts, alpha=alpha, regularization=0.3)
    weighted = sp.csr_matrix(alpha * counts)
    expected = dense_solution(weighted, model.item_factors, 0.3)
    np.testing.assert_allclose(model.user_factors, expected, atol=2e-5)
    few, many = (
        model.recalculate_user([3, 4], counts[[3, 4]]),
        model.recalculate_user(np.arange(120), counts),
    )
    np.testing.assert_allclose(few, expected[3:5], atol=2e-5)
    np.testing.assert_allclose(many, expected, atol=2e-5)


def test_a_stored_zero_weighs_nothing_and_is_filtered():
    """Ratings below 4 set to 0, and left in the matrix."""
    ratings = sp.csr_matrix(np.float32([[5, 3, 0, 0], [4, 5, 0, 4], [0, 4, 5, 3], [5, 0, 4, 0]]))
    ratings.data[ratings.data < 4] = 0
    model = fitted(ratings, factors=2, regularization=0.1)
    expected = dense_solution(ratings, model.item_factors, 0.1)
    np.testing.assert_allclose(model.user_factors, expected, atol=1e-5)
    ids, _ = model.recommend(0, ratings[0], N=4)
    assert sorted(ids) == [2, 3]
    ids, scores = model.recommend(0, ratings[0], items=[1, 2, 3])
    assert ids[-1] == 1 and scores[-1] == LOWEST


def test_loss_with_every_pair_written_out(counts, model):
    loss = calculate_loss(counts, model.user_factors, model.item_factors, 0.01)
    expected = dense_loss(counts, model.user_factors, model.item_factors, 0.01)
    assert loss == pytest.approx(expected, rel=1e-6)


def test_callbacks_get_the_loss_and_it_falls(counts):
    for exact in (True, False):
        calls = []
        model = AlternatingLeastSquares(
            factors=8, iterations=6, calculate_training_loss=True, use_cg=not exact, random_state=0
        )
        model.fit(counts, show_progress=False, callback=lambda *given: calls.append(given))
        assert [iteration for iteration, _, _ in calls] == list(range(6))
        losses = [loss for _, _, loss in calls]
        assert losses == sorted(losses, reverse=True)
        last = calculate_loss(counts, model.user_factors, model.item_factors, 0.01)
        assert last <= losses[-1] * (1 + 1e-5)


def test_loss_is_none_unless_asked_for_and_the_log_has_it(counts, caplog):
    losses = []
    model = AlternatingLeastSquares(factors=4, iterations=1)
    model.fit_callback = lambda iteration, seconds, loss: losses.append(loss)
    model.fit(counts, show_progress=False)
    assert losses == [None]
    with caplog.at_level(logging.INFO, logger="implicit"):
        fitted(counts, iterations=1, calculate_training_loss=True)
    assert "Final training loss" in caplog.text


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_half_steps_on_own_arrays(counts, dtype):
    rng = np.random.default_rng(1)
    users, items = rng.random((120, 6), dtype), rng.random((40, 6), dtype)
    expected = dense_solution(counts, items, 0.5)
    least_squares(counts, users, items, 0.5)
    np.testing.assert_allclose(users, expected, atol=1e-4)
    near = rng.random((120, 6), dtype)
    before = calculate_loss(counts, near, items, 0.5)
    least_squares_cg(counts, near, items, 0.5, 0, 3)
    least = calculate_loss(counts, users, items, 0.5)
    assert calculate_loss(counts, near, items, 0.5) - least < 0.05 * (before - least)


def test_solver_is_called_by_position(counts):
    for use_cg in (True, False):
        model = AlternatingLeastSquares(factors=4, use_cg=use_cg)
        users = np.ones((120, 4), np.float32)
        model.solver(counts, users, np.random.default_rng(0).random((40, 4), np.float32), 0.1, 1)
        assert not (users == 1).any()


# -- fits ------------------------------------------------------------------------------------------------


def test_same_factors_for_any_number_of_threads(counts):
    one, two = fitted(counts, num_threads=1), fitted(counts, num_threads=2)
    np.testing.assert_array_equal(one.user_factors, two.user_factors)
    np.testing.assert_array_equal(one.item_factors, two.item_factors)


def test_a_second_fit_goes_on_from_the_first(counts):
    model = fitted(counts, iterations=2)
    before = calculate_loss(counts, model.user_factors, model.item_factors, 0.01)
    kept = model.item_factors.copy()
    model.iterations = 0
    model.fit(counts, show_progress=False)
    np.testing.assert_array_equal(model.item_factors, kept)
    model.iterations = 3
    model.fit(counts, show_progress=False)
    assert calculate_loss(counts, model.user_factors, model.item_factors, 0.01) < before


@pytest.mark.parametrize("shape", [(150, 40), (120, 45), (100, 40)])
def test_a_second_fit_of_another_shape_is_refused(model, shape):
    with pytest.raises(ValueError, match="partial_fit"):
        model.fit(sp.csr_matrix(np.ones(shape, np.float32)), show_progress=False)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite(counts, bad):
    counts.data[7] = bad
    with pytest.raises(ModelFitError, match="finite"):
        fitted(counts)
    assert issubclass(ModelFitError, ValueError)
    model = fitted(abs(sp.csr_matrix(np.eye(40, dtype=np.float32))), factors=3)
    with pytest.raises(ValueError, match="finite"):
        model.recalculate_user(0, sp.csr_matrix(np.float32([[bad] + 39 * [0]])))


@pytest.mark.parametrize(
    "options", [{"factors": 0}, {"regularization": -1.0}, {"dtype": np.float16}, {"iterations": -1}]
)
def test_options_out_of_range(counts, options):
    with pytest.raises(ValueError):
        fitted(counts, **options)


def test_an_empty_matrix_gives_zeros():
    model = fitted(sp.csr_matrix((4, 3), dtype=np.float32))
    assert not model.user_factors.any() and model.item_factors.shape == (3, 8)


def test_repeated_places_are_summed():
    repeated = sp.csr_matrix(
        (np.float32([1, 2, 1]), np.int32([0, 0, 1]), np.int32([0, 2, 3])), shape=(2, 2)
    )
    merged = sp.csr_matrix(np.float32([[3, 0], [0, 1]]))
    np.testing.assert_array_equal(
        fitted(repeated, factors=2).user_factors, fitted(merged, factors=2).user_factors
    )


@pytest.mark.parametrize("container", [sp.csr_matrix, sp.csr_array])
@pytest.mark.parametrize("indices", [np.int32, np.int64])
def test_containers_and_index_types(counts, model, container, indices):
    matrix = container(counts)
    matrix.indices = matrix.indices.astype(indices)
    matrix.indptr = matrix.indptr.astype(np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ParameterWarning)
        other = fitted(matrix)
    np.testing.assert_array_equal(model.user_factors, other.user_factors)
    np.testing.assert_array_equal(
        other.recommend(3, matrix[[3]])[0], model.recommend(3, counts[3])[0]
    )
    np.testing.assert_array_equal(
        other.recommend(3, matrix[3])[0], model.recommend(3, counts[3])[0]
    )
    metrics = implicit.evaluation.ranking_metrics_at_k(other, matrix, matrix, show_progress=False)
    assert set(metrics) == {"precision", "map", "ndcg", "auc"}


def test_other_formats_are_converted_with_a_warning(counts, model):
    with pytest.warns(ParameterWarning):
        other = fitted(counts.tocoo())
    np.testing.assert_array_equal(model.user_factors, other.user_factors)
    with pytest.raises(ValueError, match="sparse"):
        fitted([[1, 2]])


def test_callback_errors_end_the_fit_and_leave_a_model(counts):
    model = AlternatingLeastSquares(factors=4)
    with pytest.raises(ZeroDivisionError):
        model.fit(counts, show_progress=False, callback=lambda *given: 1 / 0)
    assert np.isfinite(model.user_factors).all()
    model.recommend(0, counts[0])


def test_random_states():
    state = np.random.RandomState(3)
    drawn = check_random_state(state).random(3)
    np.testing.assert_array_equal(drawn, check_random_state(np.random.RandomState(3)).random(3))
    generator = np.random.default_rng(1)
    assert check_random_state(generator) is generator
    fitted(sp.csr_matrix(np.eye(5, dtype=np.float32)), random_state=np.random.RandomState(0))


# -- lists -----------------------------------------------------------------------------------------------


def test_more_asked_for_than_is_left(model, counts):
    liked = counts[5].indices
    ids, scores = model.recommend(5, counts[5], N=500)
    assert sorted([*ids, *liked]) == list(range(40)) and (np.diff(scores) <= 0).all()
    ids, scores = model.recommend([5, 6], counts[[5, 6]], N=500)
    assert ids.shape == scores.shape == (2, 500)
    left = 40 - len(liked)
    assert (ids[0, :left] >= 0).all() and (ids[0, left:] == -1).all()
    assert (scores[0, left:] == LOWEST).all()
    ids, scores = model.similar_items(0, N=100, filter_items=[4])
    assert len(ids) == 39 and 4 not in ids


def test_one_and_many_agree_to_the_bit(model, counts):
    ids, scores = model.recommend(np.arange(120), counts)
    for user in range(120):
        one = model.recommend(user, counts[user])
        np.testing.assert_array_equal(ids[user], one[0])
        np.testing.assert_array_equal(scores[user], one[1])


def test_nobody_asked_gives_no_lists(model, counts):
    ids, scores = model.recommend([], counts[[]], N=4)
    assert ids.shape == scores.shape == (0, 4)


@pytest.mark.parametrize("user", [-1, 120, [3, -2], 1.5])
def test_users_and_items_that_are_not_there(model, counts, user):
    rows = counts[[0, 1]] if isinstance(user, list) else counts[0]
    for call in (
        lambda: model.recommend(user, rows),
        lambda: model.similar_users(user),
        lambda: model.similar_items(user),
        lambda: model.recommend(0, counts[0], items=[0, 400]),
        lambda: model.recommend(0, counts[0], items=[-1, 3]),
        lambda: model.recommend(0, counts[0], filter_items=[40]),
        lambda: model.similar_users(0, users=[0, 120]),
        lambda: model.explain(-1, counts, 3),
    ):
        with pytest.raises(IndexError):
            call()
    assert issubclass(RowOutOfRange, ValueError)


def test_matrices_wider_than_the_model(model):
    wide = sp.csr_matrix((np.float32([1]), ([0], [60])), shape=(1, 61))
    for call in (
        lambda: model.recommend(0, wide),
        lambda: model.recommend(0, wide, recalculate_user=True),
        lambda: model.recalculate_user(0, wide),
        lambda: model.partial_fit_users([0], wide),
        lambda: calculate_loss(wide, model.user_factors[:1], model.item_factors, 0.1),
        lambda: least_squares(wide, model.user_factors[:1].copy(), model.item_factors, 0.1),
    ):
        with pytest.raises(ValueError, match="right way round"):
            call()


def test_calls_that_do_not_fit(model, counts):
    for call in (
        lambda: model.recommend(0, counts),
        lambda: model.recommend([0, 1], counts[0]),
        lambda: model.recommend(0, counts[0].tocoo()),
        lambda: model.recommend(0, None),
        lambda: model.recommend(0, counts[0], N=0),
        lambda: model.recommend(0, counts[0], items=[]),
        lambda: model.recommend(0, counts[0], items=np.arange(3), filter_items=np.arange(2)),
        lambda: model.similar_items(0, items=np.arange(3), filter_items=np.arange(2)),
        lambda: model.recalculate_item([1, 2], counts.T.tocsr()[0]),
        lambda: model.partial_fit_users([1, 2], counts[0]),
        lambda: AlternatingLeastSquares(use_gpu=True),
        lambda: model.to_gpu(),
    ):
        with pytest.raises(ValueError):
            call()
    model.recommend(0, None, filter_already_liked_items=False)
    with pytest.raises(alsace.NotFittedError):
        AlternatingLeastSquares().recommend(0, counts[0])


def test_old_names_of_recommend(model, counts):
    with pytest.warns(DeprecationWarning):
        ids, _ = model.rank_items(0, counts[0], [3, 1, 2])
    assert set(ids) == {1, 2, 3}
    with pytest.warns(DeprecationWarning):
        some = model.recommend_all(counts[[4, 5]], N=3, users_items_offset=4)
    np.testing.assert_array_equal(some, model.recommend([4, 5], counts[[4, 5]], N=3)[0])


def test_partial_fits_grow_the_model(model, counts):
    model.partial_fit_users([125], counts[3])
    assert model.user_factors.shape == (126, 8) and not model.user_factors[120:125].any()
    np.testing.assert_allclose(model.user_factors[125], model.user_factors[3], atol=1e-5)
    model.partial_fit_items([41], counts.T.tocsr()[2])
    ids, _ = model.recommend(125, counts[3], N=50)
    assert 41 in ids and len(model.item_norms) == 42


def test_explanations_sum_to_the_score(model, counts):
    user_items = abs(counts)
    user_items.eliminate_zeros()
    model = fitted(user_items, alpha=2.0)
    item = int(model.recommend(4, user_items[4], N=1)[0][0])
    score, parts, weights = model.explain(4, user_items, item, N=100)
    assert score == pytest.approx(model.user_factors[4] @ model.item_factors[item], abs=1e-4)
    assert sum(part for _, part in parts) == pytest.approx(score)
    assert {met for met, _ in parts} == set(user_items[4].indices.tolist())
    assert model.explain(4, user_items, item, weights, N=2)[1] == parts[:2]


# -- files, copies, the tree --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [7, None, "generator"])
def test_files(model, tmp_path, state):
    model.random_state = np.random.default_rng(0) if state == "generator" else state
    model.save(str(tmp_path / "model"))
    loaded = RecommenderBase.load.__func__(type(model), str(tmp_path / "model"))
    assert loaded.random_state == (None if state == "generator" else state)
    np.testing.assert_array_equal(loaded.user_factors, model.user_factors)
    assert (loaded.dtype, loaded.alpha, loaded.use_cg) == (model.dtype, model.alpha, model.use_cg)


def test_files_of_other_models_are_refused():
    file = io.BytesIO()
    np.savez(file, similarity=np.eye(3))
    file.seek(0)
    with pytest.raises(alsace.IncompatibleModel, match="similarity"):
        implicit.cpu.als.AlternatingLeastSquares.load(file)


def test_nothing_in_a_file_is_executed():
    file = io.BytesIO()
    np.savez(file, user_factors=np.array([object()], dtype=object))
    file.seek(0)
    with pytest.raises(alsace.IncompatibleModel):
        implicit.cpu.als.AlternatingLeastSquares.load(file)


def test_pickles(model, counts):
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.recommend(0, counts[0])[0], model.recommend(0, counts[0])[0])


def test_the_tree():
    assert implicit.gpu.HAS_CUDA is False
    assert isinstance(AlternatingLeastSquares(), implicit.cpu.als.AlternatingLeastSquares)
    assert not hasattr(implicit, "bpr")
    with pytest.raises(AttributeError, match="bpr"):
        implicit.bpr  # noqa: B018
    with pytest.raises(NotImplementedError, match="similar_items"):
        implicit.nearest_neighbours.ItemItemRecommender()
