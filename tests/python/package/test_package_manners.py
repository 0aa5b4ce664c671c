"""Ctrl-C, callbacks, threads and processes."""

import concurrent.futures
import importlib
import multiprocessing
import os
import signal
import threading

import alsace
import numpy as np
import pytest


def test_ctrl_c_leaves_a_usable_model(plays):
    model = alsace.ImplicitALS(factors=4, iterations=1000)

    def interrupt(iteration, seconds, objective):
        if iteration == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        model.fit(plays, callback=interrupt)

    assert model.summary["stopped"] == "interrupted"
    assert len(model.objective) == 3
    np.testing.assert_allclose(model.fold_in(plays), model.user_factors, atol=1e-4)


def test_ctrl_c_without_a_callback(plays):
    """No Python code runs meanwhile that would see the signal by itself."""
    model = alsace.ImplicitALS(factors=32, iterations=10**6)
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()

    with pytest.raises(KeyboardInterrupt):
        model.fit(plays)

    assert model.summary["stopped"] == "interrupted"
    assert 0 < len(model.objective) < 10**6
    assert model.recommend(3)[0].size == 10


def test_an_error_in_a_callback_comes_out(plays):
    model = alsace.ImplicitALS(factors=4)

    def fail(*_):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        model.fit(plays, callback=fail)
    assert len(model.objective) == 1


def test_a_callback_can_end_training(plays):
    seen = []

    model = alsace.ImplicitALS(factors=4).fit(
        plays, callback=lambda *report: seen.append(report) or len(seen) < 2
    )

    assert [iteration for iteration, _, _ in seen] == [1, 2]
    assert [objective for _, _, objective in seen] == model.objective.tolist()


@pytest.mark.parametrize("with_tqdm", [True, False])
def test_progress(plays, capsys, monkeypatch, with_tqdm):
    if with_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(importlib.import_module("sys").modules, "tqdm.auto", None)

    alsace.ImplicitALS(factors=4, iterations=2).fit(plays, progress=True)

    shown = capsys.readouterr()
    assert "2/2" in shown.err
    assert shown.out == ""


def _first_item(model):
    return model.fit(model.data).recommend(3)[0][0]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(plays, method):
    model = alsace.ImplicitALS(factors=4, threads=2).fit(plays)
    expected = model.recommend(3)[0][0]
    model.data = plays

    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(_first_item, [model] * 4).get(timeout=60) == [expected] * 4


def test_fork_while_other_threads_train(plays):
    """What the forked child finds is a model and no lock that is held for ever."""
    model = alsace.ImplicitALS(factors=4, threads=2).fit(plays)
    training, done = threading.Event(), threading.Event()

    def train_on():
        alsace.ImplicitALS(factors=4, iterations=10**6, threads=2).fit(
            plays, callback=lambda *_: training.set() or not done.is_set()
        )

    thread = threading.Thread(target=train_on)
    thread.start()
    training.wait(60)
    model.data = plays
    child = multiprocessing.get_context("fork").Process(target=_first_item, args=(model,))
    child.start()
    child.join(60)
    ended = child.exitcode
    child.kill()
    done.set()
    thread.join()

    assert ended == 0


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_joblib(plays, backend):
    joblib = pytest.importorskip("joblib")
    model = alsace.ImplicitALS(factors=4, threads=2).fit(plays)

    lists = joblib.Parallel(n_jobs=2, backend=backend)(
        joblib.delayed(model.recommend)(user) for user in range(4)
    )
    hashes = joblib.Parallel(n_jobs=2, backend=backend)(
        joblib.delayed(_hash_of)(factors, plays) for factors in (3, 4)
    )

    for user, (ids, _) in enumerate(lists):
        np.testing.assert_array_equal(ids, model.recommend(user)[0])
    assert hashes == [_hash_of(3, plays), model.model_hash]


def _hash_of(factors, data):
    return alsace.ImplicitALS(factors=factors, threads=2).fit(data).model_hash


def test_many_threads_ask_at_once(plays):
    model = alsace.ImplicitALS(factors=4, threads=2).fit(plays)
    alone = [model.recommend(user)[0].tolist() for user in range(120)]
    start = threading.Barrier(16)

    def ask(_):
        start.wait()
        return [model.recommend(user)[0].tolist() for user in range(120)]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(lists == alone for lists in pool.map(ask, range(16)))


def test_threads_ask_while_one_changes_the_model(plays):
    model = alsace.ImplicitALS(factors=4, threads=1).fit(plays)
    failures = []

    def ask():
        try:
            for user in range(100):
                model.recommend(user % 120)
                model.similar_items(user % 50)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for user in range(20):
        model.partial_fit_users(1000 + user, [user])
    for thread in threads:
        thread.join()

    assert not failures
    assert len(model.user_ids) == 140


def test_ids_of_a_model_that_changes_meanwhile(plays, monkeypatch):
    model = alsace.ImplicitALS(factors=4).fit(plays)
    make = alsace._ids.IdColumn

    def slow(ids):
        monkeypatch.setattr(alsace._ids, "IdColumn", make)
        model.partial_fit_users(1000, [3])  # As another thread would, between two lines of this one.
        return make(ids)

    monkeypatch.setattr(alsace._ids, "IdColumn", slow)

    assert len(model.user_ids) == 120, "those of the model as it was when asked"
    assert model.user_ids[-1] == 1000
    assert model.similar_users(3, top_k=120)[0].size == 120


def test_training_lets_other_threads_run(plays):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.001):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    alsace.ImplicitALS(factors=64, iterations=60, threads=1).fit(plays)
    done.set()
    thread.join()

    assert len(ticks) > 3
