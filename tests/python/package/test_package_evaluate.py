"""Splits and evaluations: the numbers of the program, and the forms they come in."""

import copy
import json
import os
import pathlib
import pickle
import signal
import subprocess
import threading

import alsace
import numpy as np
import pytest
import scipy.sparse as sp
from conftest import PROGRAM, REPOSITORY

DATA = pathlib.Path(os.environ.get("ALSACE_DATA", REPOSITORY.parent / "shared" / "data"))


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    run(PROGRAM, "demo", "--save", folder, "--quiet")
    return folder / "plays.csv"


@pytest.fixture
def timed(triplets):
    users, items, values = triplets
    return alsace.interactions(user=users, item=items, value=values, time=np.arange(len(users)) % 97)


@pytest.fixture
def parts(timed):
    train, _, test = alsace.split(timed)
    return alsace.ImplicitALS(factors=8, preset="recommended").fit(train), train, test


METRICS = (
    "recall@10,recall_capped@5,precision@10,hit_rate@10,ndcg@10,map@10,mrr@10,auc,"
    "coverage@10,novelty@10,popularity_bias@10,personalization@10"
)


def same_numbers(here, there):
    assert here["differences"] == there["differences"]
    assert here["data"] == there["data"]
    assert [model["name"] for model in here["models"]] == [model["name"] for model in there["models"]]
    for mine, programs in zip(here["models"], there["models"]):
        assert mine["metrics"] == programs["metrics"]


@pytest.mark.parametrize("how", ["leave-last-one", "leave-last-two", "random", "temporal", "new-users"])
def test_numbers_are_those_of_the_program(demo_file, how):
    there = json.loads(
        run(PROGRAM, "evaluate", demo_file, "--split", how, "--metrics", METRICS, "--factors", 16,
            "--iterations", 5, "--preset", "recommended", "--seed", 7, "--json")
    )  # fmt: skip

    first, second, test = alsace.split(alsace.interactions(demo_file), how, seed=7)
    model = alsace.ImplicitALS(16, iterations=5, preset="recommended", random_state=7).fit(first)
    shown = second if how == "new-users" else None
    here = alsace.evaluate(model, first, test, metrics=METRICS, fold_in=shown, seed=7)

    same_numbers(here.to_dict(), there)


def test_ratings_are_those_of_the_program(demo_file):
    there = json.loads(
        run(PROGRAM, "evaluate", demo_file, "--explicit", "--biases", "--factors", 8, "--split", "random",
            "--iterations", 5, "--seed", 3, "--json")
    )  # fmt: skip

    data = alsace.interactions(demo_file, duplicates="last")
    train, _, test = alsace.split(data, "random", seed=3)
    model = alsace.ExplicitALS(8, biases=True, iterations=5, random_state=3).fit(train)
    here = alsace.evaluate(model, train, test, seed=3).to_dict()

    same_numbers(here, there)


def test_item_based_baselines_and_groups_are_those_of_the_program(demo_file):
    names = "knn_cosine,knn-bm25,ease"
    there = json.loads(
        run(PROGRAM, "evaluate", demo_file, "--split", "new-users", "--metrics", "ndcg@10,popularity_bias@10",
            "--factors", 4, "--iterations", 2, "--baselines", names, "--neighbors", 7, "--by-group",
            "--ease-regularization", 50, "--seed", 7, "--json")
    )  # fmt: skip

    train, shown, test = alsace.split(alsace.interactions(demo_file), "new_users", seed=7)
    model = alsace.ImplicitALS(4, iterations=2, random_state=7).fit(train)
    here = alsace.evaluate(
        model, train, test, metrics=["ndcg@10", "popularity_bias@10"], baselines=names, fold_in=shown,
        neighbors=7, ease_regularization=50, by_group=True, seed=7,
    ).to_dict()  # fmt: skip

    same_numbers(here, there)
    assert here["groups"] == there["groups"]
    for mine, programs in zip(here["models"], there["models"]):
        assert mine["groups"] == programs["groups"]


