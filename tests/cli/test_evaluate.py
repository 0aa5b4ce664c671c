"""alsace evaluate: splits, given files, baselines, saved models, lists made elsewhere."""

import json
import math
import re

import pytest
from conftest import MISSING, PEOPLE, data_file, pairs


def metric(out, model, name):
    return next(m for m in out["models"] if m["name"] == model)["metrics"][name]


@pytest.fixture
def parts(sample):
    """A split made elsewhere: train.csv holds all pairs, test.csv everyone's missing film."""
    (sample / "train.csv").write_text("user,item\n" + "".join(f"{u},{i}\n" for u, i in pairs()))
    (sample / "test.csv").write_text("user,item\n" + "".join(f"{u},{i}\n" for u, i in MISSING.items()))
    return sample


PARTS = ["--train", "train.csv", "--test", "test.csv", "--factors", "4"]


def test_a_table_lines_up_and_has_facts_above_it(alsace, parts):
    done = alsace("evaluate", *PARTS)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == (
        "split given: 8 users, 8 items, 24 training interactions; tested: 8 interactions of 8 users"
    )
    header = lines[2]
    assert header.split("  ")[1] == "model"
    rows = [line.split()[0] for line in lines[3:6]]
    assert rows == ["als", "random", "popularity"]
    ends = {re.search(r"\d\.\d{4}(?=  \[)", line).end() for line in lines[3:6]}
    assert ends == {header.index("recall@10") + len("recall@10")}
    assert lines[6] == ""
    differences = lines[7:]
    assert differences[0].split() == ["metric", "less", "als", "difference", "95", "%", "interval"]
    assert [line.split()[-4] for line in differences[1:-1] if line.endswith("*")]
    starts = {line.index("[") for line in differences[1:-1]}
    assert starts == {differences[0].index("95 %")}
    assert differences[-1] == "  * the paired interval leaves out 0"


def test_metrics_of_a_split_worked_by_hand(alsace, parts):
    out = alsace("evaluate", *PARTS, "--metrics", "recall@1,recall@5,ndcg@10", "--json").json
    # The missing film comes first for everyone.
    for name in ("recall@1", "recall@5", "ndcg@10"):
        assert metric(out, "als", name)["mean"] == 1.0
    # Wilson's interval of 8 hits of 8.
    low = 8 / (8 + 1.96**2)
    assert metric(out, "als", "recall@1")["low"] == pytest.approx(low, abs=1e-9)
    assert metric(out, "als", "recall@1")["high"] == pytest.approx(1.0)
    # All films are equally popular and the order of ties is that of the rows, film2 3 4 1 6 7 8 5:
    # alice is missing film1, the others have more films before theirs.
    order = ["film2", "film3", "film4", "film1", "film6", "film7", "film8", "film5"]
    ranks = []
    for user, film in MISSING.items():
        unseen = [i for i in order if (user, i) not in pairs()]
        ranks.append(unseen.index(film) + 1)
    expected = sum(1 / math.log2(rank + 1) for rank in ranks) / 8
    assert metric(out, "popularity", "ndcg@10")["mean"] == pytest.approx(expected, abs=1e-9)
    assert metric(out, "popularity", "recall@1")["mean"] == sum(r == 1 for r in ranks) / 8


def test_json_has_the_promised_keys(alsace, films):
    out = alsace(*"evaluate films/plays.csv --factors 8 --iterations 5 --json".split()).json
    assert out["data"] == {
        "users": 2000,
        "items": 1200,
        "train_interactions": 76000,
        "test_interactions": 2000,
        "test_users": 2000,
        "users_left_out": 0,
        "untrained_test_items": 0,
    }
    assert out["split"] == "leave-last-two"
    assert [m["name"] for m in out["models"]] == ["als", "random", "popularity"]
    for model in out["models"]:
        for name in ("recall@10", "ndcg@10"):
            value = model["metrics"][name]
            assert 0 <= value["low"] <= value["mean"] <= value["high"] <= 1
    assert metric(out, "als", "recall@10")["low"] > metric(out, "popularity", "recall@10")["high"]
    assert metric(out, "popularity", "recall@10")["mean"] > metric(out, "random", "recall@10")["mean"]


