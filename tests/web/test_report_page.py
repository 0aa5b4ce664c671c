"""Reports that the program makes, opened from disk and gone over in a browser."""

import csv
import json
import re

import pytest

from conftest import DATA


def test_made_up_films(alsace, walk):
    alsace("demo", "--save", "films", "--json")
    alsace("train", "films/plays.csv", "--model", "films.alsace")
    alsace("report", "films.alsace", "--items", "films/titles.csv", "--out", "report.html")
    walk("report.html")


def test_ratings_with_biases_and_nothing_else(alsace, walk, tmp_path):
    rows = [f"u{u},i{(u * 7 + n * 3) % 41},{1 + (u + n) % 5}" for u in range(30) for n in range(9)]
    (tmp_path / "ratings.csv").write_text("user,item,rating\n" + "\n".join(rows) + "\n")
    alsace(
        *("train", "ratings.csv", "--model", "ratings.alsace"),
        *("--explicit", "--biases", "--factors", 8),
    )
    alsace("report", "ratings.alsace", "--out", "report.html")
    walk("report.html")


def test_hostile_names(alsace, walk, tmp_path):
    bad = '</script><b id="evil">'
    rows = [f'{u},"{bad.replace(chr(34), chr(34) * 2)}{i}"' for u in range(9) for i in range(7) if (u + i) % 3]
    (tmp_path / "plays.csv").write_text("user,item\n" + "\n".join(rows) + "\n")
    alsace("train", "plays.csv", "--model", "plays.alsace", "--factors", 4)
    alsace("report", "plays.alsace", "--title", bad, "--out", "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("</script>") == 2
    walk("report.html")


def movies_table(source, target):
    """movies.dat of MovieLens 1M as item, title, year, genres."""
    with target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["item", "title", "year", "genres"])
        for line in source.read_text(encoding="latin-1").splitlines():
            item, title, genres = line.split("::")
            year = re.search(r"\((\d{4})\)$", title)
            rows.writerow([item, title, year.group(1) if year else "", genres])


def test_movielens_1m(alsace, walk, tmp_path):
    interactions = DATA / "movielens-1m" / "interactions.tsv"
    if not interactions.is_file():
        pytest.skip(f"NO DATA: {interactions} is not there. Set ALSACE_DATA.")
    movies_table(DATA / "movielens-1m" / "movies.dat", tmp_path / "movies.csv")
    alsace("train", interactions, "--model", "movies.alsace", "--preset", "recommended")
    measured = alsace(
        *("evaluate", interactions, "--split", "random", "--preset", "recommended"),
        *("--iterations", 5, "--json"),
    )
    (tmp_path / "evaluation.json").write_text(measured, encoding="utf-8")
    alsace(
        *("report", "movies.alsace", "--items", "movies.csv", "--out", "report.html"),
        *("--evaluation", "evaluation.json", "--title", "MovieLens 1M"),
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    data = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    assert len(data["items"]["ids"]) == 3706
    assert [column["name"] for column in data["items"]["columns"]] == ["year", "genres"]
    walk("report.html")
