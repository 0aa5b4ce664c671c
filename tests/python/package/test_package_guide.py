"""docs/python.md and README: what they show runs, in the order in which it stands there."""

import inspect
import re
import shutil

import alsace
import pytest
from conftest import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "python.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(text):
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def beside_plays(tmp_path, monkeypatch):
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    shutil.copy(REPOSITORY / "examples" / "plays.csv", tmp_path)
    monkeypatch.chdir(tmp_path)


def test_guide_runs_block_by_block(beside_plays, capsys):
    pytest.importorskip("scipy")
    names = {}
    for block in blocks(GUIDE):
        exec(compile(block, "docs/python.md", "exec"), names)
    out = capsys.readouterr().out

    assert len(blocks(GUIDE)) >= 8
    assert "user 'ana' is not in the model; the nearest are anna" in out
    assert re.search(r"^als +\d\.\d{4}  \[", out, re.MULTILINE)


def test_readme_runs(beside_plays, capsys):
    (block,) = blocks(README)
    exec(compile(block, "README.md", "exec"), {})

    assert "popularity" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [alsace.ImplicitALS, alsace.ExplicitALS])
def test_table_of_options_is_complete(kind):
    table = set(re.findall(r"^\| `([a-z_]+)` \|", GUIDE, re.MULTILINE))

    assert set(inspect.signature(kind).parameters) <= table


def test_table_of_errors_is_complete():
    table = set(re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", GUIDE, re.MULTILINE))
    errors = {
        name for name in alsace.__all__
        if inspect.isclass(getattr(alsace, name)) and issubclass(getattr(alsace, name), alsace.Error)
    }  # fmt: skip

    assert errors - {"Error"} <= table