def test_candidates_are_those_of_the_program(demo_file, tmp_path):
    train, _, test = alsace.split(alsace.interactions(demo_file))
    users, items = np.array(test.user_ids()), np.array(train.item_ids())
    rng = np.random.default_rng(5)
    drawn = [(user, item) for user in users[test.users].tolist() for item in rng.choice(items, 20).tolist()]
    file = tmp_path / "candidates.csv"
    file.write_text("user,item\n" + "".join(f"{user},{item}\n" for user, item in drawn))
    metrics = "sampled_hit_rate@5,sampled_ndcg@5,sampled_auc,recall@5"
    there = json.loads(
        run(PROGRAM, "evaluate", demo_file, "--metrics", metrics, "--candidates", file, "--factors", 4,
            "--iterations", 2, "--seed", 7, "--json")
    )  # fmt: skip

    model = alsace.ImplicitALS(4, iterations=2, random_state=7).fit(train)
    user, item = zip(*drawn)
    here = alsace.evaluate(
        model, train, test, metrics=metrics, candidates={"user": user, "item": item}, seed=7
    )

    same_numbers(here.to_dict(), there)
    assert here["als"]["sampled_hit_rate@5"].mean > here["als"]["recall@5"].mean


def test_movielens_is_that_of_the_program():
    file = DATA / "movielens-100k" / "u.data"
    if not file.exists():
        pytest.skip(f"{file} is not there; set ALSACE_DATA")
    there = json.loads(run(PROGRAM, "evaluate", file, "--min-value", 4, "--binary", "--json"))

    likes = alsace.interactions(file, min_value=4, binary=True)
    train, _, test = alsace.split(likes)
    here = alsace.evaluate(alsace.ImplicitALS().fit(train), train, test, seed=42)

    same_numbers(here.to_dict(), there)
    assert here["als"]["recall@10"].mean > 1.4 * here["popularity"]["recall@10"].mean


def test_a_split_keeps_every_entry_and_the_catalogue(timed):
    for how in ("leave_last_one", "leave_last_two", "random", "temporal", "new_users"):
        parts = alsace.split(timed, how, 0.3, 5)

        assert sum(map(len, parts)) == len(timed)
        assert all(part.n_items == timed.n_items and part.n_users == timed.n_users for part in parts)


def test_a_split_is_repeated_by_its_seed(timed):
    def test_items(seed):
        return alsace.split(timed, "random", seed=seed)[2].items.tolist()

    assert test_items(1) == test_items(1)
    assert test_items(1) != test_items(2)


def test_without_times_a_split_is_random(plays):
    assert len(alsace.split(plays)[1]) == 0
    with pytest.raises(alsace.InvalidArgument, match="needs times.*time=.*random"):
        alsace.split(plays, "temporal")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"how": "leave_one"}, "leave_one.*leave_last_one"),
        ({"how": "random", "test_fraction": 0.0}, "test_fraction is 0.*above 0"),
        ({"how": "random", "test_fraction": float("nan")}, "test_fraction"),
        ({"how": "random", "seed": -1}, "seed is -1"),
    ],
)
def test_splits_that_are_refused(timed, arguments, words):
    with pytest.raises(alsace.InvalidArgument, match=words):
        alsace.split(timed, **arguments)


def test_the_table_lines_up(parts):
    table = repr(alsace.evaluate(*parts, metrics="recall@10,coverage@5"))

    lines = table.splitlines()[2:]
    assert lines[0].split() == ["model", "recall@10", "95", "%", "interval", "coverage@5", "95", "%", "interval"]
    ends = {line.index("[") for line in lines[1:]}
    assert ends == {lines[0].index("95 %")}
    assert [line.split()[0] for line in lines[1:]] == ["als", "random", "popularity"]


def test_the_table_of_a_notebook_escapes_names(parts):
    model, train, test = parts

    shown = alsace.evaluate({"<als>": model}, train, test)._repr_html_()

    assert "&lt;als&gt;" in shown and "<als>" not in shown
    assert shown.count("<tr>") == 4


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames(parts, library):
    pytest.importorskip(library)
    found = alsace.evaluate(*parts, metrics=["recall@10", "coverage@10"])

    frame = getattr(found, f"to_{library}")()

    assert list(frame.columns) == ["model", "metric", "mean", "low", "high"]
    assert frame.shape == (6, 5)
    assert frame["mean"][0] == found["als"]["recall@10"].mean


