"""alsace.tune: the search in Python gives what the program's gives, and says what is wrong."""

import json
import signal
import threading
import time

import numpy as np
import pytest

import alsace


@pytest.fixture(scope="module")
def plays():
    draws = np.random.default_rng(1)
    users = np.repeat(np.arange(80), 12)
    items = (users % 4 * 8 + draws.integers(0, 12, users.size)) % 32
    pairs = np.unique(np.stack([users, items]), axis=1)
    return alsace.interactions(user=pairs[0], item=pairs[1], time=draws.permutation(pairs.shape[1]))


@pytest.fixture(scope="module")
def parts(plays):
    return alsace.split(plays, "leave_last_two")


SMALL = {"trials": 8, "seeds": 2, "factors": (2, 8), "iterations": (3, 5), "metric": "ndcg@5"}


def test_it_chooses_the_same_for_any_number_of_threads(parts):
    train, valid, _ = parts
    found = [alsace.tune(train, valid, threads=threads, **SMALL) for threads in (1, 3)]
    assert found[0].trials == found[1].trials
    assert {**found[0].options, "threads": 0} == {**found[1].options, "threads": 0}


def test_the_options_are_those_of_the_model_and_measured_as_evaluate_does(parts):
    train, valid, _ = parts
    found = alsace.tune(train, valid, threads=1, **SMALL)
    model = alsace.ImplicitALS(**found.options).fit(train)
    again = alsace.evaluate(model, train, valid, metrics="ndcg@5", baselines=[])
    chosen = found.trials["chosen"].index(True)
    assert chosen == 0 or found.trials["ndcg@5"][chosen] <= found.trials["ndcg@5"][0]
    assert again["als"]["ndcg@5"].mean == found.trials["by_seed"][chosen][0]
    assert found.validation.mean == pytest.approx(np.mean(found.trials["by_seed"][chosen]))
    assert found.validation.low < found.validation.mean < found.validation.high
    assert found.model.get_params() == model.get_params()
    assert len(found.trials["alpha"]) == 8 and found.stopped == "done"


def test_a_validation_part_is_held_out_without_one(plays):
    found = alsace.tune(plays, threads=1, refit=False, **SMALL)
    assert found.model is None and found.validation.mean > 0


def test_a_grid_and_words(parts):
    train, valid, _ = parts
    found = alsace.tune(
        train, valid, method="grid", factors=[2, 4], alpha=[1, 20], iterations=3, seeds=1, refit=False,
        regularization_count=["observed", "all"], threads=1,
    )  # fmt: skip
    assert len(found.trials["trial"]) == 8
    assert set(found.trials["regularization_count"]) == {"observed", "all"}


def test_ratings(plays):
    draws = np.random.default_rng(2)
    users, items = draws.integers(0, 50, 900), draws.integers(0, 30, 900)
    ratings = alsace.interactions(user=users, item=items, value=1 + (users + items) % 5, duplicates="last")
    found = alsace.tune(ratings, feedback="explicit", trials=6, seeds=1, factors=(2, 8), threads=1)
    assert found.metric == "rmse" and isinstance(found.model, alsace.ExplicitALS)
    assert "biases" in found.trials and "alpha" not in found.trials


def test_new_users(plays):
    train, shown, test = alsace.split(plays, "new_users", seed=3)
    found = alsace.tune(train, test, fold_in=shown, threads=1, **SMALL)
    assert found.validation.mean > 0


def test_a_journal_lets_it_go_on(parts, tmp_path):
    train, valid, _ = parts
    journal = tmp_path / "tune.journal"
    whole = alsace.tune(train, valid, journal=journal, threads=1, refit=False, **SMALL)
    lines = journal.read_bytes()
    journal.write_bytes(lines[: len(lines) // 2])
    again = alsace.tune(train, valid, journal=journal, threads=1, refit=False, **SMALL)
    assert again.trials == whole.trials and again.options == whole.options
    with pytest.raises(alsace.InvalidArgument, match="other data or other options"):
        alsace.tune(train, valid, journal=journal, random_state=1, **SMALL)
    alsace.tune(train, valid, journal=journal, random_state=1, restart=True, refit=False, **SMALL)
    assert json.loads(journal.read_text().splitlines()[0])["journal"] == "alsace tune"


def test_it_prints_a_table(parts):
    train, valid, _ = parts
    found = alsace.tune(train, valid, threads=1, refit=False, **SMALL)
    lines = repr(found).splitlines()
    assert "ndcg@5" in lines[0] and sum("*" in line.split() for line in lines) == 1
    assert "<table>" in found._repr_html_()
    pandas = pytest.importorskip("pandas")
    assert isinstance(found.to_pandas(), pandas.DataFrame)


def test_progress_is_told(parts, capsys):
    train, valid, _ = parts
    alsace.tune(train, valid, threads=2, progress=True, refit=False, **SMALL)
    assert "best so far" in capsys.readouterr().err


def test_ctrl_c_ends_it(parts):
    train, valid, _ = parts
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        alsace.tune(train, valid, trials=100_000, threads=2, factors=(2, 8))
        time.sleep(60)
    timer.join()
    assert time.monotonic() - begin < 55


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"factors": (8, 2)}, "a tuple must be"),
        ({"factors": "many"}, "it must be a pair"),
        ({"factors": []}, "factors is empty"),
        ({"factors": 0}, "factors may not be 0"),
        ({"metric": "coverage@5"}, "mean over users"),
        ({"metric": "ndcg@5,recall@5"}, "must be one"),
        ({"feedback": "both"}, "feedback is 'both'"),
        ({"method": "best"}, "method is 'best'"),
        ({"biases": True}, "explicit feedback"),
        ({"confidence": "linaer"}, "Choose one of linear"),
        ({"trials": 0}, "trials is 0"),
        ({"random_state": -1}, "seed is -1"),
    ],
)
def test_wrong_use_is_refused(parts, words, message):
    with pytest.raises(alsace.InvalidArgument, match=message):
        alsace.tune(parts[0], parts[1], **words)
