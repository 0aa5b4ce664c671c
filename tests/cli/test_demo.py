"""alsace demo: a newcomer must see by the titles that it works."""

import re
import shlex
import time

import pytest


def test_it_shows_test_users_and_reasons_in_seconds(alsace):
    start = time.monotonic()
    done = alsace("demo")
    assert done.code == 0 and done.err == ""
    assert time.monotonic() - start < 60
    for heading in ("1. A made-up film catalogue", "2. Two users", "3. What to try next"):
        assert heading in done.out
    for row in ("als", "random", "popularity"):
        assert re.search(rf"^  {row} +0\.\d{{4}}", done.out, re.M)
    assert re.search(r"Alsace finds \d\.\d times what a list of the most popular items finds", done.out)
    assert len(re.findall(r"^User user\d+, \d+ items, likes", done.out, re.M)) == 2
    assert len(re.findall(r"^why .+\?$", done.out, re.M)) == 2


def test_two_users_of_different_taste_get_films_of_their_genre(alsace):
    users = alsace("demo", "--json").json["users"]
    assert len(users) == 2 and users[0]["likes"] != users[1]["likes"]
    for user in users:
        genre = f"({user['likes']})"
        hits = [r for r in user["recommendations"] if r["title"].endswith(genre)]
        assert len(hits) >= 8
        seen = {h["item"] for h in user["history"]}
        assert seen.isdisjoint(r["item"] for r in user["recommendations"])
        why = user["explanation"]
        assert why["contributions"][0]["title"].endswith(genre)
        parts = sum(c["score"] for c in why["contributions"])
        assert parts == pytest.approx(why["score"], abs=1e-4)


def test_als_is_far_better_than_the_baselines(alsace):
    models = {m["name"]: m["metrics"]["recall@10"] for m in alsace("demo", "--json").json["models"]}
    assert models["als"]["low"] > 2 * models["popularity"]["high"]
    assert models["popularity"]["low"] > models["random"]["high"]


@pytest.mark.parametrize("saved", [False, True])
def test_what_it_says_to_try_next_runs(alsace, saved):
    out = alsace("demo", *(["--save", "saved"] if saved else [])).out
    commands = re.findall(r"^  (alsace .*?)(?:  +\(.*)?$", out.split("What to try next")[1], re.M)
    assert len(commands) >= 4
    for command in commands:
        done = alsace(*shlex.split(command)[1:])
        assert done.code == 0, f"{command}: {done.err}"


def test_it_runs_on_a_file_of_ones_own_and_chooses_two_different_users(alsace, films):
    done = alsace("demo", "films/plays.csv", "--items", "films/titles.csv", "--min-value", 1)
    assert done.code == 0, done.err
    assert "1. Your data" in done.out
    assert len(re.findall(r"^User user\d+, \d+ items, of which the most$", done.out, re.M)) == 2
    assert "(" in done.out.split("gets")[1]
    commands = re.findall(r"^  (alsace .*)$", done.out.split("What to try next")[1], re.M)
    assert "--min-value 1" in commands[0]
    for command in commands:
        run = alsace(*shlex.split(command)[1:])
        assert run.code == 0, f"{command}: {run.err}"
    users = alsace("demo", "films/plays.csv", "--items", "films/titles.csv", "--json").json["users"]
    tastes = [{r["title"].split("(")[-1] for r in u["recommendations"][:5]} for u in users]
    assert tastes[0] != tastes[1]


def test_it_runs_on_the_smallest_file_that_can_be_split(alsace, sample):
    done = alsace("demo", "plays.csv")
    assert done.code == 0, done.err
    assert alsace("demo", "pairs.csv").code in (0, 1)


def test_wrong_use_is_refused(alsace, sample):
    done = alsace("demo", "plays.csv", "--save", "x")
    assert done.code == 2
    assert done.err == "alsace demo: --save writes the made-up catalogue: leave FILE out.\n"
    done = alsace("demo", "--items", "titles.csv")
    assert done.code == 2
    assert done.err == "alsace demo: --items goes with a FILE of yours.\n"


def test_the_catalogue_is_saved_once_and_the_same(alsace, tmp_path):
    alsace("demo", "--save", "a", "--json")
    alsace("demo", "--save", "b", "--json")
    for name in ("plays.csv", "titles.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / "plays.csv").read_text().startswith("user,item,value,time\nuser1,film")
    assert len((tmp_path / "a" / "titles.csv").read_text().splitlines()) == 1201
