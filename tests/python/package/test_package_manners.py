"""Ctrl-C, callbacks, threads and processes."""

import doctest
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


def test_joblib(plays):
    joblib = pytest.importorskip("joblib")
    model = alsace.ImplicitALS(factors=4).fit(plays)

    lists = joblib.Parallel(n_jobs=2)(joblib.delayed(model.recommend)(user) for user in range(4))

    for user, (ids, _) in enumerate(lists):
        np.testing.assert_array_equal(ids, model.recommend(user)[0])


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


@pytest.mark.parametrize(
    "module",
    [
        "alsace",
        "alsace._data",
        "alsace._evaluate",
        "alsace._split",
        "alsace.implicit",
        "alsace.models",
        "alsace.weights",
    ],
)
def test_examples_of_the_docstrings(module):
    done = doctest.testmod(importlib.import_module(module))

    assert done.failed == 0
    assert done.attempted > 0