def test_values_per_user_make_the_mean(parts):
    model, train, test = parts
    found = alsace.evaluate(model, train, test, metrics="ndcg@10,coverage@10", by_user=True)

    columns = found.by_user("ndcg@10")

    assert set(columns) == {"user", "als", "random", "popularity"}
    assert len(columns["user"]) == found.data["test_users"]
    assert columns["als"].mean() == pytest.approx(found["als"]["ndcg@10"].mean)
    with pytest.raises(alsace.InvalidArgument, match="coverage@10.*ndcg@10"):
        found.by_user("coverage@10")
    with pytest.raises(alsace.InvalidArgument, match="by_user=True"):
        alsace.evaluate(model, train, test).by_user("ndcg@10")


def test_a_value_of_one_user_by_hand(parts):
    model, train, test = parts
    columns = alsace.evaluate(model, train, test, metrics="recall@3", by_user=True).by_user("recall@3")
    wanted = dict(zip(test.user_ids()[test.users], test.item_ids()[test.items]))

    by_hand = [float(wanted[user] in model.recommend(user, top_k=3)[0]) for user in columns["user"]]

    assert columns["als"].tolist() == by_hand


def test_differences_are_paired_and_of_any_reference(parts):
    found = alsace.evaluate(*parts, metrics="ndcg@10,coverage@10", by_user=True)

    compared = found.differences("popularity")

    columns = found.by_user("ndcg@10")
    by_user = columns["als"] - columns["popularity"]
    value = compared["als"]["ndcg@10"]
    assert value.mean == pytest.approx(by_user.mean(), abs=1e-12)
    half = 1.96 * by_user.std(ddof=1) / len(by_user) ** 0.5
    assert value.low == pytest.approx(value.mean - half, abs=0.25 * half)
    assert value.high == pytest.approx(value.mean + half, abs=0.25 * half)
    assert compared["als"]["coverage@10"].low is None
    assert list(compared.models) == ["als", "random"]
    assert found.differences().reference == "als"
    assert compared.to_columns()["model"] == ["als", "als", "random", "random"]
    with pytest.raises(alsace.InvalidArgument, match="knn.*als, random, popularity"):
        found.differences("knn")
    with pytest.raises(KeyError, match="popularity"):
        compared["popularity"]


def test_groups_have_tables_columns_and_differences(parts):
    found = alsace.evaluate(*parts, metrics="ndcg@10,novelty@5", by_group=True)

    names = [group.name for group in found.groups]
    assert sum(group.users for group in found.groups) == found.data["test_users"]
    assert list(found.by_group) == names
    assert f"{names[0]} {found.groups[0].from_}" in repr(found)
    assert found._repr_html_().count("<table>") == 2
    columns = found.to_columns()
    assert columns["group"][:6] == ["all"] * 6 and set(columns["group"]) == {"all", *names}
    compared = found.differences()
    assert set(compared.to_columns()["group"]) == {"all", *names}
    header = repr(compared).splitlines()[0].split()
    assert header[:4] == ["metric", "less", "als", "all"] and names[-1] in header
    assert alsace.evaluate(*parts).groups == []


def test_an_evaluation_is_copied_and_pickled(parts):
    found = alsace.evaluate(*parts, by_group=True, by_user=True)

    for same in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert repr(same) == repr(found)
        assert repr(same.differences()) == repr(found.differences())


def test_validation_is_part_of_the_catalogue_and_not_hidden():
    train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
    test = alsace.interactions(user=[2], item=["y"])
    valid = alsace.interactions(user=[2, 1], item=["z", "w"])
    lists = {"lists": {2: ["z", "y"]}}

    found = alsace.evaluate(lists, train, test, metrics="recall@1,recall@2,coverage@2", baselines=[], valid=valid)

    assert found.data["items"] == 4
    assert found["lists"]["recall@1"].mean == 0  # z takes its place.
    assert found["lists"]["recall@2"].mean == 1
    assert found["lists"]["coverage@2"].mean == 0.5


