"""alsace report: the page's data, the pictures, and what is refused."""

import base64
import json
import math
import re
import struct
import xml.etree.ElementTree
import zlib

import pytest

from conftest import TITLES, data_file

DATA = re.compile(r'<script id="alsace-data" type="application/json">(.*?)</script>', re.DOTALL)


def report_of(path):
    """The one JSON document in the page."""
    text = path.read_text(encoding="utf-8")
    found = DATA.findall(text)
    assert len(found) == 1 and "<" not in found[0]
    assert "ALSACE_DATA" not in text
    return json.loads(found[0])


def numbers(values):
    return all(isinstance(v, (int, float)) and math.isfinite(v) for v in values)


def floats(text):
    data = base64.b64decode(text, validate=True)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def halves(text):
    data = base64.b64decode(text, validate=True)
    return list(struct.unpack(f"<{len(data) // 2}e", data))


def check_items(items):
    """Every array of `items` has one entry for each item; the number of items."""
    n = len(items["ids"])
    assert set(items) == {"ids", "titles", "popularity", "columns", "factors", "components"}
    assert items["titles"] is None or len(items["titles"]) == n
    assert len(items["popularity"]) == n and min(items["popularity"]) >= 1
    for column in items["columns"]:
        assert len(column["values"]) == n
        if column["kind"] == "number":
            assert numbers(v for v in column["values"] if v is not None)
        else:
            assert column["kind"] == "category"
            places = range(len(column["labels"]))
            assert all(p in places for own in column["values"] for p in own)
    k = items["factors"]["k"]
    assert len(halves(items["factors"]["half"])) == n * k
    components = items["components"]
    assert components["count"] == min(k, n - 1) == len(components["explained"])
    assert components["explained"] == sorted(components["explained"], reverse=True)
    assert len(floats(components["mean"])) == k
    assert len(floats(components["basis"])) == components["count"] * k
    return n


def check_user(user, n):
    assert set(user) == {"id", "count", "history", "recommendations"}
    assert len(user["history"]) == min(user["count"], 500)
    assert all(0 <= item < n for item, _ in user["history"])
    for item in user["recommendations"]:
        parts = item["contributions"]
        assert len(parts) <= 10 and 0 <= item["item"] < n
        assert [c for _, c in parts] == sorted((c for _, c in parts), reverse=True)
        total = item["mean"] + item["item_bias"] + item["user_bias"] + item["rest"]
        total += sum(c for _, c in parts)
        assert total == pytest.approx(item["score"], abs=1e-4)


def check_contract(report):
    """Everything the page counts on."""
    assert report["format"] == 1 and report["program"].startswith("alsace ")
    assert set(report["commands"]) == {"report", "train"}
    facts = report["facts"]
    assert len(facts["user_counts"]) == len(facts["item_counts"]) == 5
    assert re.fullmatch("[0-9a-f]{16}", facts["model_hash"])
    training = report["training"]
    assert numbers(training["objective"]) and len(training["seconds"]) == len(training["objective"])
    assert report["spectrum"] == sorted(report["spectrum"], reverse=True)
    n = check_items(report["items"])
    assert n == facts["trained_items"]
    count = report["items"]["components"]["count"]
    assert len(report["component_facts"]) == min(10, count)
    for entry in report["component_facts"]:
        r = entry["popularity_correlation"]
        assert r is None or -1 <= r <= 1
        names = [column["name"] for column in report["items"]["columns"]]
        assert [column["name"] for column in entry["columns"]] == names
        assert all(c["r2"] is None or 0 <= c["r2"] <= 1 for c in entry["columns"])
    for user in report["users"]:
        check_user(user, n)
    shares = report["personalization"]
    assert len(shares["histogram"]) == shares["k"] + 1
    assert sum(shares["histogram"]) == pytest.approx(1 if shares["users"] > 1 else 0)
    assert report["evaluation"] is None or report["evaluation"]["models"]
    assert all(isinstance(note, str) for note in report["notes"])