@pytest.mark.parametrize("method", ["leave-last-one", "leave-last-two", "random", "temporal", "new-users"])
def test_every_split_beats_chance(alsace, films, method):
    out = alsace(
        *"evaluate films/plays.csv --factors 16 --iterations 5 --preset recommended --json".split(),
        "--split", method,
    ).json
    assert out["split"] == method
    assert metric(out, "als", "ndcg@10")["mean"] > 2 * metric(out, "popularity", "ndcg@10")["mean"]


def test_without_times_the_split_is_random_and_leave_last_is_refused(alsace, parts):
    assert alsace("evaluate", "train.csv", "--factors", 2, "--json").json["split"] == "random"
    done = alsace("evaluate", "train.csv", "--split", "leave-last-two")
    assert done.code == 2 and "time" in done.err.splitlines()[-1]


def test_any_number_of_threads_gives_the_same_numbers(alsace, films):
    run = "evaluate films/plays.csv --factors 8 --iterations 3 --json --threads".split()
    tables = set()
    for threads in (1, 2, 8):
        models = alsace(*run, threads).json["models"]
        tables.add(json.dumps([[m["name"], m["metrics"]] for m in models]))
    assert len(tables) == 1


def test_saved_models_are_matched_by_id_and_none_is_trained(alsace, parts):
    # The rows of this model are in another order.
    rows = [f"{u},{i}\n" for u, i in reversed(pairs())]
    (parts / "reversed.csv").write_text("user,item\n" + "".join(rows))
    for name in ("train", "reversed"):
        alsace("train", f"{name}.csv", "--model", f"{name}.alsace", "--factors", 4)
    done = alsace("evaluate", *PARTS[:4], "--model", "train.alsace", "reversed.alsace", "--json",
                  "--baselines", "none")
    names = [m["name"] for m in done.json["models"]]
    assert names == ["train.alsace", "reversed.alsace"]
    for name in names:
        assert metric(done.json, name, "recall@10")["mean"] == 1.0
    assert "options" not in done.json and "trained" not in done.err


def test_lists_made_elsewhere_score_as_the_model_that_made_them(alsace, films):
    data = (films / "plays.csv").read_text().splitlines()
    last = {}
    for number, line in enumerate(data[1:]):
        last[line.split(",")[0]] = number
    tested = set(last.values())
    (films / "train.csv").write_text(
        "\n".join([data[0]] + [l for n, l in enumerate(data[1:]) if n not in tested]) + "\n"
    )
    (films / "test.csv").write_text(
        "\n".join([data[0]] + [l for n, l in enumerate(data[1:]) if n in tested]) + "\n"
    )
    alsace(*"train films/train.csv --factors 8 --model m.alsace".split())
    alsace(*"recommend m.alsace --all --out lists.csv --items films/titles.csv".split())
    files = "--train films/train.csv --test films/test.csv --json".split()
    by_model = alsace("evaluate", *files, "--model", "m.alsace").json
    by_lists = alsace("evaluate", *files, "--recommendations", "lists.csv").json
    for name in ("recall@10", "ndcg@10"):
        assert metric(by_lists, "lists.csv", name) == metric(by_model, "m.alsace", name)
    alone = alsace("evaluate", "--recommendations", "lists.csv", *files[2:], "--baselines", "none").json
    assert metric(alone, "lists.csv", "recall@10") == metric(by_model, "m.alsace", "recall@10")


def test_a_listed_item_nobody_knows_takes_its_place_and_misses(alsace, tmp_path):
    (tmp_path / "test.csv").write_text("user,item\na,x\nb,y\n")
    (tmp_path / "lists.csv").write_text("a,new\na,x\nb,y\nb,x\nstranger,x\n")
    out = alsace(
        *"evaluate --test test.csv --recommendations lists.csv --baselines none --json"
        " --metrics recall@1,recall@2,mrr@10".split()
    ).json
    assert out["data"]["test_users"] == 2
    assert metric(out, "lists.csv", "recall@1")["mean"] == 0.5
    assert metric(out, "lists.csv", "recall@2")["mean"] == 1.0
    assert metric(out, "lists.csv", "mrr@10")["mean"] == 0.75


def test_scores_of_lists_decide_not_the_order_of_their_lines(alsace, tmp_path):
    (tmp_path / "test.csv").write_text("user,item\na,x\n")
    run = "evaluate --test test.csv --recommendations l.csv --baselines none --json --metrics recall@1"
    for text, hit in (
        ("user,item,score\na,y,0.1\na,x,0.9\n", 1),  # as recommend --out names them
        ("a,y,0.1\na,x,0.9\n", 1),  # positions
        ("user,item\na,y\na,x\n", 0),  # no scores: the order counts
    ):
        (tmp_path / "l.csv").write_text(text)
        assert metric(alsace(*run.split()).json, "l.csv", "recall@1")["mean"] == hit


