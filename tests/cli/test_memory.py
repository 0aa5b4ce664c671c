"""alsace train: the memory it takes, says that it will take, and may take."""

import re

import pytest

USERS, ITEMS, EACH = 30_000, 2_000, 100
# The program itself, and windows of the reader: one thread keeps these small.
PROGRAM = 10_000_000


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """3,000,000 interactions: bare pairs, with times, with values of 1, of 1 to 5, and all of it."""
    folder = tmp_path_factory.mktemp("memory")
    endings = {
        "pairs.csv": ("user,item", lambda j: ""),
        "timed.csv": ("user,item,time", lambda j: f",{1000 + j}"),
        "ones.csv": ("user,item,value", lambda j: ",1"),
        "values.csv": ("user,item,value", lambda j: f",{j % 5 + 1}"),
        "times.csv": ("user,item,value,time", lambda j: f",{j % 5 + 1},{1000 + j}"),
    }
    for name, (header, ending) in endings.items():
        tails = [ending(j) for j in range(EACH)]
        with open(folder / name, "w") as file:
            file.write(header + "\n")
            for user in range(USERS):
                step = user % 7 + 1
                lines = (f"{user},{(31 * user + step * j) % ITEMS}{tails[j]}\n" for j in range(EACH))
                file.write("".join(lines))
    return folder


@pytest.mark.parametrize("options", [[], ["--min-per-user", 100, "--min-per-item", 10]], ids=["plain", "core"])
@pytest.mark.parametrize("factors", [16, 64])
@pytest.mark.parametrize("name", ["pairs.csv", "timed.csv", "ones.csv", "values.csv", "times.csv"])
def test_training_takes_what_it_promises(alsace, data, name, factors, options):
    out = alsace(
        "train", data / name, "--model", "m.alsace", "--json", "--threads", 1,
        "--factors", factors, "--iterations", 1, *options,
    ).json  # fmt: skip

    assert out["interactions"] == USERS * EACH and out["users"] == USERS
    each = 16 if name in ("values.csv", "times.csv") else 8
    promised = 2 * (each * out["interactions"] + 8 * factors * (out["users"] + out["items"]))
    assert out["peak_memory_bytes"] <= promised + PROGRAM
    # What it says beforehand is of training; the filters take no more than 4 bytes beyond it.
    says = out["memory_needed_bytes"]
    filters = 4 * out["interactions"] if name == "ones.csv" or options else 0
    assert 0.7 * says <= out["peak_memory_bytes"] <= says + filters


def test_ratings_with_times_keep_the_promise_too(alsace, data):
    out = alsace(
        "train", data / "times.csv", "--model", "m.alsace", "--json", "--threads", 1,
        "--explicit", "--factors", 16, "--iterations", 1,
    ).json  # fmt: skip

    promised = 2 * (16 * out["interactions"] + 8 * 16 * (out["users"] + out["items"]))
    assert out["peak_memory_bytes"] <= promised + PROGRAM


def test_it_says_before_it_starts_how_much_memory_it_needs(alsace, sample):
    done = alsace(
        *"train plays.csv --model m.alsace --factors 2 --threads 1 --json --memory-limit 20MB".split()
    )

    # 16 MiB for the program, and little more.
    assert 16 * 2**20 < done.json["memory_needed_bytes"] < 17_000_000
    assert 0 < done.json["train_seconds"] < 60
    assert done.json["train_seconds"] >= sum(done.json["seconds"])
    lines = done.err.splitlines()
    assert "memory: training needs at most 16.8 MB, limit 20.0 MB" in lines
    assert [line.split(":")[0] for line in lines].index("memory") < [
        line.split(":")[0] for line in lines
    ].index("training")


def test_too_low_a_limit_is_refused_and_nothing_is_written(alsace, sample):
    done = alsace(*"train plays.csv --model m.alsace --factors 2 --threads 1 --memory-limit 1M".split())

    assert done.code == 2
    assert done.out == ""
    assert re.fullmatch(
        "alsace train: 16.8 MB of memory are needed for 24 interactions and 2 factors of 8 users "
        r"and 8 items, the limit \(--memory-limit\) is 1.0 MB. Use fewer factors \(--factors\), "
        r"leave out rare users and items \(--min-per-user, --min-per-item\), or raise the limit.",
        done.err.splitlines()[-1],
    )
    assert not (sample / "m.alsace").exists()


def test_a_file_that_does_not_fit_is_refused_while_it_is_read(alsace, data):
    done = alsace("train", data / "values.csv", "--model", "m.alsace", "--memory-limit", "20M")

    assert done.code == 2
    assert "values.csv: " in done.err and "limit (--memory-limit) is 20.0 MB" in done.err
    assert "data: " not in done.err


@pytest.mark.parametrize(
    "size, shown",
    [
        ("17000000", "17.0 MB"),
        ("18000000B", "18.0 MB"),
        ("18000k", "18.0 MB"),
        ("500M", "500.0 MB"),
        ("500mb", "500.0 MB"),
        ("1.5G", "1.5 GB"),
        ("8GiB", "8.6 GB"),
        ("1T", "1.0 TB"),
    ],
)
def test_sizes(alsace, sample, size, shown):
    done = alsace(*"train plays.csv --model m.alsace --factors 2 --threads 1 --memory-limit".split(), size)

    assert done.code == 0, done.err
    assert f", limit {shown}\n" in done.err


@pytest.mark.parametrize("size", ["M", "0", "-1", "8Q", "8Gi", "8 G", "8GiBs", "1e9", "nan", "inf", "9999999P"])
def test_what_is_no_size_is_refused(alsace, sample, size):
    done = alsace("train", "plays.csv", "--model", "m.alsace", f"--memory-limit={size}")

    assert done.code == 2
    assert done.err == (
        f"alsace train: --memory-limit is '{size}', it must be a size above 0: bytes, or a number "
        "with K, M, G, T (powers of 1000) or KiB, MiB, GiB, TiB (of 1024), for example 8G.\n"
    )
    assert not (sample / "m.alsace").exists()
