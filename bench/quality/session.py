"""One run of the tables: where files are, what was tuned, the results file."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Session:
    """What a table needs to know. quick: a smoke run on little data, with numbers that mean nothing."""

    def __init__(self, folder, quick=False, tuned=ROOT / "bench/quality/tuned"):
        self.folder = Path(folder)
        self.quick = quick
        self.tuned_folder = Path(tuned)

    def tuned(self, name):
        """{"tuned": options} of the file NAME.json that `alsace tune` wrote, or {} where there is none."""
        path = self.tuned_folder / f"{name}.json"
        if not path.exists():
            return {}
        document = json.loads(path.read_text())
        options = document.get("options", document)
        return {
            "tuned": {
                key: value
                for key, value in options.items()
                if key not in ("feedback", "seed", "tolerance")
            }
        }

    @staticmethod
    def say(text):
        print(text, file=sys.stderr, flush=True)


class Results:
    """{table: record} in a JSON file, written after every table."""

    def __init__(self, path):
        self.path = Path(path)
        self.content = json.loads(self.path.read_text()) if self.path.exists() else {}

    def keep(self, name, record):
        self.content[name] = record
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(".tmp")
        aside.write_text(json.dumps(self.content, indent=1))
        aside.replace(self.path)