def test_ratings_are_measured_by_rmse_and_mae_against_means(alsace, films):
    out = alsace(*"evaluate films/plays.csv --explicit --biases --factors 4 --regularization 1 --json".split()).json
    assert [m["name"] for m in out["models"]] == ["als", "mean", "item_mean"]
    for model in out["models"]:
        assert set(model["metrics"]) == {"rmse", "mae"}
        assert 0 < model["metrics"]["mae"]["mean"] <= model["metrics"]["rmse"]["mean"] < 2


def test_what_a_baseline_cannot_be_measured_by_is_null(alsace, films):
    run = "evaluate films/plays.csv --explicit --factors 4 --iterations 2 --metrics rmse,recall@10 --baselines random,mean"
    out = alsace(*run.split(), "--json").json
    assert metric(out, "random", "rmse") == {"mean": None, "low": None, "high": None}
    assert metric(out, "mean", "rmse")["mean"] > 0
    assert re.search(r"^  random +- ", alsace(*run.split()).out, re.M)


def test_repeats_add_mean_and_deviation_over_seeds(alsace, films):
    run = "evaluate films/plays.csv --factors 4 --iterations 2 --json".split()
    out = alsace(*run, "--repeats", 3, "--seed", 5).json
    values = metric(out, "als", "ndcg@10")["seeds"]["values"]
    assert len(values) == 3 and len(set(values)) > 1
    mean = sum(values) / 3
    seeds = metric(out, "als", "ndcg@10")["seeds"]
    assert seeds["mean"] == pytest.approx(mean)
    assert seeds["deviation"] == pytest.approx(math.sqrt(sum((v - mean) ** 2 for v in values) / 2))
    assert values[1] == metric(alsace(*run, "--seed", 6).json, "als", "ndcg@10")["mean"]
    assert "seeds" not in metric(alsace(*run).json, "als", "ndcg@10")
    text = alsace(*run[:-1], "--repeats", 2).out
    assert "over 2 seeds" in text and " +- " in text


def test_low_items_are_hidden_from_ranking_when_asked(alsace, films):
    run = "evaluate films/plays.csv --min-value 2 --factors 8 --iterations 5 --json".split()
    shown, hidden = alsace(*run).json, alsace(*run, "--hide-low").json
    assert metric(hidden, "als", "recall@10")["mean"] > metric(shown, "als", "recall@10")["mean"]


WRONG = [
    ("", 2, "give either FILE..., to be split here, or --train FILE and --test FILE."),
    ("train.csv --test test.csv", 2, "give either FILE..., to be split here, or --train FILE and --test FILE."),
    ("--train train.csv", 2, "--test FILE is missing: what is to be found?"),
    ("--test test.csv", 2, "--train FILE is missing. Only --recommendations can do without it."),
    ("train.csv --recommendations lists.csv", 2, "--recommendations goes with --test FILE: what is to be found in the lists?"),
    ("--train train.csv --test test.csv --split random", 2, "--split and --test-fraction are for FILE..., not for a split made elsewhere."),
    ("--train train.csv --test test.csv --min-per-user 2", 2, "--min-per-user and --min-per-item are for FILE..., not for a split made elsewhere."),
    ("train.csv --split last", 2, "--split 'last' is not known. Choose one of leave-last-one, leave-last-two, random, temporal, new-users."),
    ("train.csv --test-fraction 1", 2, "--test-fraction is 1, it must be above 0 and below 1. Start with 0.2."),
    ("train.csv --repeats 0", 2, "--repeats is 0, it must be 1 or more."),
    ("train.csv --baselines populrity", 2, "--baselines: there is no 'populrity'. Did you mean 'popularity'? Choose from random, popularity, knn-cosine, knn-bm25, ease (ranking), mean, item-mean (ratings), or none."),
    ("train.csv --neighbors 5", 2, "--neighbors is for the baselines knn-cosine and knn-bm25. Add one to --baselines."),
    ("train.csv --neighbors 0 --baselines knn-cosine", 2, "--neighbors is 0, it must be 1 or more. Start with 100."),
    ("train.csv --ease-regularization 5", 2, "--ease-regularization is for the baseline ease. Add it to --baselines."),
    ("train.csv --ease-regularization 0 --baselines ease", 2, "--ease-regularization is 0, it must be above 0. Start with 500."),
    ("train.csv --reference populrity", 2, "--reference: nothing called 'populrity' is evaluated. Did you mean 'popularity'? There is als, random, popularity."),
    ("train.csv --metrics sampled_recall@5", 2, "sampled_ metrics need --candidates FILE: what is each test item ranked among? Leave out sampled_ to rank the whole catalogue."),
    ("train.csv --candidates test.csv", 2, "--candidates is for sampled_ metrics, and none is asked for. Add one, for example --metrics sampled_hit_rate@10,sampled_ndcg@10."),
    ("--train train.csv --test tset.csv", 1, "tset.csv: there is no such file. Check the path. Did you mean 'test.csv'?"),
    ("train.csv --model no.alsace", 1, "no.alsace: there is no such file. Check the path."),
]


