"""alsace train: reading, checks before work, what it reports."""

import gzip
import os
import re

import pytest
from conftest import data_file


def test_it_reports_what_it_read_and_did(alsace, sample):
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--factors", 4, "--iterations", 3)
    assert done.code == 0
    assert "read plays.csv: 24 lines" in done.err
    assert "columns user,item,value,time" in done.err
    assert "data: 8 users, 8 items, 24 interactions" in done.err
    assert "confidence: median 11, 99 % 11, maximum 11" in done.err
    assert len(re.findall(r"^iteration [123]/3  objective [\d.,]+  [\d.]+ s$", done.err, re.M)) == 3
    assert re.search(r"^objective   [\d.,]+ after 3 iterations in [\d.]+ s$", done.out, re.M)
    assert re.search(r"^model hash  [0-9a-f]{16}$", done.out, re.M)
    assert re.search(r"^model       m\.alsace \([\d.]+ kB\)$", done.out, re.M)


def test_json_has_the_promised_keys(alsace, sample):
    out = alsace(
        "train", "plays.csv", "--model", "m.alsace", "--factors", 4, "--iterations", 3, "--json"
    ).json
    assert out["users"] == 8 and out["items"] == 8 and out["interactions"] == 24
    assert out["factors"] == 4 and out["iterations"] == 3
    assert len(out["objective"]) == len(out["seconds"]) == 3
    assert out["objective"][0] >= out["objective"][1] >= out["objective"][2] > 0
    assert 0 < out["final_objective"] <= out["objective"][2] * (1 + 1e-6)
    assert out["threads"] >= 1 and out["peak_memory_bytes"] > 1e6
    assert re.fullmatch("[0-9a-f]{16}", out["model_hash"])
    assert out["stopped"] == "iterations" and out["warnings"] == []
    assert out["model_bytes"] == (sample / "m.alsace").stat().st_size
    assert out["options"]["alpha"] == 10 and out["options"]["regularization"] == 0.001
    assert out["data"]["lines"] == 24


def hash_of(alsace, *options):
    return alsace("train", *options, "--model", "m.alsace", "--json").json["model_hash"]


def test_any_number_of_threads_gives_the_same_model(alsace, films):
    hashes = {
        hash_of(alsace, "films/plays.csv", "--iterations", 3, "--threads", n) for n in (1, 2, 3, 8)
    }
    assert len(hashes) == 1


def test_another_seed_gives_another_model(alsace, sample):
    assert hash_of(alsace, "plays.csv", "--seed", 1) != hash_of(alsace, "plays.csv", "--seed", 2)


def test_a_pipe_and_gzip_give_the_same_model_as_the_file(alsace, sample):
    text = (sample / "plays.csv").read_text()
    with gzip.open(sample / "plays.csv.gz", "wt") as file:
        file.write(text)
    piped = alsace("train", "-", "--model", "p.alsace", "--json", stdin=text)
    assert piped.json["model_hash"] == hash_of(alsace, "plays.csv")
    assert "read standard input: 24 lines" in piped.err
    assert hash_of(alsace, "plays.csv.gz") == hash_of(alsace, "plays.csv")


def test_several_files_are_read_one_after_the_other(alsace, sample):
    lines = (sample / "plays.csv").read_text().splitlines()
    (sample / "a.csv").write_text("\n".join(lines[:5]) + "\n")
    (sample / "b.csv").write_text("\n".join(lines[:1] + lines[5:]) + "\n")
    assert hash_of(alsace, "a.csv", "b.csv") == hash_of(alsace, "plays.csv")


def test_the_preset_gives_way_to_options_beside_it(alsace, sample):
    run = ["train", "plays.csv", "--model", "m.alsace", "--json"]
    for options in (["--preset", "recommended", "--alpha", 3], ["--alpha", 3, "--preset=recommended"]):
        out = alsace(*run, *options).json["options"]
        assert out["confidence"] == "relative" and out["alpha"] == 3
        assert out["regularization"] == 0.3 and out["regularization_exponent"] == 1


