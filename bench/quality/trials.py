"""Option sets tried on a validation part: a file of JSON lines, one a trial, that goes on where it ended."""

import json
from pathlib import Path


class Trials:
    """What was tried. A trial is found again by its options, so that nothing is run twice."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = self.path.read_text() if self.path.exists() else ""
        # A line without its end was being written when the run was killed.
        whole = text[: text.rfind("\n") + 1]
        self.records = [json.loads(line) for line in whole.splitlines()]
        if whole != text:
            self.path.write_text(whole)

    def find(self, options):
        """The record of these options, or None."""
        return next((record for record in self.records if record["options"] == options), None)

    def run(self, options, measure):
        """The record of these options; measure(options) -> {metric: value} where there is none yet."""
        record = self.find(options)
        if record is None:
            record = {"options": options, "metrics": measure(options)}
            with self.path.open("a") as file:
                file.write(json.dumps(record) + "\n")
            self.records.append(record)
        return record
