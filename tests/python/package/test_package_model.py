"""Ids, lists, files and the conventions of an estimator."""

import copy
import importlib
import pickle

import alsace
import numpy as np
import pytest

USERS = ["ann", "bob", "cat", "dan", "eve", "fay"]
ITEMS = ["\u00e4", "b", "c", "d", "e", "f"]


@pytest.fixture
def model(taste_groups):
    return alsace.ImplicitALS(factors=2, regularization=0.1).fit(taste_groups, user_ids=USERS, item_ids=ITEMS)


def test_ids_are_the_caller_s_own(model):
    ids, scores = model.recommend("ann", top_k=2)

    assert ids.tolist() == ["c", "d"] or ids[0] == "c"
    assert scores.dtype == np.float32
    assert model.user_ids.tolist() == USERS
    assert model.similar_items("d", top_k=2)[0].tolist() in (["e", "f"], ["f", "e"])
    assert set(model.similar_users("dan", top_k=2)[0]) == {"eve", "fay"}
    assert set(model.explain("ann", "c").items) == {"\u00e4", "b"}


@pytest.mark.parametrize("ids, dtype", [([10, -3, 2**62, 4, 5, 6], np.int64), (list("123456"), object)])
def test_ids_keep_their_type_in_files(taste_groups, tmp_path, ids, dtype):
    model = alsace.ImplicitALS(factors=2).fit(taste_groups, item_ids=ids)
    model.save(tmp_path / "m.alsace")

    loaded = alsace.load(tmp_path / "m.alsace")

    assert loaded.item_ids.dtype == dtype
    assert loaded.item_ids.tolist() == ids
    assert loaded.recommend(0)[0].dtype == dtype
    assert loaded.model_hash == model.model_hash
    assert loaded.user_ids.dtype == np.int64


def test_numbers_find_text_and_text_finds_numbers(taste_groups):
    model = alsace.ImplicitALS(factors=2).fit(taste_groups)

    for user in (4, "4", np.int32(4), np.uint64(4), np.array(4)):
        np.testing.assert_array_equal(model.recommend(user)[0], model.recommend(4)[0])


def test_many_users_at_once(model):
    ids, scores = model.recommend(["ann", "dan", "bob"], top_k=4)

    assert ids.shape == scores.shape == (3, 4)
    for user, row, own in zip(["ann", "dan", "bob"], ids, scores):
        alone, alone_scores = model.recommend(user, top_k=4)
        assert row[: len(alone)].tolist() == alone.tolist()
        np.testing.assert_array_equal(own[: len(alone)], alone_scores)
        assert all(i is None for i in row[len(alone) :])
        assert np.isneginf(own[len(alone) :]).all()


def test_lists_can_be_limited(model):
    assert model.recommend("ann", allow=["\u00e4", "e"])[0].tolist() == ["e"]
    assert model.recommend("ann", allow=["\u00e4", "e"], include_seen=True)[0].tolist() == ["\u00e4", "e"]
    assert "c" not in model.recommend("ann", deny=["c"])[0]
    assert model.recommend("ann", allow=[])[0].size == 0
    assert model.recommend(["ann"], allow=[])[0].shape == (1, 0)


def test_one_id_stands_for_a_list_of_one(model):
    assert model.recommend("ann", deny="c")[0].tolist() == model.recommend("ann", deny=["c"])[0].tolist()
    assert model.recommend("ann", allow="c")[0].tolist() == ["c"]
    np.testing.assert_array_equal(model.fold_in("b"), model.fold_in(["b"]))


def test_a_list_may_be_longer_than_there_are_items(model):
    assert model.recommend("ann", top_k=2**40)[0].size == 4
    assert model.similar_items("b", top_k=np.int64(100))[0].size == 5


def test_histories(model, taste_groups):
    ids, scores = model.recommend(history=["\u00e4", "b"], top_k=1)
    assert ids.tolist() == ["c"]
    assert model.recommend(history={"\u00e4": 1.0, "b": 1.0}, top_k=1)[1] == scores
    assert model.recommend(history=(["\u00e4", "b"], [1, 1]), top_k=1)[1] == scores
    many = model.recommend(history=taste_groups, top_k=1)
    np.testing.assert_array_equal(many[1][0], scores)
    assert many[0].shape == (6, 1)
    assert model.recommend(history=[])[0].size == 0