def test_the_page_of_a_small_model(alsace, model, sample):
    done = alsace(*"report plays.alsace --items titles.csv --out report.html --user ben --json".split())
    facts = done.json
    assert facts["format"] == "html" and facts["bytes"] == (sample / "report.html").stat().st_size
    report = report_of(sample / "report.html")
    check_contract(report)
    assert report["title"] == "Alsace report"
    assert report["commands"]["report"] == (
        "alsace report plays.alsace --items titles.csv --out report.html --user ben --json"
    )
    assert report["commands"]["train"] == "alsace train FILE... --model MODEL --factors 2 --seed 1"
    assert report["facts"]["model_hash"] == alsace("info", "plays.alsace", "--json").json["model_hash"]
    assert dict(zip(report["items"]["ids"], report["items"]["titles"])) == TITLES
    assert [user["id"] for user in report["users"]][0] == "ben" and len(report["users"]) == 8
    best = report["users"][0]["recommendations"][0]
    assert report["items"]["ids"][best["item"]] == "film7"  # The film of his group that he lacks.
    listed = alsace(*"recommend plays.alsace --user ben --json".split()).json[0]["items"]
    assert [report["items"]["ids"][r["item"]] for r in report["users"][0]["recommendations"]] == [
        entry["item"] for entry in listed
    ]


@pytest.mark.parametrize(
    "options",
    [
        "--preset recommended",
        "--unobserved-weight 0.1 --confidence scaled",
        "--explicit",
        "--explicit --biases",
        "--explicit --nonnegative",
    ],
)
def test_every_kind_of_model_has_a_page(alsace, films, tmp_path, options):
    train = f"train films/plays.csv --model m.alsace --factors 12 --iterations 4 {options}"
    assert alsace(*train.split()).code == 0
    done = alsace(*"report m.alsace --items films/titles.csv --users 40 --out r.html".split())
    assert done.code == 0, done.err
    report = report_of(tmp_path / "r.html")
    check_contract(report)
    assert len(report["users"]) == 40
    assert len({user["count"] for user in report["users"]}) > 10


def test_a_model_without_interactions_has_no_users(alsace, sample, tmp_path):
    train = "train plays.csv --model m.alsace --factors 2 --no-interactions"
    assert alsace(*train.split()).code == 0
    done = alsace("report", "m.alsace", "--out", "r.html")
    assert done.code == 0 and "the page has no users to look into" in done.err
    report = report_of(tmp_path / "r.html")
    check_contract(report)
    assert report["users"] == [] and report["facts"]["stores_interactions"] is False
    done = alsace(*"report m.alsace --out r.html --test pairs.csv".split())
    assert done.code == 2 and "--evaluation" in done.err


def test_titles_are_data_and_nothing_else(alsace, model, sample):
    hostile = "</script><script>alert(1)</script><!-- \u2028 \U0001f3ac \"'\\"
    (sample / "items.csv").write_text(
        'id,title,kind\nfilm1,"%s",</script>\nfilm2,B,x\n' % hostile.replace('"', '""'),
        encoding="utf-8",
    )
    done = alsace("report", "plays.alsace", "--items", "items.csv", "--out", "r.html", "--title", hostile)
    assert done.code == 0, done.err
    report = report_of(sample / "r.html")
    assert report["title"] == hostile
    assert report["items"]["titles"][report["items"]["ids"].index("film1")] == hostile
    assert "</script>" in report["items"]["columns"][0]["labels"]
    text = (sample / "r.html").read_text(encoding="utf-8")
    assert "alert(1)</script>" not in text
    for out in ("r.svg", "r.png"):
        done = alsace("report", "plays.alsace", "--items", "items.csv", "--out", out, "--title", hostile)
        assert done.code == 0, done.err
    root = xml.etree.ElementTree.parse(sample / "r.svg").getroot()
    assert root.find("{http://www.w3.org/2000/svg}title").text == hostile.replace("\x01", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "latin-1"])
def test_items_come_in_any_encoding(alsace, model, sample, encoding):
    text = "movieId;title;genre\nfilm1;Am\u00e9lie (2001);com\u00e9die\nfilm2;Heat (1995);drame\n"
    data = text.encode(encoding)
    (sample / "i.csv").write_bytes(b"\xfe\xff" + data if encoding == "utf-16-be" else data)
    assert alsace(*"report plays.alsace --items i.csv --out r.html".split()).code == 0
    items = report_of(sample / "r.html")["items"]
    place = items["ids"].index("film1")
    assert items["titles"][place] == "Am\u00e9lie (2001)"
    assert [(c["name"], c["kind"]) for c in items["columns"]] == [("year", "number"), ("genre", "category")]
    assert items["columns"][0]["values"][place] == 2001
    assert items["columns"][1]["labels"] == ["com\u00e9die", "drame"]


