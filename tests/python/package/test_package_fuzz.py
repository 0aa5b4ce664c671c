"""Calls with an odd argument or two: an answer, or an error that the documents name. Never a crash.

The number of calls is ALSACE_FUZZ_CALLS, 10,000 before a release. A crash of the interpreter ends the
run with a signal; `python -X faulthandler -m pytest` then shows the call.
"""

import copy
import os

import alsace
import numpy as np
import pytest
import scipy.sparse as sp

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

CALLS = int(os.environ.get("ALSACE_FUZZ_CALLS", "1000"))
DOCUMENTED = (alsace.Error, TypeError)
KINDS = 10  # Tests below: each gets its part of the calls.

odd = settings(
    max_examples=max(1, CALLS // KINDS),
    deadline=None,
    derandomize=CALLS <= 1000,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def attempt(call, *arguments, **named):
    """The answer, or None where it was refused as documented."""
    try:
        return call(*arguments, **named)
    except DOCUMENTED as error:
        assert str(error), "an error says something"
        return None


# -- odd values -------------------------------------------------------------------------------------

dtypes = st.sampled_from(
    [np.float32, np.float64, np.float16, np.int8, np.int32, np.int64, np.uint8, np.uint64, np.bool_,
     np.complex64, ">f4", ">i8", "U3", object, "M8[s]"]
)  # fmt: skip
numbers = st.one_of(
    st.integers(-5, 60),
    st.sampled_from([0.0, -0.0, 1.5, -1.0, float("nan"), float("inf"), -float("inf"), 1e38, 1e-45, 1e300]),
    st.sampled_from([2**31, 2**31 - 1, -(2**31), 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30]),
)
texts = st.one_of(st.text(max_size=3), st.sampled_from(["0", "-1", "", "\0", "\u00e4", "\ud800", "1e3", "nan"]))
junk = st.one_of(
    st.none(), st.booleans(), numbers, texts, st.binary(max_size=2), st.just(object()), st.just(3j),
    st.builds(dict), st.builds(set), st.just(lambda: 0), st.just(iter(())), st.just([[1], [2, 3]]),
    st.just(np.zeros((0, 0))), st.just(np.ma.masked), st.just(b"x"),
)  # fmt: skip


def mostly(right, odd):
    """Four times of five what is right, so that the odd ones come through to where they matter."""
    return st.integers(0, 4).flatmap(lambda which: right if which else odd)


@st.composite
def arrays(draw, dimensions=st.integers(0, 3), size=st.integers(0, 9)):
    """Of any type and shape; often neither contiguous nor aligned."""
    shape = [draw(size) for _ in range(draw(dimensions))]
    dtype = np.dtype(draw(dtypes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    with np.errstate(all="ignore"):
        array = rng.integers(-2, 12, shape).astype(np.float64)
        if array.size and draw(st.booleans()):
            array.flat[rng.integers(array.size)] = draw(
                st.sampled_from([np.nan, np.inf, -np.inf, 1e300, -1.0, 2.0**40])
            )
        array = array.astype("i8").astype(dtype) if dtype.kind in "MU" else array.astype(dtype)
    way = draw(st.sampled_from(["as it is", "strided", "reversed", "fortran", "read only", "unaligned"]))
    return _laid_out(array, way)


def _laid_out(array, way):
    if array.ndim == 0 or way == "as it is":
        return array
    if way == "strided":
        return np.repeat(array, 2, axis=0)[::2]
    if way == "reversed":
        return array[::-1]
    if way == "fortran":
        return np.asfortranarray(array)
    if way == "unaligned" and array.dtype != object:
        bytes_ = np.zeros(array.nbytes + 1, dtype=np.uint8)
        view = bytes_[1:].view(array.dtype).reshape(array.shape)
        view[...] = array
        return view
    array.flags.writeable = False
    return array


@st.composite
def matrices(draw, rows=st.integers(0, 14), columns=st.integers(0, 14), whole=False, least=-1):
    """scipy's, of any format; sometimes with parts that do not fit together."""
    shape = draw(rows), draw(columns)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int8, np.int64, np.uint16, np.bool_]))
    dense = ((rng.random(shape) < 0.4) * rng.integers(least, 6, shape)).astype(dtype)
    make = draw(st.sampled_from([sp.csr_matrix, sp.csr_array, sp.coo_array, sp.csc_matrix, sp.lil_matrix]))
    matrix = make(dense)
    if not whole and matrix.format == "csr" and matrix.nnz and draw(st.booleans()):
        _break(matrix, draw(st.integers(0, 6)), rng)
    return matrix


def _break(matrix, how, rng):
    place = rng.integers(matrix.nnz)
    if how == 0 and matrix.dtype.kind == "f":
        matrix.data[place] = rng.choice([np.nan, np.inf, 1e38])
    elif how == 1:
        matrix.indices[place] = rng.choice([-1, matrix.shape[1], 2**31 - 1])
    elif how == 2:
        matrix.indptr[-1] = rng.choice([0, -1, matrix.nnz + 7])
    elif how == 3:
        matrix.indptr[rng.integers(matrix.indptr.size)] = rng.choice([-3, 2**31 - 1])
    elif how == 4:
        matrix.data = matrix.data[:-1]
    elif how == 5:
        matrix.indices = matrix.indices.astype(np.float64)
    else:
        matrix.indptr = matrix.indptr[:-1]


odd_ids = st.one_of(
    st.integers(-3, 45), texts, junk, arrays(), st.lists(st.one_of(st.integers(-2, 45), texts), max_size=5)
)
odd_histories = st.one_of(
    odd_ids, matrices(), matrices(columns=st.just(30)), arrays(st.just(2)),
    st.dictionaries(st.integers(-1, 35), numbers, max_size=5),
    st.tuples(st.lists(st.integers(0, 31), max_size=4), st.one_of(arrays(), st.lists(numbers, max_size=4))),
)  # fmt: skip
users = mostly(st.one_of(st.integers(0, 39), st.lists(st.integers(0, 39), max_size=5)), odd_ids)
items = mostly(st.one_of(st.integers(0, 29), st.lists(st.integers(0, 29), max_size=5)), odd_ids)
histories = mostly(
    st.one_of(
        st.lists(st.integers(0, 29), max_size=8),
        st.dictionaries(st.integers(0, 29), st.floats(0.5, 5), max_size=5),
        matrices(columns=st.just(30), whole=True, least=0),
    ),
    odd_histories,
)
lists = st.one_of(st.none(), st.lists(st.integers(0, 29), max_size=4))
lengths = mostly(
    st.integers(1, 50), st.one_of(st.integers(-2, 0), st.sampled_from([2**31 - 1, 2**31, 2**62, 10**30]), junk)
)
right_columns = st.lists(st.integers(0, 5), min_size=6, max_size=6)
columns = mostly(right_columns, st.one_of(st.none(), odd_ids, arrays(st.just(1), st.just(6))))
names = st.sampled_from(["user", "item", "value"])
data = mostly(
    st.one_of(matrices(whole=True, least=0), st.fixed_dictionaries({"user": right_columns, "item": columns})),
    st.one_of(matrices(), arrays(), junk, st.dictionaries(names, columns)),
)


def _plays():
    dense = np.random.default_rng(3).integers(-8, 5, (40, 30)).clip(0)
    dense[:, 0] = 1
    dense[0] = 1
    return sp.csr_matrix(dense.astype(np.float32))


HELD = {}  # By the fixture, not by a strategy: hypothesis would keep it beyond the engine's own end.


@pytest.fixture(scope="module", autouse=True)
def held():
    plays = alsace.interactions(_plays(), user_ids=list(range(40)), item_ids=list(range(30)))
    HELD["plays"] = plays
    HELD["models"] = [
        alsace.ImplicitALS(factors=4, threads=1).fit(plays),
        alsace.ImplicitALS(factors=40, iterations=2, dislikes=True, threads=2).fit(_plays()),
        alsace.ExplicitALS(factors=4, biases=True, threads=1).fit(plays),
        alsace.ExplicitALS(factors=3, nonnegative=True, threads=1).fit(plays),
        alsace.ImplicitALS(factors=4, threads=1).fit(
            user=[str(u) for u in plays.users], item=[f"i{i}" for i in plays.items]
        ),
    ]
    yield
    HELD.clear()


models = st.integers(0, 4).map(lambda which: HELD["models"][which])
whole_plays = st.builds(lambda: HELD["plays"])


def finite(model):
    assert np.isfinite(model.user_factors).all()
    assert np.isfinite(model.item_factors).all()


# -- calls --------------------------------------------------------------------------------------------


@odd
@given(st.one_of(st.none(), data), columns, columns, mostly(st.none(), columns), mostly(st.none(), columns))
def test_fit_on_odd_data(given_data, user, item, value, ids_of_rows):
    model = alsace.ImplicitALS(factors=3, iterations=2, threads=1)
    named = {"user": user, "item": item, "value": value} if given_data is None else {"user_ids": ids_of_rows}
    if attempt(model.fit, given_data, **named) is not None:
        finite(model)
        attempt(model.recommend, model.user_ids[0])


OPTIONS = [
    "factors", "regularization", "iterations", "alpha", "confidence", "log_epsilon", "unobserved_weight",
    "dislikes", "regularization_exponent", "regularization_count", "preset", "solver", "tolerance",
    "threads", "random_state", "biases", "nonnegative",
]  # fmt: skip


@odd
@given(st.dictionaries(st.sampled_from(OPTIONS), st.one_of(numbers, junk), max_size=2), st.booleans())
def test_fit_with_odd_options(options, explicit):
    for name, most in (("iterations", 60), ("factors", 64), ("threads", 64)):
        if isinstance(options.get(name), (int, float)) and options[name] > most:
            options = {**options, name: 2}  # Legal and long is not odd.
    kind = alsace.ExplicitALS if explicit else alsace.ImplicitALS
    model = attempt(kind, **options)
    if model is not None and attempt(model.fit, _plays()) is not None:
        finite(model)


@odd
@given(
    models, users, histories, lengths, mostly(lists, odd_ids), mostly(lists, odd_ids), mostly(st.booleans(), junk)
)  # fmt: skip
def test_recommend(model, user, history, top_k, allow, deny, include_seen):
    named = {"top_k": top_k, "include_seen": include_seen, "allow": allow, "deny": deny}
    for answer in (attempt(model.recommend, user, **named), attempt(model.recommend, history=history, **named)):
        if answer is not None:
            assert answer[0].shape == answer[1].shape
            assert not np.isnan(answer[1]).any()


@odd
@given(models, users, items, lengths)
def test_similar(model, user, item, top_k):
    attempt(model.similar_items, item, top_k=top_k)
    attempt(model.similar_users, user, top_k=top_k)


@odd
@given(models, users, items)
def test_explain_and_predict(model, user, item):
    attempt(model.explain, user, item)
    scores = attempt(model.predict, user, item)
    assert scores is None or np.isfinite(scores).all()


@odd
@given(models, histories, st.booleans())
def test_fold_in(model, history, return_bias):
    answer = attempt(model.fold_in, history, return_bias=return_bias)
    if answer is not None:
        assert np.isfinite(answer[0] if return_bias else answer).all()


@odd
@given(models, users, histories, items, histories)
def test_partial_fits(model, user, user_items, item, item_users):
    changed = copy.copy(model)
    attempt(changed.partial_fit_users, user, user_items)
    attempt(changed.partial_fit_items, item, item_users)
    finite(changed)


METHODS = ["random", "new_users", "temporal", "leave-last-two", None]


@odd
@given(
    mostly(whole_plays, data), mostly(st.sampled_from(METHODS), junk),
    mostly(st.floats(0.1, 0.9), st.one_of(st.floats(), numbers, junk)),
    mostly(st.integers(0, 2**64 - 1), st.one_of(numbers, junk)),
)  # fmt: skip
def test_split(given_data, how, test_fraction, seed):
    parts = attempt(alsace.split, given_data, how, test_fraction, seed)
    assert parts is None or len(parts) == 3


METRICS = ["recall@1", "auc,rmse", "ndcg@999999999", ["mae"], "coverage@2,personalization@2", None]
HELD_OUT = matrices(st.just(40), st.just(30), whole=True, least=0)
MADE_ELSEWHERE = st.dictionaries(st.integers(0, 45), st.lists(st.integers(0, 40), max_size=4), min_size=1, max_size=4)


@odd
@given(
    mostly(
        st.one_of(models, st.lists(models, max_size=2), MADE_ELSEWHERE.map(lambda made: {"made": made})),
        st.one_of(junk, st.dictionaries(texts, st.one_of(models, junk, st.dictionaries(texts, odd_ids)))),
    ),
    mostly(whole_plays, data), mostly(HELD_OUT, data),
    mostly(st.sampled_from(METRICS), st.one_of(st.just("recall@0"), junk)),
    mostly(st.sampled_from([[], "mean,random", "knn_cosine,knn_bm25", "ease", None]), junk),
    mostly(st.none(), data), mostly(st.none(), data), mostly(st.booleans(), junk),
    mostly(st.integers(1, 9), st.one_of(numbers, junk)),
)  # fmt: skip
def test_evaluate(model, train, test, metrics, baselines, fold_in, candidates, by_group, neighbors):
    if candidates is not None:
        metrics = "sampled_ndcg@3"
    found = attempt(
        alsace.evaluate, model, train, test, metrics=metrics, baselines=baselines, fold_in=fold_in,
        candidates=candidates, by_group=by_group, neighbors=neighbors, by_user=True,
    )  # fmt: skip
    if found is not None:
        assert repr(found) and found._repr_html_() and found.to_dict()["data"]
        assert not found.models or repr(found.differences())


@odd
@given(
    st.one_of(st.none(), data), columns, columns, mostly(st.none(), st.one_of(numbers, junk)),
    mostly(st.booleans(), junk), mostly(st.integers(0, 2), lengths),
    mostly(st.sampled_from(["sum", "last", "max"]), junk),
)  # fmt: skip
def test_interactions(given_data, user, item, min_value, binary, min_per_user, duplicates):
    named = {"user": user, "item": item} if given_data is None else {}
    found = attempt(
        alsace.interactions, given_data, min_value=min_value, binary=binary, min_per_user=min_per_user,
        duplicates=duplicates, **named,
    )  # fmt: skip
    if found is not None:
        assert len(found.user_ids()) == found.n_users and len(found.users) == len(found)