def test_every_training_option_reaches_the_model(alsace, sample):
    out = alsace(
        *"train plays.csv --model m.alsace --json --implicit --factors 3 --regularization 0.5"
        " --regularization-exponent 0.5 --regularization-count all --iterations 2 --tolerance 0.01"
        " --solver exact --seed 7 --threads 2 --confidence log --alpha 2 --log-epsilon 0.5"
        " --unobserved-weight 0.1 --dislikes".split()
    ).json
    assert out["options"] == {
        "feedback": "implicit",
        "factors": 3,
        "regularization": 0.5,
        "regularization_exponent": 0.5,
        "iterations": 2,
        "tolerance": 0.01,
        "solver": "exact",
        "seed": 7,
        "regularization_count": "all",
        "confidence": "log",
        "alpha": 2.0,
        "log_epsilon": 0.5,
        "unobserved_weight": 0.1,
        "dislikes": True,
    }
    out = alsace(
        *"train ratings.csv --model m.alsace --json --explicit --biases --nonnegative".split()
    ).json
    assert out["options"]["feedback"] == "explicit"
    assert out["options"]["biases"] and out["options"]["nonnegative"]
    assert out["options"]["regularization"] == 0.1
    assert out["options"]["regularization_exponent"] == 1


def test_negative_values_are_dislikes_when_asked_for(alsace, tmp_path):
    (tmp_path / "v.csv").write_text("user,item,value\na,x,2\na,y,-3\nb,x,0\nb,z,1\n")
    run = ["train", "v.csv", "--model", "m.alsace", "--json", "--factors", 2]
    assert alsace(*run).code == 1
    assert alsace(*run, "--dislikes").json["interactions"] == 4
    told = alsace("predict", "m.alsace", "v.csv").out.splitlines()[1:]
    scores = {tuple(line.split(",")[:2]): float(line.split(",")[2]) for line in told}
    assert scores["a", "x"] > 0.5 > scores["a", "y"]


def test_tolerance_ends_training_early(alsace, sample):
    out = alsace(
        *"train plays.csv --model m.alsace --json --iterations 200 --tolerance 0.01".split()
    ).json
    assert out["stopped"] == "tolerance" and out["iterations"] < 200


def test_filters_are_applied_and_counted(alsace, tmp_path):
    (tmp_path / "r.csv").write_text(
        "user,item,rating\na,x,5\na,y,2\na,x,3\nb,x,4\nb,y,4\nc,z,1\nd,y,5\n"
    )
    out = alsace(*"train r.csv --model m.alsace --json --min-value 4 --factors 2".split()).json
    assert out["data"]["duplicates"] == 1  # a,x: 5 + 3
    assert out["data"]["below_value"] == 2  # a,y and c,z
    assert out["low"] == 1  # c and z are gone
    assert (out["users"], out["items"], out["interactions"]) == (3, 2, 4)
    one = alsace(*"train r.csv --model m.alsace --json --liked 4 --factors 2".split()).json
    two = alsace(*"train r.csv --model m.alsace --json --min-value 4 --binary --factors 2".split())
    assert one["model_hash"] == two.json["model_hash"] != out["model_hash"]
    core = alsace(*"train r.csv --model m.alsace --json --min-per-user 2 --factors 2".split()).json
    assert (core["users"], core["items"]) == (2, 2)


def test_columns_and_delimiters_are_chosen(alsace, tmp_path):
    (tmp_path / "odd.txt").write_text("3|i1|x|u1\n4|i2|x|u1\n1|i2|x|u2\n")
    run = ["train", "odd.txt", "--model", "m.alsace", "--json", "--factors", "2"]
    out = alsace(*run, "--delimiter", "|", "--columns", "4,2,1").json
    assert (out["users"], out["items"], out["interactions"]) == (2, 2, 3)
    (tmp_path / "tab.txt").write_text("u1\ti1\nu2\ti2\n")
    run = ["train", "tab.txt", "--model", "m.alsace", "--json", "--factors", "2"]
    assert alsace(*run, "--delimiter", r"\t").json["users"] == 2


def test_bad_lines_are_skipped_counted_and_the_first_is_shown(alsace, tmp_path):
    (tmp_path / "r.csv").write_text("user,item,value\na,x,1\na,y,three\nb,x,2\nb\n")
    done = alsace(*"train r.csv --model m.alsace --skip-bad-lines --factors 2 --json".split())
    assert done.json["data"]["bad_lines"] == 2
    assert "warning: 2 bad lines skipped. The first: r.csv:3: value 'three'" in done.err