def test_the_bytes_do_not_depend_on_threads(alsace, films, tmp_path):
    train = "train films/plays.csv --model m.alsace --factors 12 --iterations 3"
    assert alsace(*train.split()).code == 0
    for out in ("r.html", "r.svg", "r.png"):
        made = set()
        for threads in (1, 3):
            command = f"report m.alsace --items films/titles.csv --out {out} --threads {threads}"
            assert alsace(*command.split()).code == 0
            made.add((tmp_path / out).read_bytes().replace(b"--threads %d" % threads, b""))
        assert len(made) == 1


def test_an_evaluation_is_shown(alsace, films, tmp_path):
    rows = (films / "plays.csv").read_text().splitlines()
    (films / "train.csv").write_text("\n".join(rows[:1] + [r for n, r in enumerate(rows[1:]) if n % 5]))
    (films / "test.csv").write_text("\n".join(rows[:1] + rows[1::5]))
    train = "train films/train.csv --model m.alsace --factors 12 --iterations 4"
    assert alsace(*train.split()).code == 0
    done = alsace(*"report m.alsace --out r.html --test films/test.csv".split())
    assert done.code == 0, done.err
    shown = report_of(tmp_path / "r.html")["evaluation"]
    assert [m["name"] for m in shown["models"]] == ["als", "random", "popularity"]
    # The same numbers as evaluate gives for the saved model.
    evaluate = "evaluate --train films/train.csv --test films/test.csv --model m.alsace --json"
    printed = alsace(*evaluate.split()).json
    assert [m["metrics"] for m in shown["models"]] == [m["metrics"] for m in printed["models"]]
    assert shown["data"] == printed["data"]
    (tmp_path / "e.json").write_text(json.dumps(printed))
    assert alsace(*"report m.alsace --out r.html --evaluation e.json".split()).code == 0
    assert report_of(tmp_path / "r.html")["evaluation"] == printed