@pytest.mark.parametrize("options, code, message", WRONG, ids=[w[0] for w in WRONG])
def test_what_cannot_work_is_refused_with_the_whole_message(alsace, parts, options, code, message):
    done = alsace("evaluate", *options.split())
    assert done.err == f"alsace evaluate: {message}\n"
    assert done.code == code and done.out == ""


def test_an_unknown_metric_lists_those_there_are(alsace, parts):
    done = alsace("evaluate", "train.csv", "--metrics", "recal@10")
    assert done.code == 2 and "recal" in done.err and "recall" in done.err and done.out == ""
    assert "read" not in done.err


def test_differences_are_of_the_means_and_paired(alsace, films):
    run = "evaluate films/plays.csv --factors 8 --iterations 5 --metrics recall@10,coverage@10 --json".split()
    out = alsace(*run).json
    assert [(d["name"], d["reference"]) for d in out["differences"]] == [("random", "als"), ("popularity", "als")]
    for line in out["differences"]:
        for name, value in line["metrics"].items():
            expected = metric(out, line["name"], name)["mean"] - metric(out, "als", name)["mean"]
            assert value["mean"] == pytest.approx(expected, abs=1e-12)
        assert line["metrics"]["recall@10"]["low"] < line["metrics"]["recall@10"]["mean"]
        assert line["metrics"]["recall@10"]["high"] < 0
        assert line["metrics"]["coverage@10"]["low"] is None
    other = alsace(*run, "--reference", "popularity").json
    assert [(d["name"], d["reference"]) for d in other["differences"]] == [("als", "popularity"), ("random", "popularity")]
    there, back = (d["metrics"]["recall@10"] for d in (out["differences"][1], other["differences"][0]))
    assert back["low"] == pytest.approx(-there["high"], abs=1e-12)
    assert alsace(*run, "--baselines", "none").json["differences"] == []


def test_one_model_alone_has_no_table_of_differences(alsace, parts):
    assert "less" not in alsace("evaluate", *PARTS, "--baselines", "none").out


def test_option_sets_are_trained_and_named_by_their_files(alsace, films):
    (films / "small.json").write_text('{"options": {"factors": 2, "iterations": 3}}')
    (films / "large.json").write_text('{"factors": 8, "iterations": 3, "preset": "recommended"}')
    run = ["evaluate", "films/plays.csv", "--json", "--baselines", "popularity"]
    out = alsace(*run, "--config", "films/small.json", "--config", "films/large.json").json
    assert [m["name"] for m in out["models"]] == ["films/small.json", "films/large.json", "popularity"]
    assert [m["options"]["factors"] for m in out["models"][:2]] == [2, 8]
    assert "options" not in out and "options" not in out["models"][2]
    assert {d["reference"] for d in out["differences"]} == {"films/small.json"}
    alone = alsace(*run, "--factors", 8, "--iterations", 3, "--preset", "recommended").json
    assert metric(out, "films/large.json", "ndcg@10") == metric(alone, "als", "ndcg@10")
    # Options given beside the files hold for all.
    both = alsace(*run, "--config", "films/small.json", "films/large.json", "--factors", 4).json
    assert [m["options"]["factors"] for m in both["models"][:2]] == [4, 4]


def test_option_sets_that_do_not_go_together_are_refused(alsace, sample):
    (sample / "a.json").write_text('{"factors": 2}')
    (sample / "b.json").write_text('{"feedback": "explicit"}')
    twice = alsace("evaluate", "plays.csv", "--config", "a.json", "a.json")
    assert twice.code == 2 and "--config 'a.json' is given twice" in twice.err
    mixed = alsace("evaluate", "plays.csv", "--config", "a.json", "b.json")
    assert mixed.code == 2 and "a.json is for implicit feedback, b.json for explicit" in mixed.err
    missing = alsace("evaluate", "plays.csv", "--config", "c.json")
    assert missing.code == 1 and "c.json: there is no such file" in missing.err


