"""Files of training options: alsace train --config."""

import json

import pytest


def write(folder, document, name="options.json"):
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))
    return name


def trained(alsace, *options):
    return alsace("train", "plays.csv", "--model", "m.alsace", "--json", *options).json


def test_options_of_a_file_are_those_of_the_command_line(alsace, sample):
    write(
        sample,
        {
            "factors": 3,
            "regularization": 0.05,
            "regularization_exponent": 1,
            "regularization_count": "all",
            "iterations": 4,
            "tolerance": 0.0001,
            "solver": "exact",
            "seed": 7,
            "confidence": "log",
            "alpha": 2,
            "log_epsilon": 0.5,
            "unobserved_weight": 0.3,
        },
    )
    by_file = trained(alsace, "--config", "options.json")
    by_flags = trained(
        alsace,
        *"--factors 3 --regularization 0.05 --regularization-exponent 1".split(),
        *"--regularization-count all --iterations 4 --tolerance 0.0001 --solver exact".split(),
        *"--seed 7 --confidence log --alpha 2 --log-epsilon 0.5 --unobserved-weight 0.3".split(),
    )
    assert by_file["options"] == by_flags["options"]
    assert by_file["model_hash"] == by_flags["model_hash"]
    assert by_file["options"]["regularization_count"] == "all"


def test_what_train_reports_is_read_again(alsace, sample):
    report = trained(alsace, "--preset", "recommended", "--factors", 3, "--iterations", 2)
    again = trained(alsace, "--config", write(sample, report))
    assert again["model_hash"] == report["model_hash"]
    assert trained(alsace, "--config", write(sample, report["options"]))["options"] == report["options"]


def test_the_command_line_wins_over_the_file_and_the_file_over_the_preset(alsace, sample):
    file = write(sample, {"alpha": 5, "factors": 3, "iterations": 2})
    options = trained(alsace, "--config", file, "--preset", "recommended", "--factors", 2)["options"]
    assert options["factors"] == 2  # Given.
    assert options["alpha"] == 5  # The file's, not the preset's 10.
    assert options["regularization"] == 0.3  # The preset's.
    assert options["iterations"] == 2


def test_a_file_can_name_the_preset_and_the_feedback(alsace, sample):
    file = write(sample, {"preset": "recommended", "factors": 2, "iterations": 1})
    assert trained(alsace, "--config", file)["options"]["confidence"] == "relative"
    file = write(sample, {"feedback": "explicit", "biases": True, "factors": 2, "iterations": 1})
    assert trained(alsace, "--config", file)["options"]["biases"] is True


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"factor": 3}, ["options.json: there is no option 'factor'. Did you mean 'factors'?"]),
        ({"options": {"Alpha": 3}}, ["no option 'Alpha'. Did you mean 'alpha'?"]),
        ({"factors": "64"}, ['options.json: factors is "64": it must be a whole number.']),
        ({"factors": 64.5}, ["factors is 64.5: it must be a whole number."]),
        ({"factors": 10**10}, ["factors is 10000000000: it must be a whole number in range."]),
        ({"factors": 0}, ["options.json: factors is 0, it must be 1 to 65536."]),
        ({"seed": -1}, ["seed is -1: it must be a whole number, 0 or more."]),
        ({"alpha": None}, ["alpha is null: it must be a number."]),
        ({"alpha": -2}, ["options.json: alpha is -2, it must be above 0."]),
        ({"biases": 1}, ["biases is 1: it must be true or false."]),
        ({"biases": True}, ["options.json: biases is for explicit feedback"]),
        ({"nonnegative": True}, ["options.json: nonnegative is for explicit feedback"]),
        ({"feedback": "explicit", "alpha": 3}, ["options.json: alpha is for implicit feedback"]),
        (
            {"feedback": "explicit", "log_epsilon": 3},
            ["options.json: log_epsilon is for implicit feedback"],
        ),
        ({"confidence": "linaer"}, ["confidence is", "'linaer' is not known. Choose one of linear"]),
        ({"preset": "best"}, ["options.json: preset 'best' is not known"]),
        ({"options": [1]}, ['"options" must be an object']),
        ([1], ["it must hold an object of options"]),
        ("{", ["options.json: this is no JSON, it goes wrong at byte 2"]),
        ("", ["this is no JSON"]),
        ('{"alpha": 1e999}', ["this is no JSON"]),
        ('{"alpha": 1, "alpha": 2}', ["'alpha' is there twice"]),
    ],
)
def test_what_is_wrong_is_named(alsace, sample, document, words):
    write(sample, document)
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--config", "options.json")
    assert done.code == 2, done.err
    for word in words:
        assert word in done.err
    assert not (sample / "m.alsace").exists()


def test_a_file_for_the_other_feedback_is_refused(alsace, sample):
    write(sample, {"feedback": "implicit", "alpha": 3})
    done = alsace(
        "train", "ratings.csv", "--model", "m.alsace", "--config", "options.json", "--explicit"
    )
    assert done.code == 2
    assert "options.json: these are options for implicit feedback, --explicit is given" in done.err


def test_a_file_that_is_not_there_and_a_model_that_would_replace_it(alsace, sample):
    write(sample, {"factors": 2})
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--config", "option.json")
    assert done.code == 1
    assert "option.json: there is no such file" in done.err and "'options.json'" in done.err
    done = alsace("train", "plays.csv", "--model", "options.json", "--config", "options.json")
    assert done.code == 2 and "options.json" in done.err
