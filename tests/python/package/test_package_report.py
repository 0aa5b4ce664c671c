"""model.report: the page and the pictures that the program writes as well."""

import json
import re

import pytest

import alsace

USERS = [u for u in range(12) for _ in range(5)]
ITEMS = [f"i{(u * 3 + n * n) % 17}" for u in range(12) for n in range(5)]


@pytest.fixture(scope="module")
def model():
    return alsace.ImplicitALS(factors=4, threads=1, iterations=3).fit(user=USERS, item=ITEMS)


def document(path):
    text = path.read_text(encoding="utf-8")
    (found,) = re.findall(r'<script id="alsace-data" type="application/json">(.*?)</script>', text, re.S)
    return json.loads(found)


def test_the_page_shows_the_model(model, tmp_path):
    items = tmp_path / "items.csv"
    items.write_text("item,title,kind\n" + "".join(f"i{n},T{n},{'ab'[n % 2]}\n" for n in range(17)))
    evaluation = {"data": {}, "models": [{"name": "als", "metrics": {}}]}
    path = tmp_path / "report.html"
    model.report(path, items=items, title="A <b>", named_users=[7], users=3, top_k=4, evaluation=evaluation)
    report = document(path)
    assert report["title"] == "A <b>" and report["evaluation"] == evaluation
    assert report["users"][0]["id"] == "7" and len(report["users"]) in (3, 4)
    assert report["facts"]["model_hash"] == model.model_hash
    assert [column["name"] for column in report["items"]["columns"]] == ["kind"]
    listed = model.recommend(7, top_k=4)[0]
    shown = [report["items"]["ids"][r["item"]] for r in report["users"][0]["recommendations"]]
    assert shown == list(listed)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["items.csv", "report.html"]


def test_pictures_go_by_the_name_of_the_file(model, tmp_path):
    model.report(tmp_path / "map.svg", components=(2, 1))
    assert (tmp_path / "map.svg").read_text().startswith("<svg ")
    assert "PC2 (" in (tmp_path / "map.svg").read_text()
    model.report(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    model.report(tmp_path / "map", format="svg")
    assert (tmp_path / "map").read_text().startswith("<svg ")


@pytest.mark.parametrize(
    "error, settings",
    [
        (alsace.errors.InvalidArgument, {"format": "pdf"}),
        (alsace.errors.InvalidArgument, {"format": "svg", "components": (1, 9)}),
        (alsace.errors.InvalidArgument, {"format": "png", "color": "kind"}),
        (alsace.errors.InvalidArgument, {"top_k": 0}),
        (alsace.errors.InvalidArgument, {"evaluation": {"models": 3}}),
        (alsace.errors.InvalidArgument, {"evaluation": {"models": object()}}),
        (alsace.errors.UnknownId, {"named_users": [99]}),
        (alsace.errors.IoError, {"items": "not there.csv"}),
        (alsace.errors.IoError, {"evaluation": "not there.json"}),
        (TypeError, {"title": 3}),
    ],
)
def test_what_is_refused_leaves_no_file(model, tmp_path, error, settings):
    with pytest.raises(error):
        model.report(tmp_path / "out", **settings)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(model, tmp_path):
    with pytest.raises(alsace.errors.IoError, match="cannot be written"):
        model.report(tmp_path / "none" / "report.html")
