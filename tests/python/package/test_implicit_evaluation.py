"""Splits, metrics and weights of alsace.implicit, and alsace's own weights."""

import alsace
import numpy as np
import pytest
import scipy.sparse as sp
from alsace import implicit
from alsace.implicit.evaluation import (
    AUC_at_k,
    leave_k_out_split,
    mean_average_precision_at_k,
    ndcg_at_k,
    precision_at_k,
    ranking_metrics_at_k,
    train_test_split,
)


class Lists:
    """A model whose lists are given."""

    def __init__(self, lists):
        self.lists = np.asarray(lists, dtype=np.int32)

    def recommend(self, userids, user_items, N):
        return self.lists[userids, :N], np.zeros((len(userids), N), np.float32)


def matrix(*rows):
    return sp.csr_matrix(np.float32(rows))


# -- splits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3])
def test_leave_k_out_takes_k_of_each_user(k):
    ratings = sp.random(60, 30, density=0.3, format="csr", random_state=1)
    train, test = leave_k_out_split(ratings, K=k, random_state=0)
    assert abs(train + test - ratings).nnz == 0 and train.multiply(test).nnz == 0
    counts = np.diff(ratings.indptr)
    np.testing.assert_array_equal(np.diff(test.indptr), np.where(counts > k + 1, k, 0))
    again = leave_k_out_split(ratings, K=k, random_state=0)
    assert (again[1] != test).nnz == 0
    other = leave_k_out_split(ratings, K=k, random_state=1)
    assert (other[1] != test).nnz > 0


def test_leave_k_out_on_a_small_matrix():
    ratings = matrix([1, 1, 1, 0], [1, 0, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1], [0, 1, 1, 1])
    for seed in range(50):
        train, test = leave_k_out_split(ratings, random_state=seed)
        assert abs(train + test - ratings).nnz == 0 and test.nnz == 4


def test_leave_k_out_keeps_some_users_for_training():
    ratings = sp.csr_matrix(np.ones((50, 6)))
    _, test = leave_k_out_split(ratings, train_only_size=0.8, random_state=2)
    assert np.count_nonzero(np.diff(test.indptr)) == 10
    for bad in ({"K": 0}, {"train_only_size": -0.1}, {"train_only_size": 1.0}):
        with pytest.raises(ValueError):
            leave_k_out_split(ratings, **bad)


def test_random_split():
    ratings = sp.random(80, 50, density=0.3, format="csr", random_state=1)
    ratings.data[::7] *= -1
    train, test = train_test_split(ratings, 0.7, random_state=5)
    assert (test.data > 0).all() and 0.6 < train.nnz / ratings.nnz < 0.8
    assert (train_test_split(ratings.tocoo(), 0.7, 5)[0] != train).nnz == 0


# -- metrics, by hand ----------------------------------------------------------------------------------------


def test_metrics_by_hand():
    """User 0 hits at rank 1 and 3 of 2 liked, user 1 at rank 2 of 1; user 2 likes nothing."""
    model = Lists([[0, 1, 2], [3, 4, 0], [0, 1, 2]])
    test = matrix([1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0])
    found = ranking_metrics_at_k(model, test, test, K=3, show_progress=False)
    gain = 1 / np.log2(np.arange(2, 5))
    ndcg = ((gain[0] + gain[2]) / (gain[0] + gain[1]) + gain[1] / gain[0]) / 2
    # User 0: 1 hit before the miss, then 3 misses at (2 + 2) / 2, of 2 * 4 pairs. User 1: the first
    # miss has 0 before it, the second 1, then 3 at (1 + 1) / 2, of 5 pairs.
    areas = ((1 + 2 * 3) / 8 + (1 + 1 * 3) / 5) / 2
    expected = {
        "precision": 3 / 3,
        "map": ((1 + 2 / 3) / 2 + 1 / 2) / 2,
        "ndcg": ndcg,
        "auc": areas,
    }
    assert found == pytest.approx(expected)
    single = (precision_at_k, mean_average_precision_at_k, ndcg_at_k, AUC_at_k)
    values = [metric(model, test, test, K=3, show_progress=False) for metric in single]
    assert values == pytest.approx(list(expected.values()))


