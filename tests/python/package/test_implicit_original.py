"""alsace.implicit beside the package whose surface it has. Skipped where that is not installed."""

import inspect
import io

import numpy as np
import pytest
import scipy.sparse as sp
from alsace import implicit

NOT_COMPARED = "NOTHING IS COMPARED with the original: pip install implicit==0.7.3 to do so"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def original():
    package = pytest.importorskip("implicit", reason=NOT_COMPARED)
    pytest.importorskip("implicit.evaluation", reason=NOT_COMPARED)
    return package


@pytest.fixture
def counts():
    """300 users, 80 items; counts, dislikes below 0 and stored zeros."""
    rng = np.random.default_rng(3)
    matrix = sp.random(300, 80, density=0.1, format="csr", dtype=np.float32, random_state=rng)
    matrix.data = rng.choice(np.float32([-2, 0, 1, 1, 2, 5]), len(matrix.data))
    return matrix


@pytest.fixture
def pair(original, counts):
    """An original model, and ours with its factors."""
    theirs = original.cpu.als.AlternatingLeastSquares(factors=16, alpha=3.0, random_state=1)
    theirs.fit(counts, show_progress=False)
    ours = implicit.cpu.als.AlternatingLeastSquares(factors=16, alpha=3.0, random_state=1)
    ours.user_factors, ours.item_factors = theirs.user_factors.copy(), theirs.item_factors.copy()
    return theirs, ours


def same_lists(theirs, ours):
    assert theirs[0].dtype == ours[0].dtype and theirs[1].dtype == ours[1].dtype
    np.testing.assert_array_equal(theirs[0], ours[0])
    np.testing.assert_allclose(theirs[1], ours[1], rtol=1e-5, atol=1e-6)


def test_signatures_and_defaults(original):
    places = {
        "als": ["AlternatingLeastSquares"],
        "cpu.als": [
            "AlternatingLeastSquares",
            "least_squares",
            "user_factor",
            "item_factor",
            "user_linear_equation",
        ],
        "nearest_neighbours": ["bm25_weight", "tfidf_weight", "normalize"],
        "utils": ["nonzeros", "check_random_state", "check_csr", "augment_inner_product_matrix"],
    }
    for module, names in places.items():
        for name in names:
            theirs, ours = (resolve(package, module, name) for package in (original, implicit))
            assert arguments_of(theirs) == arguments_of(ours), (module, name)
    model = resolve(original, "cpu.als", "AlternatingLeastSquares")
    for name, method in inspect.getmembers(model, inspect.isfunction):
        if not name.startswith("__") and not name.endswith("_similarity_score"):
            own = getattr(implicit.cpu.als.AlternatingLeastSquares, name)
            assert arguments_of(method) == arguments_of(own), name


def resolve(package, module, name):
    for part in module.split("."):
        package = getattr(package, part)
    return getattr(package, name)


def arguments_of(function):
    return [(p.name, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", [42, None, "generator"])
def test_start_factors(original, counts, dtype, seed):
    def start(module):
        state = np.random.default_rng(5) if seed == "generator" else seed
        options = {"factors": 8, "iterations": 0, "dtype": dtype, "random_state": state}
        model = module.AlternatingLeastSquares(**options)
        model.fit(counts, show_progress=False)
        return model.user_factors, model.item_factors

    for theirs, ours in zip(start(original.cpu.als), start(implicit.cpu.als)):
        assert theirs.dtype == ours.dtype and theirs.shape == ours.shape
        if seed is not None:
            np.testing.assert_array_equal(theirs, ours)


@pytest.mark.parametrize("userid", [7, [7], np.arange(5, 200)])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"N": 3, "filter_items": [0, 3, 9]},
        {"filter_already_liked_items": False},
        {"recalculate_user": True},
        {"items": [4, 1, 30, 12, 55, 9, 2, 41], "N": 20},
    ],
    ids=lambda options: "-".join(options) or "defaults",
)
def test_recommend(pair, counts, userid, options):
    theirs, ours = pair
    rows = counts[userid]
    if (
        "items" in options
    ):  # The original forgets stored zeros there, and orders the liked by chance.
        options = {**options, "filter_already_liked_items": False}
    same_lists(theirs.recommend(userid, rows, **options), ours.recommend(userid, rows, **options))