def test_predict(model, taste_groups):
    scores = model.user_factors.astype(float) @ model.item_factors.T.astype(float)

    assert model.predict("bob", "c") == pytest.approx(scores[1, 2])
    np.testing.assert_allclose(model.predict(["bob", "eve"], ["c", "\u00e4"]), scores[[1, 4], [2, 0]])
    assert model.predict("nobody", "c") == 0
    rated = alsace.ExplicitALS(factors=2, biases=True).fit(taste_groups)
    assert 0 <= rated.predict(0, 77) <= 1


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.recommend("anne"),
        lambda m: m.recommend(["ann", "anne"]),
        lambda m: m.recommend(history=["zzz"]),
        lambda m: m.recommend("ann", deny=["zzz"]),
        lambda m: m.similar_items("zzz"),
        lambda m: m.similar_users("zzz"),
        lambda m: m.explain("ann", "zzz"),
    ],
)
def test_unknown_ids_are_key_errors(model, call):
    with pytest.raises(KeyError) as error:
        call(model)

    assert isinstance(error.value, alsace.UnknownId)
    assert "is not in the model" in str(error.value)


def test_the_nearest_ids_are_named(model):
    with pytest.raises(alsace.UnknownId, match="ann"):
        model.recommend("anne")


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m, a: m.recommend(), "either a user or a history"),
        (lambda m, a: m.recommend("ann", history=["b"]), "either a user or a history"),
        (lambda m, a: m.recommend("ann", top_k=0), "top_k is 0"),
        (lambda m, a: m.recommend("ann", top_k=-(2**70)), "top_k is -2147483648"),
        (lambda m, a: m.recommend("ann", top_k="x"), "top_k is 'x', it must be a whole number"),
        (lambda m, a: m.recommend(["ann"], top_k=2.5), "top_k is 2.5"),
        (lambda m, a: m.recommend("ann", top_k=True), "top_k is True"),
        (lambda m, a: m.similar_items("b", top_k=None), "top_k is None"),
        (lambda m, a: m.similar_users("ann", top_k="3"), "top_k is '3'"),
        (lambda m, a: m.recommend("ann", include_seen="no"), "include_seen is 'no', it must be True or False"),
        (lambda m, a: m.set_params(threads="all").recommend(["ann"]), "threads is 'all'"),
        (lambda m, a: m.recommend(1.5), "not float"),
        (lambda m, a: m.recommend(b"ann"), "not bytes"),
        (lambda m, a: m.recommend([["ann"]]), "type list"),
        (lambda m, a: m.recommend(np.array([["ann"]])), "2 dimensions"),
        (lambda m, a: m.recommend([None]), "type NoneType"),
        (lambda m, a: m.similar_items(None), "not NoneType"),
        (lambda m, a: m.similar_users(None), "not NoneType"),
        (lambda m, a: m.explain(None, "b"), "type NoneType"),
        (lambda m, a: m.explain("ann", ["b"]), "type list"),
        (lambda m, a: m.predict(None, "b"), "not NoneType"),
        (lambda m, a: m.predict("ann", 1.5), "not float"),
        (lambda m, a: m.partial_fit_users(None, ["b"]), "not NoneType"),
        (lambda m, a: m.fold_in(None), "not NoneType"),
        (lambda m, a: m.fold_in(["b"], return_bias=1), "return_bias is 1"),
        (lambda m, a: m.fit(a, callback=3), "callback is 3"),
        (lambda m, a: m.fit(a, progress="yes"), "progress is 'yes'"),
        (lambda m, a: m.fit(a, warm_start="yesterday"), "warm_start must be a trained model"),
        (lambda m, a: m.fit(a, warm_start=(np.ones(6), np.ones(6))), "user_factors have shape (6,)"),
        (lambda m, a: m.recommend(history=a[:, :4]), "history has shape (6, 4), expected (users, items)"),
        (lambda m, a: m.fold_in(a[:, :4]), "expected (users, items), which is (6, 6)"),
        (lambda m, a: m.partial_fit_users(["x", "y"], a), "user_items has shape (6, 6), expected (users, items)"),
        (lambda m, a: m.partial_fit_items(["x"], a), "item_users has shape (6, 6), expected (items, users)"),
        (lambda m, a: m.partial_fit_users(["x", "x"], a[:2]), "twice"),
        (lambda m, a: m.recommend(history=(["b"], [1, 2])), "1 ids has 2 values"),
        (lambda m, a: m.recommend(history={"b": -1}), "must be a number of 0 or more"),
        (lambda m, a: m.predict(["ann"], ["b", "c"]), "Give pairs"),
        (lambda m, a: m.fit(a, user_ids=["a"]), "1 user ids"),
        (lambda m, a: m.fit(a, warm_start=(np.ones((6, 3)), np.ones((6, 2)))), "users have shape [6, 3]"),
        (lambda m, a: m.set_params(factor=3), "has no parameter 'factor'"),
        (lambda m, a: alsace.ImplicitALS(factors=0).fit(a), "factors is 0"),
        (lambda m, a: alsace.ImplicitALS(alpha="much").fit(a), "alpha is 'much'"),
        (lambda m, a: alsace.ImplicitALS(confidence="high").fit(a), "confidence 'high' is not known"),
        (lambda m, a: alsace.ImplicitALS(preset="best").fit(a), "preset 'best'"),
        (lambda m, a: alsace.ImplicitALS(random_state=-1).fit(a), "random_state is -1"),
        (lambda m, a: alsace.ImplicitALS().recommend(1), "Call fit first"),
    ],
)
def test_wrong_calls_say_what_is_wrong(model, taste_groups, call, words):
    before = model.model_hash

    with pytest.raises(ValueError) as error:
        call(model, taste_groups)

    assert isinstance(error.value, alsace.Error)
    assert words in str(error.value)
    assert model.model_hash == before


