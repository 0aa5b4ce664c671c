"""What README shows, run as it stands there."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def program():
    return pathlib.Path(os.environ.get("ALSACE_PROGRAM", ROOT / "build/release/alsace")).resolve()


def block(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"README has {len(found)} blocks of {language}, one is expected"
    return found[0]


def test_shell_quickstart_runs_line_by_line(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {**os.environ, "PATH": f"{program().parent}:{os.environ['PATH']}"}
    lines = [line for line in block("sh").splitlines() if line.strip()]
    for line in lines:
        done = subprocess.run(
            line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert 8 <= len(lines) <= 15
    assert (tmp_path / "lists.csv").read_text(encoding="utf-8").startswith("user,item,score")


def test_cpp_quickstart_is_the_program_built_against_an_installed_copy():
    assert block("cpp") == (ROOT / "tests/consumer/main.cpp").read_text(encoding="utf-8")


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