def test_precision_is_pooled_and_rises_with_k():
    rng = np.random.default_rng(0)
    test = sp.csr_matrix((rng.random((200, 150)) < 0.05).astype(np.float32))
    model = Lists([rng.permutation(150) for _ in range(200)])
    train = sp.csr_matrix(test.shape)
    values = [precision_at_k(model, train, test, k, show_progress=False) for k in (1, 5, 50, 150)]
    assert values == sorted(values) and values[-1] == 1


def test_metrics_of_short_lists_and_odd_users():
    model = Lists([[0, -1, -1], [1, 0, -1]])
    test = matrix([1, 0], [1, 1])
    found = ranking_metrics_at_k(model, test, test, K=3, show_progress=False)
    assert found == pytest.approx({"precision": 1, "map": 1, "ndcg": 1, "auc": 1})
    with pytest.raises(ValueError, match="nothing to measure"):
        ranking_metrics_at_k(model, test, sp.csr_matrix((2, 2)), show_progress=False)
    with pytest.raises(ValueError, match="K"):
        ranking_metrics_at_k(model, test, test, K=0, show_progress=False)


def test_many_users_in_batches():
    users = 2500
    test = sp.csr_matrix((np.ones(users), (np.arange(users), np.arange(users) % 7)), (users, 7))
    model = Lists(np.stack([np.arange(users) % 7, (np.arange(users) + 1) % 7], axis=1))
    assert precision_at_k(model, test, test, K=1, show_progress=True) == 1


# -- weights -----------------------------------------------------------------------------------------------


def test_weights_by_hand():
    counts = matrix([3, 1, 0, 0], [0, 2, 0, 0])
    idf = np.log(4) - np.log1p([2, 1])
    lengths = np.array([3.0, 3.0, 0.0, 0.0])
    relative = 0.2 + 0.8 * lengths / lengths.mean()
    expected = [
        [3 * 101 / (100 * relative[0] + 3) * idf[0], 101 / (100 * relative[1] + 1) * idf[0]],
        [0, 2 * 101 / (100 * relative[1] + 2) * idf[1]],
    ]
    np.testing.assert_allclose(alsace.bm25_weight(counts).toarray()[:, :2], expected)
    np.testing.assert_allclose(
        alsace.tfidf_weight(counts).toarray()[:, :2],
        np.sqrt([[3, 1], [0, 2]]) * idf[:, None],
    )
    for name in ("bm25_weight", "tfidf_weight"):
        theirs = getattr(implicit.nearest_neighbours, name)(counts.T)
        np.testing.assert_allclose(theirs.T.toarray(), getattr(alsace, name)(counts).toarray())
    np.testing.assert_array_equal(counts.toarray(), matrix([3, 1, 0, 0], [0, 2, 0, 0]).toarray())


def test_weights_are_never_below_zero_in_alsace():
    everything = sp.csr_array(np.ones((3, 4)))
    assert (implicit.nearest_neighbours.bm25_weight(everything.T).data < 0).all()
    for weight in (alsace.bm25_weight, alsace.tfidf_weight):
        assert (weight(everything).data == 0).all()


def test_weights_refuse_what_has_none():
    counts = matrix([1, 2], [0, 1])
    for call in (
        lambda: alsace.bm25_weight(-counts),
        lambda: alsace.tfidf_weight(counts * np.nan),
        lambda: alsace.bm25_weight(counts, k1=0),
        lambda: alsace.bm25_weight(counts, b=1.5),
        lambda: alsace.tfidf_weight([1, 2]),
    ):
        with pytest.raises(alsace.InvalidArgument):
            call()


def test_normalized_rows_have_length_one():
    rows = implicit.nearest_neighbours.normalize(matrix([3, 4], [0, 0], [0, 2])).toarray()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 1])