def test_files_that_are_no_models(tmp_path):
    with pytest.raises(OSError) as error:
        alsace.load(tmp_path / "absent")
    assert isinstance(error.value, alsace.IoError)
    (tmp_path / "other").write_text("x" * 100)
    with pytest.raises(alsace.IncompatibleModel, match="is not a model file"):
        alsace.load(tmp_path / "other")


def test_factors_are_read_only_and_outlive_the_model(taste_groups):
    factors = alsace.ImplicitALS(factors=3).fit(taste_groups).item_factors

    assert factors.shape == (6, 3)
    assert factors.dtype == np.float32
    assert np.isfinite(factors).all()
    with pytest.raises(ValueError):
        factors[0, 0] = 1


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_whole(model, make):
    other = make(model)

    assert other.model_hash == model.model_hash
    assert other.get_params() == model.get_params()
    assert other.recommend("ann")[0].tolist() == model.recommend("ann")[0].tolist()
    other.partial_fit_users("new", ["b"])
    assert "new" not in model.user_ids


def test_warm_starts(plays):
    first = alsace.ImplicitALS(factors=4, iterations=30).fit(plays)
    again = alsace.ImplicitALS(factors=4, iterations=1)

    by_model = again.fit(plays, warm_start=first).objective[0]
    by_factors = again.fit(plays, warm_start=(first.user_factors, first.item_factors)).objective[0]

    assert by_model == by_factors
    assert by_model < 1.0001 * first.objective[-1]
    assert again.fit(plays).objective[0] > 1.001 * first.objective[-1]


def test_scikit_learn_conventions():
    base = pytest.importorskip("sklearn.base")
    model = alsace.ImplicitALS(factors=7, alpha=2)

    other = base.clone(model)

    assert other is not model
    assert other.get_params() == model.get_params()
    assert other.set_params(factors=9) is other
    assert other.factors == 9
    assert repr(model) == "ImplicitALS(factors=7, alpha=2)"


def test_scikit_learn_s_own_tools(plays):
    base = pytest.importorskip("sklearn.base")
    validation = importlib.import_module("sklearn.utils.validation")
    model = alsace.ExplicitALS(factors=3, threads=1)

    with pytest.raises(importlib.import_module("sklearn.exceptions").NotFittedError):
        validation.check_is_fitted(model)
    fitted = importlib.import_module("sklearn.pipeline").make_pipeline(model).fit(plays)[-1]

    validation.check_is_fitted(fitted)
    assert fitted is model
    again = base.clone(fitted)
    with pytest.raises(alsace.NotFittedError):
        again.recommend(0)
    assert again.fit(plays).model_hash == fitted.model_hash
    grid = importlib.import_module("sklearn.model_selection").ParameterGrid({"factors": [2, 3]})
    assert [base.clone(model).set_params(**point).factors for point in grid] == [2, 3]


def test_a_loaded_model_trains_as_it_did(plays, tmp_path):
    model = alsace.ImplicitALS(factors=4, preset="recommended", random_state=3).fit(plays)
    model.save(tmp_path / "m.alsace")

    assert alsace.load(tmp_path / "m.alsace").fit(plays).model_hash == model.model_hash


def test_random_state(plays):
    hashes = [
        alsace.ImplicitALS(factors=4, iterations=1, random_state=state).fit(plays).model_hash
        for state in (1, np.int64(1), np.random.default_rng(1), np.random.default_rng(1), None, None)
    ]

    assert hashes[0] == hashes[1]
    assert hashes[2] == hashes[3]
    assert hashes[4] != hashes[5]
