"""Using a model: recommend, similar, explain, predict, info."""

import csv
import io
import json
import random

import pytest
from conftest import DOGS, MISSING, PEOPLE, TITLES


def test_everyone_gets_the_missing_item_of_their_group_first(alsace, model):
    lists = alsace("recommend", "plays.alsace", "--all", "--json").json
    assert [entry["user"] for entry in lists] == list(PEOPLE)
    for entry in lists:
        assert entry["items"][0]["item"] == MISSING[entry["user"]]
        seen = set(PEOPLE[entry["user"]]) - {MISSING[entry["user"]]}
        assert seen.isdisjoint(i["item"] for i in entry["items"])
        scores = [i["score"] for i in entry["items"]]
        assert scores == sorted(scores, reverse=True) and len(scores) == 5


def test_a_table_shows_rank_item_score_and_title(alsace, model):
    done = alsace("recommend", "plays.alsace", "--user", "alice", "bob", "--items", "titles.csv", "--top-k", 2)
    assert done.code == 0 and done.err == ""
    lines = done.out.splitlines()
    assert lines[0] == "for user alice"
    assert lines[1].split() == ["item", "score", "title"]
    assert lines[2].split()[:2] == ["1", "film1"] and lines[2].endswith("The Cat")
    assert lines[3].split()[0] == "2" and lines[4] == "" and lines[5] == "for user bob"


