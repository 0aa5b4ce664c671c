"""What the tables read and write: public files, splits, trials, results, the page."""

import json
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))
from quality import explicit, gowalla, movielens_100k, ncf, new_users, page
from quality.session import Results, Session
from quality.trials import Trials

TABLES = (movielens_100k, ncf, gowalla, new_users, explicit)


def test_negative_lines():
    assert ncf.negatives(["(0,25)\t1064\t174", "(1,133)\t3"]) == [
        (0, 25, [1064, 174]),
        (1, 133, [3]),
    ]


def test_files_as_published_are_read(tmp_path, monkeypatch):
    folder = tmp_path / "movielens-1m/ncf"
    folder.mkdir(parents=True)
    (folder / "ml-1m.train.rating").write_text("0\t1\t5\t9\n0\t2\t4\t8\n1\t1\t3\t7\n")
    (folder / "ml-1m.test.rating").write_text("0\t3\t5\t9\n1\t2\t4\t8\n")
    (folder / "ml-1m.test.negative").write_text("(0,3)\t5\t3\t6\n(1,2)\t3\t7\n")
    monkeypatch.setenv("ALSACE_DATA", str(tmp_path))
    train, test, drawn = ncf.load()
    assert train.tolist() == [[0, 1], [0, 2], [1, 1]] and test.tolist() == [[0, 3], [1, 2]]
    assert drawn == [[5, 6], [3, 7]]  # 3 is user 0's own test item.


def test_without_leaves_out_pairs_not_items():
    pairs = np.array([[1, 2], [1, 3], [2, 2]])
    assert ncf.without(pairs, np.array([[1, 2]])).tolist() == [[1, 3], [2, 2]]


def test_hold_out_is_of_training_and_draws_what_the_user_has_not():
    train = np.array([[user, item] for user in range(6) for item in range(20) if (user + item) % 3])
    train = np.vstack([train, [[9, 4]]])  # One entry: stays in training.
    rest, test, drawn = ncf.hold_out(train, seed=1, count=4)
    assert sorted(map(tuple, np.vstack([rest, test]).tolist())) == sorted(
        map(tuple, train.tolist())
    )
    assert test[:, 0].tolist() == list(range(6))
    have = {tuple(pair) for pair in train.tolist()}
    assert all(
        len(row) == 4 and all((user, item) not in have for item in row)
        for (user, _), row in zip(test.tolist(), drawn)
    )


@pytest.mark.parametrize(
    "text",
    [
        "userId,movieId,rating,timestamp\n1,10,4.0,5\n2,11,3.5,6\n",
        "1::10::4::5\n2::11::3.5::6\n",
        "1\t10\t4\n2\t11\t3.5\n",
    ],
)
def test_ratings_of_every_form(tmp_path, text):
    pytest.importorskip("polars")
    path = tmp_path / "ratings"
    path.write_text(text)
    users, items, values = new_users.read(path)
    assert (users.tolist(), items.tolist(), values.tolist()) == ([1, 2], [10, 11], [4.0, 3.5])


def test_names_are_read_too(tmp_path):
    pytest.importorskip("polars")
    path = tmp_path / "triplets.txt"
    path.write_text("b80344\tSOAKIMP\t1\nb80344\tSOBBMDR\t2\n")
    assert new_users.read(path)[1].tolist() == ["SOAKIMP", "SOBBMDR"]


def test_filters_are_values_then_items_then_users_once():
    users = np.array([1, 1, 2, 2, 3, 3])
    items = np.array([7, 8, 7, 9, 7, 8])
    values = np.array([5, 4, 5, 5, 4, 1])
    recipe = new_users.Recipe(4.0, per_user=2, per_item=2, held_out=1)
    # (3, 8) is low; then 8 and 9 have one entry each and go; then every user has one, and none stays.
    assert len(new_users.filtered(users, items, values, recipe)[0]) == 0
    recipe = new_users.Recipe(4.0, per_user=2, per_item=0, held_out=1)
    assert new_users.filtered(users, items, values, recipe)[0].tolist() == [1, 1, 2, 2]


def test_split_of_new_users():
    pairs = np.array([[user, item] for user in range(40) for item in range(user % 7 + 3)])
    pairs = np.vstack([pairs, [[user, 100 + user] for user in range(40)]])  # Nobody else has it.
    parts = new_users.split(pairs[:, 0], pairs[:, 1], held_out=8)
    groups = [set(parts.train[0]), set(parts.valid[0][0]), set(parts.test[0][0])]
    assert [len(group) for group in groups] == [24, 8, 8]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]
    trained = set(parts.train[1])
    for shown, hidden in (parts.valid, parts.test):
        assert set(shown[1]) | set(hidden[1]) <= trained
        for user in set(shown[0]):
            counts = [(part[0] == user).sum() for part in (shown, hidden)]
            size = sum(counts)
            assert counts[1] == (int(0.2 * size) if size >= 5 else 0)


