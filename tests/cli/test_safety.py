"""What a slip of the hand must not cost: inputs, the exit code, a clean directory."""

import os
import signal
import subprocess

import pytest

from conftest import PROGRAM

INPUTS = ["plays.csv", "pairs.csv", "titles.csv", "users.txt", "plays.alsace"]


@pytest.fixture
def inputs(model, sample):
    """Every input of the commands below, and a link to one."""
    (sample / "users.txt").write_text("alice\n")
    (sample / "link.csv").symlink_to("plays.csv")
    return {name: (sample / name).read_bytes() for name in INPUTS}


@pytest.mark.parametrize(
    "command",
    [
        "train plays.csv --model plays.csv",
        "train plays.csv --model ./plays.csv",
        "train plays.csv --model link.csv",
        "train plays.csv --model m.alsace --checkpoint plays.csv",
        "train plays.csv --model m.alsace --warm-start plays.alsace --checkpoint plays.alsace",
        "recommend plays.alsace --all --out plays.alsace",
        "recommend plays.alsace --users users.txt --out users.txt",
        "recommend plays.alsace --all --allow users.txt --out users.txt",
        "recommend plays.alsace --all --deny users.txt --out users.txt",
        "recommend plays.alsace --all --items titles.csv --out ./titles.csv",
        "predict plays.alsace pairs.csv --out pairs.csv",
        "predict plays.alsace pairs.csv --out plays.alsace",
        "report plays.alsace --out plays.alsace",
        "report plays.alsace --items titles.csv --out titles.csv",
    ],
)
def test_an_input_is_never_written_over(alsace, inputs, sample, command):
    done = alsace(*command.split())
    assert done.code == 2 and done.out == ""
    assert "is also an input, and would be written over. Choose another path." in done.err
    assert len(done.err.splitlines()) == 1
    assert {name: (sample / name).read_bytes() for name in INPUTS} == inputs


def test_one_file_under_two_names_is_no_model_and_checkpoint(alsace, sample):
    done = alsace(*"train plays.csv --model m.alsace --checkpoint ./m.alsace".split())
    assert done.code == 2 and "--checkpoint and --model name one file" in done.err


def test_a_model_or_checkpoint_may_be_replaced_by_what_continues_it(alsace, sample):
    train = "train plays.csv --factors 2 --checkpoint c.alsace".split()
    assert alsace(*train, "--iterations", 2, "--model", "m.alsace").code == 0
    done = alsace(*train, "--iterations", 4, "--resume", "c.alsace", "--model", "m.alsace")
    assert done.code == 0, done.err
    done = alsace(*train[:-2], "--warm-start", "m.alsace", "--model", "m.alsace")
    assert done.code == 0, done.err


@pytest.mark.parametrize("redirect", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(
    "command, code",
    [("", 2), ("trian", 2), ("train no.csv --model m.alsace", 1), ("train plays.csv", 2),
     ("train plays.csv --factors 2 --model m.alsace", 0)],
)
def test_standard_error_that_takes_nothing_leaves_the_exit_code(sample, redirect, command, code):
    done = subprocess.run(f"'{PROGRAM}' {command} {redirect}", shell=True, cwd=sample, timeout=60,
                          stdout=subprocess.PIPE)
    assert done.returncode == code


def test_the_preset_leaves_the_other_options_of_a_checkpoint(alsace, sample):
    train = "train plays.csv --preset recommended --json --quiet".split()
    first = alsace(
        *train, *"--factors 2 --seed 3 --iterations 7 --tolerance 1e-12".split(),
        *"--model m.alsace --checkpoint c.alsace --checkpoint-every 2".split(),
    ).json
    rest = alsace(*train, "--resume", "c.alsace", "--model", "n.alsace").json
    assert rest["options"] == first["options"]
    assert rest["options"]["iterations"] == 7
    assert rest["model_hash"] == first["model_hash"]


def test_ctrl_c_while_predicting_leaves_no_file(sample, model):
    lines = ["user,item"] + ["alice,film1"] * 2_000_000
    (sample / "many.csv").write_text("\n".join(lines) + "\n")
    before = set(os.listdir(sample))
    process = subprocess.Popen(
        [str(PROGRAM), "predict", "plays.alsace", "many.csv", "--out", "out.csv"],
        cwd=sample,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and set(os.listdir(sample)) == before:
        pass
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert set(os.listdir(sample)) == before


def test_too_many_threads_are_refused_with_the_command_named_once(alsace, model):
    done = alsace(*"recommend plays.alsace --all --threads 5000".split())
    assert done.code == 2 and "threads is 5000" in done.err
    assert done.err.startswith("alsace recommend: ") and done.err.count("recommend:") == 1


def test_titles_of_other_items_are_noted(alsace, model, sample):
    (sample / "other.csv").write_text("item,title\nbook1,A Book\n")
    for command in (
        "recommend plays.alsace --user alice",
        "similar plays.alsace --item film1",
        "explain plays.alsace --user alice --item film1",
    ):
        assert "no item of it" in alsace(*command.split(), "--items", "other.csv").err
        assert "no item of it" not in alsace(*command.split(), "--items", "titles.csv").err