def test_files_of_users_and_lists_are_csv_with_quotes_where_needed(alsace, tmp_path):
    users = ["plain", "with,comma", 'with"quote', "with space"]
    rows = [["user", "item"]] + [[u, i] for u in users for i in ("x,1", "y", "z")][:-1]
    with open(tmp_path / "odd.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert alsace("train", "odd.csv", "--model", "odd.alsace", "--factors", 2).code == 0
    (tmp_path / "users.txt").write_text("\ufeff" + "\r\n".join(users) + "\r\n\r\n")
    done = alsace("recommend", "odd.alsace", "--users", "users.txt", "--include-seen")
    table = list(csv.reader(io.StringIO(done.out)))
    assert table[0] == ["user", "item", "score"]
    assert [row[0] for row in table[1:]] == [u for u in users for _ in range(3)]
    assert {row[1] for row in table[1:]} == {"x,1", "y", "z"}
    piped = alsace("recommend", "odd.alsace", "--users", "-", "--include-seen", stdin="\n".join(users))
    assert piped.out == done.out


def test_out_holds_the_same_lists_as_standard_output(alsace, model, sample):
    done = alsace("recommend", "plays.alsace", "--all", "--items", "titles.csv")
    assert alsace(*"recommend plays.alsace --all --items titles.csv --out l.csv".split()).code == 0
    assert (sample / "l.csv").read_text() == done.out
    assert done.out.splitlines()[0] == "user,item,score,title"
    array = alsace("recommend", "plays.alsace", "--all", "--json").json
    told = alsace(*"recommend plays.alsace --all --json --out l.jsonl".split()).json
    assert told == {"out": "l.jsonl", "lists": 8}
    assert [json.loads(line) for line in (sample / "l.jsonl").read_text().splitlines()] == array


def test_any_number_of_threads_gives_the_same_lists(alsace, films):
    alsace(*"train films/plays.csv --factors 8 --iterations 3 --model m.alsace".split())
    outs = {alsace("recommend", "m.alsace", "--all", "--threads", n).out for n in (1, 2, 3, 8)}
    assert len(outs) == 1


def test_allow_and_deny_lists_limit_the_items(alsace, model, sample):
    (sample / "dogs.txt").write_text("\n".join(DOGS) + "\n")
    allow = alsace(*"recommend plays.alsace --user alice --allow dogs.txt --json".split()).json
    assert sorted(i["item"] for i in allow[0]["items"]) == DOGS
    deny = alsace(*"recommend plays.alsace --user alice --deny dogs.txt --json".split()).json
    assert [i["item"] for i in deny[0]["items"]] == ["film1"]
    (sample / "none.txt").write_text("film77\n")
    done = alsace(*"recommend plays.alsace --user alice --allow none.txt".split())
    assert done.code == 1
    assert done.err.splitlines()[-1] == (
        "alsace recommend: --allow none.txt: none of its ids is an item of plays.alsace. Check the ids."
    )
    done = alsace(*"recommend plays.alsace --user alice --deny none.txt".split())
    assert done.code == 0
    assert done.err == "warning: none.txt: 1 of 1 ids are not items of plays.alsace\n"


def test_a_users_own_history_folded_in_gives_the_users_own_list(alsace, model):
    own = alsace(*"recommend plays.alsace --user alice --json".split()).json[0]["items"]
    new = alsace(*"recommend plays.alsace --history film4 film3 film2=1 --json".split()).json[0]
    assert new["user"] is None
    assert [i["item"] for i in new["items"]] == [i["item"] for i in own]
    for a, b in zip(new["items"], own):
        assert a["score"] == pytest.approx(b["score"], abs=1e-4)


def test_ids_may_hold_equals_signs_and_brackets(alsace, tmp_path):
    (tmp_path / "odd.csv").write_text("user,item\n[a],x=1\n[a],y\n{},x=1\n{},z\n%%,y\n%%,z\n")
    alsace("train", "odd.csv", "--model", "odd.alsace", "--factors", 2)
    lists = alsace("recommend", "odd.alsace", "--user", "[a]", "{}", "%%", "--json").json
    assert [entry["user"] for entry in lists] == ["[a]", "{}", "%%"]
    assert alsace("recommend", "odd.alsace", "--user=[a]", "--json").json[0]["user"] == "[a]"
    for history in ("x=1", "x=1=2"):
        listed = alsace("recommend", "odd.alsace", "--history", history, "--json").json[0]["items"]
        assert "x=1" not in [i["item"] for i in listed]


UNKNOWN = [
    ("recommend plays.alsace --user alcie", 1, "there is no user 'alcie' in plays.alsace (8 users). Nearest: 'alice'."),
    ("recommend plays.alsace --history film0", 1, "there is no item 'film0' in plays.alsace (8 items). Nearest: 'film2', 'film3', 'film4'."),
    ("recommend plays.alsace --history film1=x", 2, "--history 'film1=x': value 'x' is not a number. Write ITEM=VALUE."),
    ("recommend plays.alsace --user q", 1, "there is no user 'q' in plays.alsace (8 users)."),
    ("recommend plays.alsace", 2, "give exactly one of --user ID, --users FILE, --all and --history ITEM."),
    ("recommend plays.alsace --all --user amy", 2, "give exactly one of --user ID, --users FILE, --all and --history ITEM."),
    ("recommend plays.alsace --all --top-k 0", 2, "--top-k is 0, it must be 1 or more."),
    ("recommend plays.alsace --all --threads=-1", 2, "--threads is -1, it must be 0 (all) or more."),
    ("recommend plays.alsace --users empty.txt", 1, "empty.txt: no ids in it, there must be one per line."),
    ("recommend plays.alsace --users no.txt", 1, "no.txt: there is no such file. Check the path."),
    ("recommend no.alsace --all", 1, "no.alsace: there is no such file. Check the path. Did you mean 'plays.alsace'?"),
    ("recommend plays.alsace --all --out folder", 1, "--out 'folder' is a directory, it must be a file. Add a file name."),
    ("recommend plays.alsace --all --out no/lists.csv", 1, "--out 'no/lists.csv': there is no directory 'no'. Make it first."),
    ("recommend --user alice plays.alsace", 2, "MODEL is missing. Usage: alsace recommend MODEL (--user ID... | --users FILE | --all | --history ITEM[=VALUE]...) [options] (options that take several values come after it)"),
    ("similar plays.alsace --item film0", 1, "there is no item 'film0' in plays.alsace (8 items). Nearest: 'film2', 'film3', 'film4'."),
    ("similar plays.alsace", 2, "give one of --item ID and --user ID."),
    ("similar plays.alsace --item film1 --user amy", 2, "give one of --item ID and --user ID."),
    ("explain plays.alsace --user amy", 2, "--item ID is missing. Usage: alsace explain MODEL --user ID --item ID"),
    ("explain plays.alsace --item film1", 2, "--user ID is missing. Usage: alsace explain MODEL --user ID --item ID"),
    ("explain plays.alsace --user amyy --item film1", 1, "there is no user 'amyy' in plays.alsace (8 users). Nearest: 'amy'."),
    ("predict plays.alsace no.csv", 1, "no.csv: there is no such file. Check the path."),
    ("info folder", 1, "folder: this is a directory, it must be a file. Name the file in it."),
]


@pytest.mark.parametrize("line, code, message", UNKNOWN, ids=[u[0] for u in UNKNOWN])
def test_wrong_questions_are_answered_with_the_whole_message(
    alsace, model, sample, line, code, message
):
    (sample / "empty.txt").write_text("\n")
    (sample / "folder").mkdir()
    done = alsace(*line.split())
    assert done.err == f"alsace {line.split()[0]}: {message}\n"
    assert done.code == code and done.out == ""


@pytest.mark.parametrize("command", ["recommend {} --all", "similar {} --item a", "info {}", "predict {} pairs.csv"])
def test_a_file_that_is_no_model_is_refused(alsace, model, sample, command):
    done = alsace(*command.format("plays.csv").split())
    assert done.code == 1 and done.out == ""
    assert "plays.csv" in done.err and "model" in done.err
    (sample / "cut.alsace").write_bytes(model.read_bytes()[:-100])
    done = alsace(*command.format("cut.alsace").split())
    assert done.code == 1 and "cut.alsace" in done.err


def test_a_flipped_bit_is_noticed(alsace, model, sample):
    content = bytearray(model.read_bytes())
    place = random.Random(1).randrange(len(content) // 2, len(content))
    content[place] ^= 4
    (sample / "flipped.alsace").write_bytes(content)
    done = alsace("info", "flipped.alsace")
    assert done.code == 1 and "flipped.alsace" in done.err


def test_a_full_disk_is_an_error(alsace, model, sample):
    done = alsace("recommend", "plays.alsace", "--all", "--out", "/dev/full")
    assert done.code == 1 and done.out == ""
    assert done.err == (
        "alsace recommend: /dev/full: writing failed: No space left on device. Free some space or "
        "write elsewhere.\n"
    )


def test_similar_items_and_users_are_those_of_the_group(alsace, model):
    items = alsace(*"similar plays.alsace --item film1 --items titles.csv --json".split()).json
    assert items["item"] == "film1"
    assert {i["item"] for i in items["similar"][:3]} == {"film2", "film3", "film4"}
    assert items["similar"][0]["title"] == TITLES[items["similar"][0]["item"]]
    assert all(-1.0001 <= i["score"] <= 1.0001 for i in items["similar"])
    users = alsace(*"similar plays.alsace --user bob --top-k 3 --json".split()).json
    assert {i["user"] for i in users["similar"]} == {"bea", "ben", "bo"}
    text = alsace(*"similar plays.alsace --item film1 --items titles.csv".split()).out
    assert text.splitlines()[0] == "like item film1, The Cat"


def test_an_explanation_sums_to_the_score_of_the_list(alsace, model):
    listed = alsace(*"recommend plays.alsace --user alice --json".split()).json[0]["items"][0]
    why = alsace(*"explain plays.alsace --user alice --item film1 --json".split()).json
    assert {c["item"] for c in why["contributions"]} == {"film2", "film3", "film4"}
    parts = sum(c["score"] for c in why["contributions"])
    assert why["mean"] + why["item_bias"] + why["user_bias"] + parts == pytest.approx(
        why["score"], abs=1e-4
    )
    assert why["score"] == pytest.approx(listed["score"], abs=1e-4)
    text = alsace(*"explain plays.alsace --user alice --item film1 --items titles.csv".split()).out
    assert text.splitlines()[0] == "why user alice gets item film1, The Cat"
    assert "Two Cats, One House" in text and "together: the score" in text


def test_explanations_with_biases_show_mean_and_biases(alsace, sample):
    alsace(*"train ratings.csv --model r.alsace --explicit --biases --factors 2".split())
    why = alsace(*"explain r.alsace --user alice --item film1 --json".split()).json
    assert why["mean"] > 3
    parts = sum(c["score"] for c in why["contributions"])
    total = why["mean"] + why["item_bias"] + why["user_bias"] + parts
    assert total == pytest.approx(why["score"], abs=1e-4)
    text = alsace(*"explain r.alsace --user alice --item film1 --top-k 1".split()).out
    for part in ("the mean of all values", "the item's bias", "the user's bias", "2 other items"):
        assert part in text


def test_predict_keeps_the_order_and_counts_unknown_ids(alsace, sample):
    alsace(*"train ratings.csv --model r.alsace --explicit --biases --factors 2".split())
    (sample / "p.csv").write_text("item,user\nfilm1,alice\nfilm9,bob\nfilm1,zoe\nfilm9,zoe\nfilm1,alice\n")
    done = alsace("predict", "r.alsace", "p.csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(r["user"], r["item"]) for r in rows] == [
        ("alice", "film1"), ("bob", "film9"), ("zoe", "film1"), ("zoe", "film9"), ("alice", "film1"),
    ]
    assert rows[0] == rows[4]
    scores = [float(r["score"]) for r in rows]
    info = alsace("info", "r.alsace", "--json").json
    assert all(info["value_min"] <= s <= info["value_max"] for s in scores)
    assert scores[3] == pytest.approx(info["value_mean"], abs=1e-6)
    bob = alsace(*"explain r.alsace --user bob --item film5 --json".split()).json["user_bias"]
    assert scores[1] == pytest.approx(info["value_mean"] + bob, abs=1e-5)
    assert (
        "3 of 5 lines name a user or item the model does not know: they get the mean and the "
        "bias that is known" in done.err
    )
    same = alsace("predict", "r.alsace", "-", stdin=(sample / "p.csv").read_text())
    assert same.out == done.out
    assert alsace("predict", "r.alsace", "p.csv", "--out", "s.csv").out == ""
    assert (sample / "s.csv").read_text() == done.out
    as_json = alsace("predict", "r.alsace", "p.csv", "--json").json
    assert [e["score"] for e in as_json] == pytest.approx(scores, abs=1e-6)


def test_predict_looks_at_ids_only(alsace, model, sample):
    (sample / "odd.csv").write_text("user,item,rating,time\nalice,film1,,\nben,film1,n/a,soon\n")
    (sample / "plain.csv").write_text("user,item\nalice,film1\nben,film1\n")
    odd = alsace("predict", "plays.alsace", "odd.csv")
    assert odd.code == 0, odd.err
    assert odd.out == alsace("predict", "plays.alsace", "plain.csv").out


def test_predictions_of_an_implicit_model_are_the_scores_of_its_lists(alsace, model):
    listed = alsace(*"recommend plays.alsace --user alice --json".split()).json[0]["items"]
    rows = alsace(*"predict plays.alsace pairs.csv --json".split()).json
    assert rows[0]["score"] == pytest.approx(listed[0]["score"], abs=1e-6)
    assert rows[2] == {"user": "zoe", "item": "film9", "score": 0.0}


def test_a_model_of_ratings_wants_values_in_a_history(alsace, sample):
    alsace(*"train ratings.csv --model r.alsace --explicit --factors 2".split())
    done = alsace(*"recommend r.alsace --history film1".split())
    assert done.code == 2
    assert done.err == (
        "alsace recommend: --history 'film1' has no value, but the model is of ratings. Write "
        "film1=4, say.\n"
    )
    assert alsace(*"recommend r.alsace --history film1=5 film2=3".split()).code == 0


def test_info_tells_what_training_told(alsace, sample):
    trained = alsace(*"train plays.csv --model m.alsace --factors 4 --json".split()).json
    info = alsace("info", "m.alsace", "--json").json
    for key in ("users", "items", "interactions", "factors", "objective", "final_objective",
                "model_hash", "stopped", "warnings", "options", "confidence"):
        assert info[key] == trained[key], key
    assert info["complete"] is True and len(info["spectrum"]) == 4
    assert info["spectrum"] == sorted(info["spectrum"], reverse=True)
    text = alsace("info", "m.alsace").out
    assert "state         complete" in text
    assert f"model hash    {trained['model_hash']}" in text


def test_low_items_are_never_recommended_unless_asked(alsace, tmp_path):
    (tmp_path / "r.csv").write_text(
        "user,item,rating\na,x,5\na,y,1\nb,x,5\nb,y,5\nb,z,5\nc,y,4\nc,z,5\n"
    )
    alsace(*"train r.csv --liked 4 --model m.alsace --factors 2".split())
    items = alsace(*"recommend m.alsace --user a --json".split()).json[0]["items"]
    assert [i["item"] for i in items] == ["z"]
    items = alsace(*"recommend m.alsace --user a --include-seen --json".split()).json[0]["items"]
    assert sorted(i["item"] for i in items) == ["x", "y", "z"]
