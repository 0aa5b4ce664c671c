#!/usr/bin/env python3
"""Fails when a file includes what its folder may not depend on, or says what no source may say.

The tables below are the architecture: data flows from the top of ALLOWED to its bottom, includes
point back.
"""

import pathlib
import re
import sys

# Folder of src: the folders whose headers it may include. Its own are always allowed.
ALLOWED = {
    "base": set(),
    "kernels": set(),
    "matrix": {"base"},
    "read": {"base", "matrix"},
    "solve": {"base", "matrix", "kernels"},
    "model": {"base", "matrix"},
    "train": {"base", "matrix", "solve", "model"},
    "recommend": {"base", "matrix", "kernels", "solve", "model"},
    "evaluate": {"base", "matrix", "model", "solve", "recommend"},
    "report": {"base", "matrix", "model", "recommend", "evaluate"},
    "generate": {"base", "matrix"},
}
# Public headers allowed beyond that, one by one.
ALLOWED_HEADERS = {"evaluate": {"alsace/train.h"}}

# Public header: the folder it belongs to, where that is not its name.
OWNER = {
    "error": "base",
    "options": "base",
    "interactions": "matrix",
    "factors": "matrix",
    "csr_matrix": "matrix",
    "chart": "report",
    "items": "matrix",
    "tune": "evaluate",
}

# Surfaces see the public headers and files beside them: folder, and what else it may include.
SURFACES = {"cli": set(), "python": set(), "examples": set(), "bench": {"kernels"}}

SOURCE_SUFFIXES = {".h", ".cpp", ".py", ".cmake", ".sh", ".ts"}
SOURCE_FOLDERS = [
    *["include", "src", "cli", "python", "web/src", "web/tests", "examples", "bench"],
    *["tests", "scripts", "cmake"],
]

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<(alsace/[^>]+)>)')
COMMENT = re.compile(r"//.*")
SPEAKS = re.compile(
    r"std::(?:cout|cerr|clog)\b|\b(?:f|v|vf)?printf\s*\(|\bputs\s*\("
    r"|\b(?:quick_|_)?exit\s*\(|\b(?:abort|terminate)\s*\(|\b(?:secure_)?getenv\s*\("
)
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")


def owner_of(folder, header):
    """The folder of src that an include of folder/header belongs to."""
    name = header.removesuffix(".h")
    return OWNER.get(name, name) if folder == "alsace" else folder


def includes(text):
    """(line number, included path) of every quoted include and of ours in angle brackets."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1) or match.group(2)


def library_problems(path, root, text):
    """Includes of a file of src or include against ALLOWED, and what the library never does."""
    parts = path.relative_to(root).parts
    here = owner_of("alsace", parts[2]) if parts[0] == "include" else parts[1]
    if here not in ALLOWED:
        yield 1, f"folder {here} is not in the include table"
        return
    for number, included in includes(text):
        folder, _, header = included.rpartition("/")
        target = owner_of(folder, header)
        if target not in ALLOWED:
            yield number, f"includes {included}, which is in no folder of the include table"
        elif parts[0] == "include" and folder != "alsace":
            yield number, f"a public header may include public headers only, not {included}"
        elif (
            target != here
            and target not in ALLOWED[here]
            and included not in ALLOWED_HEADERS.get(here, ())
        ):
            yield number, f"{here} may not include {target} ({included})"
    for number, line in enumerate(text.splitlines(), 1):
        if match := SPEAKS.search(COMMENT.sub("", line)):
            yield number, f"the library never prints, exits or reads the environment: {match.group()}"


def surface_problems(path, root, text):
    """Includes of a surface: public headers, files beside it, and what SURFACES grants."""
    surface = path.relative_to(root).parts[0]
    for number, included in includes(text):
        folder = included.rpartition("/")[0]
        beside = (path.parent / included).is_file() or (root / surface / included).is_file()
        if folder != "alsace" and folder not in SURFACES[surface] and not beside:
            yield number, f"{surface} may include alsace/*.h and its own files, not {included}"


def text_problems(text):
    """Rules of every source file."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.isascii():
            yield number, "sources are ASCII; write other characters as escapes"
        if match := UNFINISHED.search(line):
            yield number, f"unfinished work: {match.group()}"


def problems(root):
    """All of them, as file:line: message."""
    for top in SOURCE_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SOURCE_SUFFIXES or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8")
            found = list(text_problems(text))
            if path.suffix in {".h", ".cpp"}:
                if top in {"src", "include"}:
                    found += library_problems(path, root, text)
                elif top in SURFACES:
                    found += surface_problems(path, root, text)
            for number, message in found:
                yield f"{path.relative_to(root)}:{number}: {message}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    if not (root / "src").is_dir():
        sys.exit(f"{root}: no folder src here; give the root of the repository")
    found = list(problems(root))
    print("\n".join(found) or "every include follows the table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