def test_split_is_the_papers(monkeypatch):
    """Order of random numbers: numpy's RandomState(98765) shuffles the users, and begins anew for each part."""
    users = np.repeat(np.arange(10), 10)
    items = np.tile(np.arange(10), 10)
    parts = new_users.split(users, items, held_out=2)
    order = np.random.RandomState(98765).permutation(10)
    assert set(parts.test[0][0]) == set(order[8:])
    assert set(parts.valid[0][0]) == set(order[6:8])
    hidden = np.random.RandomState(98765).choice(10, size=2, replace=False)
    first = min(order[8:])
    assert set(parts.test[1][1][parts.test[1][0] == first]) == set(hidden)


def test_too_many_held_out_users_are_refused():
    with pytest.raises(SystemExit, match="held out"):
        new_users.split(np.array([1, 2]), np.array([1, 1]), held_out=1)


def test_folds_test_every_row_once():
    table = np.arange(23), np.arange(23), np.ones(23)
    parts = explicit.folds(table)
    assert sorted(np.concatenate([test[0] for _, test in parts]).tolist()) == list(range(23))
    assert all(len(train[0]) + len(test[0]) == 23 for train, test in parts)


def test_candidates_keep_the_mean_weight():
    counts = np.array([1.0, 9.0])
    grid = {"regularization": (0.1,), "regularization_exponent": (1.0, 0.5, 0.0)}
    found = [options["regularization"] for options in explicit.candidates(grid, counts)]
    assert found == pytest.approx([0.1, 0.25, 0.5])


def test_trials_go_on_after_a_kill(tmp_path):
    path = tmp_path / "trials.jsonl"
    measured = []

    def measure(options):
        measured.append(options)
        return {"recall@20": 0.1}

    Trials(path).run({"factors": 8}, measure)
    with path.open("a") as file:
        file.write('{"options": {"fac')
    again = Trials(path)
    again.run({"factors": 8}, measure)
    again.run({"factors": 16}, measure)
    assert measured == [{"factors": 8}, {"factors": 16}]
    assert [json.loads(line)["options"]["factors"] for line in path.read_text().splitlines()] == [
        8,
        16,
    ]


def test_tuned_options_are_read(tmp_path):
    session = Session(tmp_path, tuned=tmp_path)
    assert session.tuned("movielens-100k") == {}
    (tmp_path / "movielens-100k.json").write_text(
        json.dumps({"options": {"feedback": "implicit", "factors": 32, "seed": 4}, "trials": 30})
    )
    assert session.tuned("movielens-100k") == {"tuned": {"factors": 32}}


def test_results_keep_other_tables(tmp_path):
    Results(tmp_path / "r.json").keep("a", {"x": 1})
    Results(tmp_path / "r.json").keep("b", {"y": 2})
    assert Results(tmp_path / "r.json").content == {"a": {"x": 1}, "b": {"y": 2}}


def test_every_table_has_what_a_page_needs():
    for table in TABLES:
        assert (
            table.NAME
            and table.TITLE
            and all(map(callable, (table.run, table.sections, table.headlines)))
        )


def test_page_holds_the_tables_that_were_measured(tmp_path):
    value = {"mean": 0.5, "low": 0.4, "high": 0.6, "deviation": 0.01}
    metrics = {name: value for name in ncf.METRICS}
    record = {
        "rows": [{"label": "published", "options": {"factors": 3}, "metrics": metrics}],
        "seeds": 3,
        "popularity": metrics,
    }
    page.write({"ncf": ncf, "gowalla": gowalla}, {"ncf": record}, tmp_path / "results.md")
    text = (tmp_path / "results.md").read_text()
    assert "0.5000 [0.4000, 0.6000] +- 0.0100" in text
    assert "./run bench quality ncf" in text and "./run bench quality gowalla" not in text
    assert "(#movielens-1m-leave-one-out-100-sampled-candidates)" in text


def test_verdict_is_by_the_interval():
    value = {"mean": 0.5, "low": 0.4, "high": 0.6}
    assert "above" in page.verdict("m", value, 0.39)
    assert "within" in page.verdict("m", value, 0.4) and "within" in page.verdict("m", value, 0.6)
    assert "**m is below the published 0.61**" in page.verdict("m", value, 0.61)


def test_best_of_each_number_of_factors():
    trials = [
        {"options": {"factors": k}, "metrics": {"m": m}}
        for k, m in ((8, 0.1), (16, 0.3), (8, 0.2), (16, 0.25))
    ]
    assert page.best_of_each(trials, "factors", "m") == [trials[2], trials[1]]


def test_trials_are_listed_best_first():
    options = {key: 1 for key in page.COLUMNS} | {"regularization_count": "all"}
    trials = [{"options": options, "metrics": {"m": m}} for m in (0.1, 0.3, 0.2)]
    lines = page.trials_table(trials, ("m",), "m").splitlines()[2:]
    assert [line.split("|")[-2].strip() for line in lines] == ["0.3000", "0.2000", "0.1000"]
    assert "| all |" in lines[0]