@pytest.mark.parametrize("ids", [3, np.arange(40)])
def test_similar(pair, counts, ids):
    theirs, ours = pair
    same_lists(theirs.similar_items(ids), ours.similar_items(ids))
    same_lists(theirs.similar_users(ids, N=7), ours.similar_users(ids, N=7))
    same_lists(
        theirs.similar_users(ids, filter_users=[3, 8]), ours.similar_users(ids, filter_users=[3, 8])
    )
    listed = np.arange(0, 80, 3)
    same_lists(theirs.similar_items(ids, items=listed), ours.similar_items(ids, items=listed))
    item_users = counts.T.tocsr()[ids]
    for_item = {"recalculate_item": True, "item_users": item_users, "N": 5}
    same_lists(theirs.similar_items(ids, **for_item), ours.similar_items(ids, **for_item))


@pytest.mark.parametrize("with_norms", [False, True])
def test_topk(original, with_norms):
    rng = np.random.default_rng(0)
    items, queries = rng.random((50, 9), np.float32), rng.random((130, 9), np.float32)
    hidden = sp.random(130, 50, density=0.1, format="csr", random_state=1)
    norms = rng.random(50, np.float32) + 1 if with_norms else None
    both = [
        package.cpu.topk.topk(items, queries, 6, norms, hidden, np.array([4, 7]))
        for package in (original, implicit)
    ]
    same_lists(*both)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 20.0])
def test_training_loss_is_as_low(original, counts, alpha, exact):
    for matrix in (counts, abs(counts)):
        losses = []
        for package in (original, implicit):
            model = package.cpu.als.AlternatingLeastSquares(
                factors=16, alpha=alpha, use_cg=not exact, iterations=10, random_state=9
            )
            model.fit(matrix, show_progress=False)
            losses.append(
                original.cpu.als.calculate_loss(
                    (alpha * matrix).tocsr(), model.user_factors, model.item_factors, 0.01
                )
            )
        # Near the minimum rough rows stop a little above: exact ones do not.
        assert losses[1] <= losses[0] * (1 + (1e-6 if exact else 0.01))


