"""alsace train: Ctrl-C, checkpoints, going on with them and beginning from a model."""

import os
import signal
import subprocess
import time

import pytest
from conftest import PROGRAM


def test_resume_goes_on_to_the_bit_identical_model(alsace, films):
    data = ["films/plays.csv", "--factors", 8, "--seed", 3]
    whole = alsace("train", *data, "--iterations", 6, "--model", "whole.alsace", "--json").json
    first = alsace(
        "train", *data, "--iterations", 4, "--model", "half.alsace", "--checkpoint", "c.alsace",
        "--checkpoint-every", 2, "--json",
    ).json
    assert alsace("info", "c.alsace", "--json").json["complete"] is False
    # Factors and seed come from the checkpoint.
    rest = alsace(
        "train", "films/plays.csv", "--iterations", 6, "--resume", "c.alsace", "--model",
        "rest.alsace", "--json",
    ).json
    assert first["model_hash"] != whole["model_hash"] == rest["model_hash"]
    assert rest["objective"] == whole["objective"]


def test_resume_refuses_other_options_and_other_data(alsace, films):
    alsace(
        *"train films/plays.csv --factors 8 --iterations 2 --model m.alsace --checkpoint c.alsace".split()
    )
    done = alsace(*"train films/plays.csv --resume c.alsace --alpha 3 --model n.alsace".split())
    assert done.code == 2 and "options" in done.err.splitlines()[-1]
    done = alsace(*"train films/plays.csv --resume c.alsace --binary --model n.alsace".split())
    assert done.code == 2 and "data" in done.err.splitlines()[-1]
    done = alsace(*"train films/plays.csv --resume m.alsace --model n.alsace".split())
    assert done.code == 2 and "checkpoint" in done.err.splitlines()[-1]
    assert not (films.parent / "n.alsace").exists()


def test_a_warm_start_begins_where_the_model_ended(alsace, films):
    data = ["train", "films/plays.csv", "--factors", 8, "--json"]
    cold = alsace(*data, "--iterations", 10, "--model", "a.alsace").json
    warm = alsace(*data, "--iterations", 1, "--warm-start", "a.alsace", "--model", "b.alsace").json
    assert warm["objective"][0] <= cold["objective"][-1] * (1 + 1e-6)
    done = alsace(*data[:-3], "--factors", 9, "--warm-start", "a.alsace", "--model", "c.alsace")
    assert done.code == 2 and "factors" in done.err


@pytest.fixture
def start():
    """Starts the program beside the test; whatever still runs at its end is killed."""
    started = []

    def run(arguments, cwd):
        process = subprocess.Popen(
            [str(PROGRAM), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            # A shell's background job, as CI may be, passes on that it ignores Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()


def wait_for(process, text, times=1):
    """Reads standard error until `text` has come so often."""
    seen = ""
    while seen.count(text) < times:
        line = process.stderr.readline()
        assert line, f"'{text}' never came: {seen}"
        seen += line
    return seen


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_training_writes_a_whole_model(alsace, start, films, number):
    process = start(
        ["train", "films/plays.csv", "--iterations", 100000, "--model", "m.alsace", "--json"],
        films.parent,
    )
    wait_for(process, "iteration ", 3)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Ctrl-C: ending after this half-step" in err
    assert "interrupted: the model is whole, and written." in err
    assert '"stopped": "interrupted"' in out
    info = alsace("info", "m.alsace", "--json").json
    assert info["complete"] is True and 2 <= info["iterations"] < 100000
    assert alsace("recommend", "m.alsace", "--user", "user1").code == 0


def test_a_second_ctrl_c_ends_at_once_with_130(start, films):
    # Many factors, so that a half-step lasts.
    process = start(
        ["train", "films/plays.csv", "--factors", 512, "--solver", "exact", "--iterations", 100,
         "--model", "m.alsace"],
        films.parent,
    )
    wait_for(process, "training: ")
    process.send_signal(signal.SIGINT)
    wait_for(process, "Ctrl-C")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not (films.parent / "m.alsace").exists()


def test_ctrl_c_while_reading_ends_at_once_and_writes_nothing(start, tmp_path):
    os.mkfifo(tmp_path / "slow.csv")
    process = start(["train", "slow.csv", "--model", "m.alsace"], tmp_path)
    with open(tmp_path / "slow.csv", "w") as pipe:
        pipe.write("user,item\n")
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGINT, 130)
    assert os.listdir(tmp_path) == ["slow.csv"]


def test_a_checkpoint_that_cannot_be_written_is_a_warning(alsace, sample):
    name = "c" * 250  # As a temporary file it is too long for any file system.
    done = alsace(
        *f"train plays.csv --model m.alsace --factors 2 --iterations 2 --checkpoint {name}".split()
    )

    assert done.code == 0
    assert done.err.count("warning: training goes on without this checkpoint. ") == 2
    assert "cannot be written: File name too long" in done.err
    assert (sample / "m.alsace").exists()