def test_item_based_baselines(alsace, films):
    run = "evaluate films/plays.csv --factors 2 --iterations 1 --json --baselines".split()
    out = alsace(*run, "popularity,knn-cosine,knn_bm25,ease").json
    assert [m["name"] for m in out["models"]] == ["als", "popularity", "knn_cosine", "knn_bm25", "ease"]
    for name in ("knn_cosine", "knn_bm25", "ease"):
        assert metric(out, name, "ndcg@10")["low"] > metric(out, "popularity", "ndcg@10")["high"]
    few = alsace(*run, "knn-cosine,ease", "--neighbors", 3, "--ease-regularization", 1).json
    for name in ("knn_cosine", "ease"):
        assert metric(few, name, "ndcg@10") != metric(out, name, "ndcg@10")


def test_groups_of_users(alsace, films):
    run = "evaluate films/plays.csv --split random --factors 8 --iterations 3 --metrics recall@10,coverage@10".split()
    out = alsace(*run, "--by-group", "--json").json
    assert [g["name"] for g in out["groups"]] == ["cold", "medium", "heavy"]
    assert sum(g["users"] for g in out["groups"]) == out["data"]["test_users"]
    for lower, upper in zip(out["groups"], out["groups"][1:]):
        assert lower["from"] <= lower["to"] < upper["from"]
    for model in out["models"]:
        assert list(model["groups"]) == ["cold", "medium", "heavy"]
        mean = sum(g["users"] * model["groups"][g["name"]]["recall@10"]["mean"] for g in out["groups"])
        assert mean / out["data"]["test_users"] == pytest.approx(model["metrics"]["recall@10"]["mean"])
        assert max(g["coverage@10"]["mean"] for g in model["groups"].values()) <= model["metrics"]["coverage@10"]["mean"]
    for line in out["differences"]:
        for group, values in line["groups"].items():
            of = {m["name"]: m["groups"][group]["recall@10"]["mean"] for m in out["models"]}
            assert values["recall@10"]["mean"] == pytest.approx(of[line["name"]] - of["als"], abs=1e-12)
    text = alsace(*run, "--by-group").out
    assert re.search(r"^groups by training interactions: cold \d+ to \d+ \(\d+ users\), medium ", text, re.M)
    assert re.search(r"^  metric +model +cold +95 % interval +medium ", text, re.M)
    assert "groups" not in alsace(*run, "--json").json


def test_test_items_among_candidates(alsace, parts):
    # Each user's missing film among two films that the user has, and one that nobody knows.
    has = {}
    for user, item in pairs():
        has.setdefault(user, []).append(item)
    lines = [f"{user},{item}\n" for user, items in has.items() for item in items[:2]]
    (parts / "candidates.csv").write_text("".join(lines) + "alice,unknown\nstranger,film1\n")
    run = [*PARTS, "--candidates", "candidates.csv", "--metrics", "sampled_recall@1,sampled_recall@3", "--json"]
    out = alsace("evaluate", *run).json
    assert out["data"]["items"] == 9 and out["data"]["users"] == 8
    # All films are equally popular: the missing one comes after its two candidates, and the unknown one.
    assert metric(out, "popularity", "sampled_recall@1")["mean"] == 0
    assert metric(out, "popularity", "sampled_recall@3")["mean"] == 1
    (parts / "candidates.csv").write_text("".join(lines[2:]))
    done = alsace("evaluate", *run)
    assert done.code == 1 and "has test items but no candidates" in done.err


# Real data, as published.

LOO = ["--columns", "user,item", "--factors", "64", "--regularization", "0.001", "--iterations", "20",
       "--alpha", "10", "--confidence", "scaled", "--baselines", "random,popularity", "--json"]