def test_callbacks(original, counts):
    def calls(module):
        seen = []
        model = module.AlternatingLeastSquares(
            factors=8, iterations=3, calculate_training_loss=True, use_cg=False, random_state=0
        )
        model.fit(counts, show_progress=False, callback=lambda *given: seen.append(given))
        return seen

    theirs, ours = calls(original.cpu.als), calls(implicit.cpu.als)
    assert [call[0] for call in ours] == [call[0] for call in theirs] == [0, 1, 2]
    np.testing.assert_allclose([c[2] for c in ours], [c[2] for c in theirs], rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("regularization", [0.0, 0.7])
def test_loss_and_half_steps(original, counts, dtype, regularization):
    rng = np.random.default_rng(2)
    users, items = rng.random((300, 8), dtype), rng.random((80, 8), dtype)
    losses = [
        p.cpu.als.calculate_loss(counts, users, items, regularization) for p in (original, implicit)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)

    solved = []
    for package in (original, implicit):
        x = users.copy()
        package.cpu.als.least_squares(counts, x, items, regularization)
        solved.append(x)
    np.testing.assert_allclose(*solved, rtol=2e-3, atol=1e-4)


def test_solving_anew_and_explaining(pair, counts):
    theirs, ours = pair
    users = [3, 250, 9]
    np.testing.assert_allclose(
        theirs.recalculate_user(users, counts[users]),
        ours.recalculate_user(users, counts[users]),
        atol=1e-4,
    )
    many = np.arange(200)
    np.testing.assert_allclose(
        theirs.recalculate_user(many, counts[many]),
        ours.recalculate_user(many, counts[many]),
        atol=1e-4,
    )
    for model in pair:
        model.partial_fit_users([2, 310], counts[[5, 6]])
        model.partial_fit_items([85], sp.csr_matrix(counts.T.tocsr()[1]))
    assert ours.user_factors.shape == theirs.user_factors.shape
    np.testing.assert_allclose(theirs.user_factors, ours.user_factors, atol=1e-4)
    np.testing.assert_allclose(theirs.item_factors, ours.item_factors, atol=1e-4)
    score, parts, _ = ours.explain(5, counts, 3, N=4)
    expected, expected_parts, _ = theirs.explain(5, counts, 3, N=4)
    assert score == pytest.approx(expected, abs=1e-4)
    assert [item for item, _ in parts] == [item for item, _ in expected_parts]
    assert [part for _, part in parts] == pytest.approx([p for _, p in expected_parts], abs=1e-4)


def test_files_both_ways(pair, original, tmp_path):
    theirs, ours = pair
    theirs.save(tmp_path / "theirs.npz")
    ours.save(str(tmp_path / "ours"))
    there = original.cpu.als.AlternatingLeastSquares.load(str(tmp_path / "ours"))
    here = implicit.cpu.als.AlternatingLeastSquares.load(tmp_path / "theirs.npz")
    for written, read in ((theirs, here), (ours, there)):
        assert vars(written).keys() == vars(read).keys()
        for name, value in vars(written).items():
            if name not in ("_user_norms", "_item_norms", "_YtY", "_XtX"):
                np.testing.assert_array_equal(value, vars(read)[name], err_msg=name)


def test_file_with_a_pickled_random_state(original, counts):
    model = original.cpu.als.AlternatingLeastSquares(
        factors=3, random_state=np.random.default_rng(0)
    )
    model.fit(counts, show_progress=False)
    file = io.BytesIO()
    model.save(file)
    file.seek(0)
    loaded = implicit.cpu.als.AlternatingLeastSquares.load(file)
    assert loaded.random_state is None
    np.testing.assert_array_equal(loaded.item_factors, model.item_factors)


@pytest.mark.parametrize("k", [1, 5, 10, 30])
def test_evaluation(pair, original, k):
    theirs, ours = pair
    rng = np.random.default_rng(8)
    liked = sp.csr_matrix((rng.random((300, 80)) < 0.2).astype(np.float32))
    liked[17] = 0
    liked.eliminate_zeros()
    train, test = original.evaluation.train_test_split(liked, 0.6, random_state=4)
    for part, expected in zip(implicit.evaluation.train_test_split(liked, 0.6, 4), (train, test)):
        assert (part != expected).nnz == 0 and part.dtype == expected.dtype
    expected = original.evaluation.ranking_metrics_at_k(theirs, train, test, k, show_progress=False)
    found = implicit.evaluation.ranking_metrics_at_k(ours, train, test, k, show_progress=False)
    assert found == pytest.approx(expected, rel=1e-9)
    crossed = original.evaluation.ranking_metrics_at_k(ours, train, test, k, show_progress=False)
    assert crossed == pytest.approx(expected, rel=1e-9)


def test_weights(original):
    counts = sp.random(40, 30, density=0.2, format="csr", dtype=np.float32, random_state=1) * 9
    names = {"bm25_weight": {"K1": 20, "B": 0.4}, "tfidf_weight": {}, "normalize": {}}
    for name, options in names.items():
        theirs, ours = (
            getattr(package.nearest_neighbours, name)(counts, **options)
            for package in (original, implicit)
        )
        assert type(theirs) is type(ours)
        np.testing.assert_allclose(theirs.toarray(), ours.toarray(), rtol=1e-5)


def test_helpers(original):
    factors = np.random.default_rng(0).random((6, 4)).astype(np.float32)
    theirs, ours = (p.utils.augment_inner_product_matrix(factors) for p in (original, implicit))
    assert theirs[0] == ours[0]
    np.testing.assert_allclose(theirs[1], ours[1], atol=1e-3)