def decoded_png(data):
    """Width, height and rows of red, green and blue bytes; checks every checksum."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", data, place + 8 + length)
        assert zlib.crc32(name + body) == check
        chunks[name] = body
        place += 12 + length
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert kind == [8, 2, 0, 0, 0]
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (1 + 3 * width)
    lines = [rows[y * (1 + 3 * width) :][: 1 + 3 * width] for y in range(height)]
    assert all(line[0] == 0 for line in lines)
    return width, height, [line[1:] for line in lines]


def test_the_map_alone_as_svg_and_png(alsace, films, tmp_path):
    train = "train films/plays.csv --model m.alsace --factors 12 --iterations 3"
    assert alsace(*train.split()).code == 0
    rows = ["item,title,genre,year"]
    for n, line in enumerate((films / "titles.csv").read_text().splitlines()[1:]):
        item, title = line.split(",", 1)
        rows.append(f"{item},{title},{title.rpartition('(')[2].rstrip(')')},{1950 + n % 70}")
    (tmp_path / "items.csv").write_text("\n".join(rows))
    made = {}
    for color in ("popularity", "genre", "year"):
        command = f"report m.alsace --items items.csv --out map.svg --components 2,3 --color {color} --json"
        assert alsace(*command.split()).json["format"] == "svg"
        root = xml.etree.ElementTree.parse(tmp_path / "map.svg").getroot()
        circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
        assert len(circles) == 1200
        texts = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
        assert "PC2 (" in texts and "PC3 (" in texts and "% of variance)" in texts
        made[color] = (tmp_path / "map.svg").read_bytes()
    assert len(set(made.values())) == 3
    assert alsace(*"report m.alsace --out map --format png".split()).code == 0
    width, height, lines = decoded_png((tmp_path / "map").read_bytes())
    assert (width, height) == (1920, 1440)
    colours = {bytes(line[x : x + 3]) for line in lines[::7] for x in range(0, len(line), 3)}
    assert b"\xff\xff\xff" in colours and len(colours) > 100


@pytest.mark.parametrize(
    "command, message",
    [
        ("report plays.alsace", "--out is missing"),
        ("report plays.alsace --out plays.alsace", "is also an input"),
        ("report plays.alsace --out r.pdf", "ends neither in .html nor in .svg or .png"),
        ("report plays.alsace --out r.html --items r.html", "r.html"),
        ("report plays.alsace --out r.html --color year", "--color is for svg and png, this is html"),
        ("report plays.alsace --out r.svg --users 3", "--users is for html, this is svg"),
        ("report plays.alsace --out r.svg --color year", "there is no column 'year'"),
        ("report plays.alsace --out r.svg --components 1,7", "there is no component 7"),
        ("report plays.alsace --out r.svg --components 1", "--components is '1'"),
        ("report plays.alsace --out r.html --format pdf", "--format 'pdf' is not known"),
        ("report plays.alsace --out r.html --users=-1", "--users is -1"),
        ("report plays.alsace --out r.html --top-k 0", "--top-k is 0"),
        ("report plays.alsace --out r.html --top-k 101", "top_k is 101"),
        ("report plays.alsace --out r.html --user bob2", "Nearest: 'bob'"),
        ("report plays.alsace --out r.html --evaluation titles.csv", "the evaluation is not what"),
        ("report plays.alsace --out r.html --evaluation titles.csv --test plays.csv", "exclude each other"),
        ("report plays.alsace --out r.html --valid plays.csv", "go with --test"),
        ("report plays.alsace --out - --json", "both write to standard output"),
        ("report c.alsace --out r.html", "checkpoint"),
    ],
)
def test_what_is_refused(alsace, model, sample, command, message):
    train = "train plays.csv --model m.alsace --checkpoint c.alsace --factors 2"
    assert alsace(*train.split()).code == 0
    before = sorted(path.name for path in sample.iterdir())
    done = alsace(*command.split())
    assert done.code in (1, 2) and message in done.err and len(done.err.splitlines()) == 1
    assert done.out == "" and sorted(path.name for path in sample.iterdir()) == before


def test_movielens_components_agree_with_numpy(alsace, tmp_path):
    """Explained shares and PC1's correlation with popularity, from an SVD of the file's factors."""
    numpy = pytest.importorskip("numpy")
    ratings = data_file("movielens-100k", "u.data")
    items = data_file("movielens-100k", "u.item")
    train = ["train", ratings, "--model", "m.alsace", "--preset", "recommended", "--iterations", 6]
    assert alsace(*train).code == 0
    done = alsace("report", "m.alsace", "--items", items, "--out", "r.html", "--quiet")
    assert done.code == 0, done.err
    report = report_of(tmp_path / "r.html")
    check_contract(report)
    shown = report["items"]
    n, k = len(shown["ids"]), shown["factors"]["k"]
    factors = numpy.array(halves(shown["factors"]["half"])).reshape(n, k)
    centred = factors - factors.mean(axis=0)
    _, sizes, directions = numpy.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum()
    assert numpy.allclose(shares, shown["components"]["explained"], atol=1e-4)
    basis = numpy.array(floats(shown["components"]["basis"])).reshape(-1, k)
    assert abs(basis[0] @ directions[0]) == pytest.approx(1, abs=1e-3)
    assert basis[0][numpy.abs(basis[0]).argmax()] > 0
    log_counts = numpy.log10(shown["popularity"])
    r = numpy.corrcoef(centred @ basis[0], log_counts)[0, 1]
    facts = report["component_facts"][0]
    assert facts["popularity_correlation"] == pytest.approx(r, abs=1e-3)
    # R2 of the genres by numpy's least squares, over the items that have one.
    (genre,) = (c for c in shown["columns"] if c["name"] == "genre")
    rows = [i for i, own in enumerate(genre["values"]) if own]
    design = numpy.zeros((len(rows), 1 + len(genre["labels"])))
    design[:, 0] = 1
    for row, item in enumerate(rows):
        design[row, [1 + label for label in genre["values"][item]]] = 1
    y = (centred @ basis[0])[rows]
    fit = design @ numpy.linalg.lstsq(design, y, rcond=None)[0]
    r2 = 1 - ((y - fit) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    (told,) = (c["r2"] for c in facts["columns"] if c["name"] == "genre")
    assert told == pytest.approx(r2, abs=1e-3)
    assert any("nearly every item has a text of its own" in note for note in report["notes"])