REFUSED = [
    # (options, code, message)
    ("plays.csv", 2, "--model is missing: where is the model to be written? For example --model my.alsace"),
    ("nowhere.csv --model m.alsace", 1, "nowhere.csv: there is no such file. Check the path."),
    ("play.csv --model m.alsace", 1, "play.csv: there is no such file. Check the path. Did you mean 'plays.csv'?"),
    ("folder --model m.alsace", 1, "folder: this is a directory, it must be a file. Name the file in it."),
    ("- - --model m.alsace", 2, "'-' (standard input) is given twice, it can be read once. Name files instead."),
    ("plays.csv --model folder", 1, "--model 'folder' is a directory, it must be a file. Add a file name."),
    ("plays.csv --model no/m.alsace", 1, "--model 'no/m.alsace': there is no directory 'no'. Make it first."),
    ("plays.csv --model plays.csv/m", 1, "--model 'plays.csv/m': there is no directory 'plays.csv'. Make it first."),
    ("plays.csv --model /dev/full", 1, "--model '/dev/full' is a device or pipe, it must be a file. Choose another path."),
    ("plays.csv --model m.alsace --checkpoint m.alsace", 2, "--checkpoint and --model name one file. Choose another for the checkpoint."),
    ("plays.csv --model m.alsace --checkpoint no/c", 1, "--checkpoint 'no/c': there is no directory 'no'. Make it first."),
    ("plays.csv --model m.alsace --checkpoint-every 3", 2, "--checkpoint-every must be 1 or more and goes with --checkpoint FILE."),
    ("plays.csv --model m.alsace --resume a --warm-start b", 2, "--resume and --warm-start exclude each other. --resume goes on with a checkpoint, --warm-start begins anew from a model's factors."),
    ("plays.csv --model m.alsace --implicit --explicit", 2, "--implicit and --explicit exclude each other. Give one of them."),
    ("plays.csv --model m.alsace --biases", 2, "--biases is for explicit feedback, this is implicit. Leave it out, or add --explicit."),
    ("plays.csv --model m.alsace --explicit --alpha 10", 2, "--alpha is for implicit feedback, this is explicit. Leave it out, or add --implicit."),
    ("plays.csv --model m.alsace --explicit --preset recommended", 2, "--preset is for implicit feedback, this is explicit. Leave it out, or add --implicit."),
    ("plays.csv --model m.alsace --preset best", 2, "--preset 'best' is not known. There is one: recommended."),
    ("plays.csv --model m.alsace --confidence linaer", 2, "options: confidence 'linaer' is not known. Choose one of linear, scaled, log, relative."),
    ("plays.csv --model m.alsace --duplicates first", 2, "--duplicates 'first' is not known. Choose one of sum, last, max, error."),
    ("plays.csv --model m.alsace --factors 0", 2, "options: factors is 0, it must be 1 to 65536. Start with 64."),
    ("plays.csv --model m.alsace --iterations=-1", 2, "options: iterations is -1, it must be 0 or more. Start with 20."),
    ("plays.csv --model m.alsace --regularization=-1", 2, "options: regularization is -1, it must be 0 or more. Start with 0.1."),
    ("plays.csv --model m.alsace --alpha 0", 2, "options: alpha is 0, it must be above 0. Start with 10."),
    ("plays.csv --model m.alsace --seed=-1", 2, "--seed is '-1', it must be a whole number, 0 or more."),
    ("plays.csv --model m.alsace --liked 4 --binary", 2, "--liked is --min-value and --binary in one: leave those two out."),
    ("plays.csv --model m.alsace --min-per-user=-1", 2, "--min-per-user is -1, it must be 0 or more."),
]


@pytest.mark.parametrize("options, code, message", REFUSED, ids=[r[0] for r in REFUSED])
def test_what_cannot_work_is_refused_with_the_whole_message_before_any_work(
    alsace, sample, options, code, message
):
    (sample / "folder").mkdir()
    done = alsace("train", *options.split())
    assert done.err == f"alsace train: {message}\n"
    assert done.code == code
    assert done.out == ""
    assert not (sample / "m.alsace").exists()