def test_lists_made_elsewhere_are_measured_alike(parts):
    model, train, test = parts
    ids, scores = model.recommend(model.user_ids)
    mapping = {user: row for user, row in zip(model.user_ids, ids)}
    with_scores = alsace.interactions(
        user=np.repeat(model.user_ids, 10), item=ids.ravel(), value=scores.ravel(), duplicates="max"
    )

    found = alsace.evaluate({"als": model, "lists": mapping, "scored": with_scores}, train, test)

    assert found["lists"] == found["als"] == found["scored"]


def test_several_models_are_told_apart(parts):
    model, train, test = parts
    other = alsace.ImplicitALS(factors=4).fit(train)

    found = alsace.evaluate([model, other, other], train, test, baselines=[])

    assert list(found.models) == [repr(model), "ImplicitALS(factors=4)", "ImplicitALS(factors=4) (2)"]


def test_matrices_and_stored_zeros(taste_groups):
    test = sp.csr_matrix(([1, 0], ([0, 1], [2, 3])), shape=(6, 6))
    model = alsace.ImplicitALS(factors=2, regularization=0.1).fit(taste_groups)

    found = alsace.evaluate(model, taste_groups, test, metrics="recall@1", baselines="none")

    assert found.data["test_users"] == 1
    assert found["als"]["recall@1"].mean == 1
    assert test.nnz == 2  # The caller's matrix is left alone.


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"metrics": "recall"}, alsace.InvalidArgument, "recall"),
        ({"metrics": "recal@10"}, alsace.InvalidArgument, "recal.*recall@K"),
        ({"metrics": []}, alsace.InvalidArgument, "recall@K"),
        ({"baselines": "popular"}, alsace.InvalidArgument, "popular.*popularity"),
        ({"models": "als"}, alsace.InvalidArgument, "not str"),
        ({"models": alsace.ImplicitALS()}, alsace.NotFittedError, "fit"),
        ({"models": [{1: [2]}]}, alsace.InvalidArgument, "name"),
        ({"models": {"a": 3}}, alsace.InvalidArgument, "'a' is a int"),
        ({"models": {"a": {1: "x"}}}, alsace.InvalidArgument, "one item"),
        ({"baselines": "knn_cosine", "neighbors": 0}, alsace.InvalidArgument, "neighbors is 0"),
        ({"baselines": "ease", "ease_regularization": 0}, alsace.InvalidArgument, "ease.*above 0"),
        ({"baselines": "knn"}, alsace.InvalidArgument, "'knn'.*knn_bm25, ease"),
        ({"metrics": "sampled_ndcg@5"}, alsace.InvalidArgument, "candidates"),
        ({"candidates": {"user": [1], "item": [1]}}, alsace.InvalidArgument, "no sampled_"),
        ({"metrics": "sampled_novelty@5"}, alsace.InvalidArgument, "sampled_novelty@5.*not known"),
        ({"threads": -1}, alsace.InvalidArgument, "threads"),
        ({"seed": 2**64}, alsace.InvalidArgument, "seed"),
    ],
)
def test_evaluations_that_are_refused(parts, arguments, error, words):
    model, train, test = parts
    given = {"models": model, "train": train, "test": test, **arguments}

    with pytest.raises(error, match=words):
        alsace.evaluate(**given)


def test_one_name_for_two_is_refused(parts):
    model, train, test = parts
    with pytest.raises(alsace.InvalidArgument, match="popularity.*Rename"):
        alsace.evaluate({"popularity": model}, train, test)


def test_nobody_to_test_is_said(parts):
    model, train, test = parts
    strangers = alsace.interactions(user=["x"], item=["y"])
    with pytest.raises(alsace.InvalidData, match="nobody to test"):
        alsace.evaluate(model, train, strangers)


def test_ctrl_c_ends_an_evaluation():
    rng = np.random.default_rng(1)
    users, items = np.repeat(np.arange(3000), 4), rng.integers(0, 3000, 12000)
    train, _, test = alsace.split(alsace.interactions(user=users, item=items), "random")
    model = alsace.ImplicitALS(factors=8, iterations=1).fit(train)
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))

    with pytest.raises(KeyboardInterrupt):
        timer.start()
        for _ in range(1000):
            alsace.evaluate(model, train, test, metrics="auc")
    timer.join()
