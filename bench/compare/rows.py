"""The runs of the results file, as rows of tables: one for all repeats of a setting."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from .engines import ENGINES
from .plan import seconds_per_iteration
from .session import run_of


@dataclass(frozen=True)
class Row:
    """All repeats of one setting."""

    run: object
    records: list

    @property
    def label(self):
        return ENGINES[self.run.engine].label

    @property
    def each(self):
        return seconds_per_iteration(self.records)

    @property
    def iterations(self):
        return self.records[0]["n"]

    def each_range(self):
        """Lowest and highest median of a repeat."""
        medians = [seconds_per_iteration([record]) for record in self.records]
        return min(medians), max(medians)

    @property
    def seconds(self):
        return median(record["seconds"] for record in self.records)

    @property
    def peak(self):
        return median(record["peak_bytes"] for record in self.records)

    def judged(self, key):
        return next((record[key] for record in self.records if key in record), None)

    def seconds_to(self, objective):
        """Median time until the objective was that low; None where it never was."""
        times = []
        for record in self.records:
            reached = [seconds for seconds, value in record["trajectory"] if value <= objective]
            if not reached:
                return None
            times.append(reached[0])
        return median(times)


def rows_of(results):
    """Every setting that was measured, engines in their order."""
    groups = defaultdict(list)
    for record in results["runs"]:
        if "error" not in record:
            groups[run_of(record).setting()].append(record)
    rows = [Row(run_of(records[0]), records) for records in groups.values()]
    order = list(ENGINES)
    return sorted(rows, key=lambda row: order.index(row.run.engine))


def main_rows(rows):
    """Implicit feedback, unobserved runs, with the most threads: the runs of the main tables."""
    threads = max((row.run.threads for row in rows), default=1)
    return [
        row
        for row in rows
        if row.run.task == "implicit" and not row.run.observe and row.run.threads == threads
    ]


def by(rows, *names):
    """{values of these fields of the run: rows}, in the order of the first of each."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row.run, name) for name in names)].append(row)
    return groups


def labels(rows):
    """Engines in their order, each once: {name: label}."""
    return {row.run.engine: row.label for row in rows}