def test_movielens_100k_leave_one_out_as_published(alsace):
    files = [data_file("movielens-100k", "loo-ge4", f"{part}.tsv") for part in ("train", "val", "test")]
    out = alsace("evaluate", "--train", files[0], "--valid", files[1], "--test", files[2], *LOO,
                 "--repeats", 20, timeout=600).json
    assert out["data"]["users"] == 942 and out["data"]["items"] == 1447
    hits = metric(out, "popularity", "recall@10")["mean"] * out["data"]["test_users"]
    assert 76 <= round(hits) <= 81
    assert metric(out, "als", "recall@10")["seeds"]["mean"] == pytest.approx(0.126, abs=0.004)
    assert metric(out, "als", "ndcg@10")["seeds"]["mean"] == pytest.approx(0.0655, abs=0.003)
    assert metric(out, "random", "recall@10")["seeds"]["mean"] == pytest.approx(0.007, abs=0.003)


def test_movielens_100k_split_here(alsace):
    out = alsace("evaluate", data_file("movielens-100k", "u.data"), "--min-value", 4, "--binary",
                 "--split", "leave-last-two", "--iterations", 5, "--json").json
    assert (out["data"]["users"], out["data"]["items"]) == (942, 1447)
    assert out["data"]["train_interactions"] == 53491
    assert 0.080 <= metric(out, "popularity", "recall@10")["mean"] <= 0.086
    assert 0.040 <= metric(out, "popularity", "ndcg@10")["mean"] <= 0.041


def test_movielens_1m_reads_trains_and_evaluates_in_one_command(alsace):
    done = alsace("evaluate", data_file("movielens-1m", "interactions.tsv"), "--min-value", 4, "--binary",
                  timeout=600)
    assert done.code == 0, done.err
    assert re.search(r"^  als +0\.\d{4}", done.out, re.M)


def test_lastfm_with_the_preset_beats_popularity_by_far(alsace):
    file = data_file("lastfm-hetrec2011", "user_artists.dat")
    out = alsace("evaluate", file, "--split", "random", "--preset", "recommended", "--json",
                 timeout=600).json
    assert metric(out, "als", "recall@10")["mean"] >= 0.19
    assert metric(out, "popularity", "recall@10")["mean"] == pytest.approx(0.07, abs=0.01)


def test_movielens_100k_ratings_reach_the_rmse_of_a_plain_implementation(alsace):
    files = ["--train", data_file("movielens-100k", "u1.base"), "--test",
             data_file("movielens-100k", "u1.test"), "--explicit", "--regularization-exponent", 1]
    biased = alsace("evaluate", *files, "--biases", "--regularization", 0.15, "--json").json
    assert metric(biased, "als", "rmse")["mean"] <= 0.935
    plain = alsace("evaluate", *files, "--json").json
    assert metric(plain, "als", "rmse")["mean"] <= 0.940


def test_dislikes_are_for_train(alsace, sample):
    done = alsace("evaluate", "plays.csv", "--dislikes")
    assert done.code == 2
    assert "--dislikes is for train" in done.err


def test_movielens_1m_in_the_protocol_of_neural_collaborative_filtering(alsace, tmp_path):
    """Popularity has 0.4538 and 0.2545 where ties count for the test item, here they count against it."""
    file = data_file("movielens-1m", "ncf", "item_map.tsv")
    folder = file.parent
    item_of = {a: b for a, b, _ in (line.split("\t") for line in file.read_text().splitlines()[1:])}
    test = dict(line.split("\t")[:2] for line in (folder / "loo_test.tsv").read_text().splitlines()[1:])
    with (tmp_path / "train.tsv").open("w") as out:
        for line in (folder.parent / "interactions.tsv").open():
            user, item, _ = line.split("\t")
            if test[user] != item:
                out.write(f"{user}\t{item}\n")
    (tmp_path / "test.tsv").write_text("".join(f"{u}\t{i}\n" for u, i in test.items()))
    with (tmp_path / "candidates.tsv").open("w") as out:
        for number, line in enumerate((folder / "ml-1m.test.negative").open(), 1):
            for item in line.split()[1:]:
                out.write(f"{number}\t{item_of[item]}\n")
    out = alsace(
        *"evaluate --train train.tsv --test test.tsv --candidates candidates.tsv --factors 16 --iterations 8"
        " --preset recommended --metrics sampled_hit_rate@10,sampled_ndcg@10 --baselines popularity --json".split(),
        timeout=600,
    ).json
    assert metric(out, "popularity", "sampled_hit_rate@10")["mean"] == pytest.approx(0.453146, abs=1e-6)
    assert metric(out, "popularity", "sampled_ndcg@10")["mean"] == pytest.approx(0.254086, abs=1e-6)
    assert metric(out, "als", "sampled_hit_rate@10")["mean"] > 0.65
