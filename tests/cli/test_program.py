"""What holds for every command: help, names, exit codes, streams."""

import re
import shlex

import pytest

COMMANDS = ["train", "evaluate", "tune", "recommend", "similar", "explain", "predict", "info", "demo"]


def test_without_arguments_it_shows_the_commands_and_counts_as_wrong_use(alsace):
    done = alsace()
    assert done.code == 2
    assert done.out == ""
    assert "Usage: alsace COMMAND" in done.err


def test_help_lists_every_command(alsace):
    done = alsace("--help")
    assert done.code == 0 and done.err == ""
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", done.out, re.MULTILINE)


def test_the_version_is_three_numbers(alsace):
    assert re.fullmatch(r"alsace \d+\.\d+\.\d+\n", alsace("--version").out)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_is_the_same_both_ways_and_ends_with_an_example(alsace, command):
    one, other = alsace(command, "--help"), alsace("help", command)
    assert one.code == other.code == 0
    assert one.out == other.out
    assert f"Usage: alsace {command}" in one.out
    last = one.out.rstrip().splitlines()[-1]
    assert last.startswith("  alsace ")
    assert max(map(len, one.out.splitlines())) <= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_of_the_help_run(alsace, model, command):
    text = alsace(command, "--help").out
    examples = text.split("Example:\n")[1].strip().splitlines()
    for example in examples:
        words = shlex.split(example)
        assert words[0] == "alsace"
        done = alsace(*words[1:])
        assert done.code == 0, f"{example}: {done.err}"
        assert done.out or "--out" in words


def test_an_unknown_command_names_the_nearest(alsace):
    done = alsace("trian", "plays.csv")
    assert done.code == 2 and done.out == ""
    assert done.err == (
        "alsace: there is no command 'trian'. Did you mean 'train'? 'alsace --help' lists them.\n"
    )


def test_an_unknown_option_names_the_nearest(alsace, sample):
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--factrs=4")
    assert done.code == 2 and done.out == ""
    assert done.err == (
        "alsace train: there is no option '--factrs'. Did you mean '--factors'? "
        "'alsace train --help' lists them.\n"
    )


def test_a_missing_value_is_wrong_use(alsace, sample):
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--factors")
    assert done.code == 2
    assert done.err == (
        "alsace train: --factors needs exactly one value (one that begins with '-' is written "
        "--factors=-1). See 'alsace train --help'.\n"
    )


def test_a_word_in_place_of_a_number_is_wrong_use(alsace, sample):
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--factors", "many")
    assert done.code == 2
    assert done.err == "alsace train: --factors is 'many', it must be a whole number.\n"
    done = alsace("train", "plays.csv", "--model", "m.alsace", "--alpha", "1,5")
    assert done.err == "alsace train: --alpha is '1,5', it must be a number.\n"


def test_missing_arguments_are_named(alsace, sample):
    assert alsace("info").err == "alsace info: MODEL is missing. Usage: alsace info MODEL [options] (options that take several values come after it)\n"
    done = alsace("train", "--model", "m.alsace")
    assert done.code == 2
    assert done.err == (
        "alsace train: FILE... is missing. Usage: alsace train FILE... --model OUT [options]\n"
    )


def test_one_argument_too_many_is_wrong_use(alsace, model):
    done = alsace("info", "plays.alsace", "more")
    assert done.code == 2
    assert done.err == (
        "alsace info: 'more' is one argument too many. Usage: alsace info MODEL [options]\n"
    )


def test_a_full_disk_behind_standard_output_is_an_error(alsace, model, tmp_path):
    import subprocess

    from conftest import PROGRAM

    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, "info", "plays.alsace"], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path
        )
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "alsace info: standard output takes no more: No space left on device. Free some space or "
        "write elsewhere.\n"
    )


def test_json_of_every_command_is_one_document_and_quiet_leaves_standard_error_empty(
    alsace, model
):
    runs = [
        ["train", "plays.csv", "--model", "again.alsace", "--factors", 4],
        ["evaluate", "plays.csv", "--split", "random", "--factors", 4],
        ["recommend", "plays.alsace", "--user", "alice"],
        ["recommend", "plays.alsace", "--all"],
        ["recommend", "plays.alsace", "--all", "--out", "lists.jsonl"],
        ["similar", "plays.alsace", "--item", "film1"],
        ["explain", "plays.alsace", "--user", "alice", "--item", "film1"],
        ["predict", "plays.alsace", "pairs.csv"],
        ["info", "plays.alsace"],
        ["demo"],
    ]
    for run in runs:
        done = alsace(*run, "--json", "--quiet")
        assert done.json is not None
        assert done.err == "", run


def test_nothing_is_coloured_when_piped(alsace, model):
    for run in (["demo"], ["info", "plays.alsace"], ["recommend", "plays.alsace", "--user", "amy"]):
        done = alsace(*run)
        assert "\x1b" not in done.out + done.err
        assert "\r" not in done.err