BAD_FILES = [
    # (content, code, what the message must say)
    ("", 1, "bad.csv"),
    ("user,item,value\n", 1, "bad.csv"),
    ("user,item,value\na,x,three\n", 1, "bad.csv:2: value 'three' is not a number"),
    ("user,item,value\na,x,nan\n", 1, "bad.csv:2:"),
    ("user,item,value\na,x,inf\n", 1, "bad.csv:2:"),
    ("user,item,value\na,x,-1\n", 1, "bad.csv:2:"),
    ("user,item,value\na,x,1\na,x\n", 1, "bad.csv:3:"),
    ("user,item,value\n,x,1\n", 1, "bad.csv:2:"),
]


@pytest.mark.parametrize("content, code, message", BAD_FILES, ids=[repr(b[0]) for b in BAD_FILES])
def test_files_that_cannot_be_understood_are_refused_with_file_and_line(
    alsace, tmp_path, content, code, message
):
    (tmp_path / "bad.csv").write_text(content)
    done = alsace("train", "bad.csv", "--model", "m.alsace")
    assert done.code == code and done.out == ""
    assert done.err.startswith("alsace train: ")
    assert message in done.err
    assert not (tmp_path / "m.alsace").exists()


def test_text_that_is_not_utf8_and_a_truncated_gzip_are_refused(alsace, tmp_path):
    (tmp_path / "latin.csv").write_bytes(b"user,item\nJos\xe9,x\n")
    done = alsace("train", "latin.csv", "--model", "m.alsace")
    assert done.code == 1 and "latin.csv:2:" in done.err and "UTF-8" in done.err
    packed = gzip.compress(b"user,item\n" + b"a,x\nb,y\n" * 1000)
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    done = alsace("train", "cut.csv.gz", "--model", "m.alsace")
    assert done.code == 1 and "cut.csv.gz" in done.err
    assert not (tmp_path / "m.alsace").exists()


def test_duplicates_are_refused_when_asked(alsace, tmp_path):
    (tmp_path / "twice.csv").write_text("user,item\na,x\nb,x\na,x\n")
    done = alsace("train", "twice.csv", "--model", "m.alsace", "--duplicates", "error")
    assert done.code == 1 and "'a'" in done.err and "'x'" in done.err


def test_a_column_that_is_not_there_is_wrong_use(alsace, sample):
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--columns", "user,film")
    assert done.code == 2 and "'film'" in done.err


def test_a_model_without_interactions_is_smaller_and_says_what_it_cannot_do(alsace, films):
    out = alsace(*"train films/plays.csv --factors 8 --model a.alsace --json".split()).json
    bare = alsace(
        *"train films/plays.csv --factors 8 --model b.alsace --no-interactions --json".split()
    ).json
    assert bare["model_bytes"] < out["model_bytes"]
    assert alsace("info", "b.alsace", "--json").json["stores_interactions"] is False
    done = alsace("recommend", "b.alsace", "--user", "user1")
    assert done.code == 2 and "include" in done.err
    assert alsace("recommend", "b.alsace", "--user", "user1", "--include-seen").code == 0


def test_nothing_but_the_model_is_left_in_the_directory(alsace, sample):
    before = set(os.listdir(sample))
    alsace("train", "plays.csv", "--model", "m.alsace", "--factors", 4)
    assert set(os.listdir(sample)) - before == {"m.alsace"}


def test_lastfm_raw_counts_warn_and_name_the_preset(alsace):
    file = data_file("lastfm-hetrec2011", "user_artists.dat")
    done = alsace("train", file, "--model", "m.alsace", "--iterations", 1, "--json")
    assert done.json["users"] == 1892
    assert any("--preset recommended" in w or "recommended" in w for w in done.json["warnings"])
    assert re.search(r"^warning: .*recommended", done.err, re.M)


def test_a_column_that_might_have_been_the_value_is_named(alsace, tmp_path):
    (tmp_path / "clicks.csv").write_text("user,item,clicks,time\na,x,3,1\nb,y,4,2\n")
    run = ["train", "clicks.csv", "--model", "m.alsace", "--factors", "2"]
    done = alsace(*run)
    assert (
        "every value is 1. Columns not used: clicks; for one of them to be the value: "
        "--columns user,item,clicks,time\n"
    ) in done.err
    again = alsace(*run, "--columns", "user,item,clicks,time")
    assert "not used" not in again.err and "confidence: median 31" in again.err
