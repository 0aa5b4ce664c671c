"""docs/results.md of the records of all tables. Needs the standard library only."""

from pathlib import Path

HEAD = """# Results

Made by `./run bench quality`; do not edit. Our numbers on published benchmarks, beside the published ones. Each table is
made by one command, the line above it; all of them by `./run bench quality`. The data sets are looked for in the folder
`ALSACE_DATA` (README says where to get them).

- **How to read it**: ours are means over seeds with a 95 % interval over test users in brackets, of each user's mean over
  seeds (`docs/evaluation.md`); +- is the standard deviation of single seeds. Published values come without intervals.
- **Options are chosen on validation data only**; the test part is measured at the end, by the options that were chosen.
- `docs/algorithm.md` has the objective that each option is a symbol of."""


def write(tables, content, path):
    """Writes the page: the head, and a section for each table that there are numbers for."""
    parts = [HEAD] + [
        section(table, content[name]) for name, table in tables.items() if name in content
    ]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n\n".join(parts) + "\n")


def section(table, record):
    command = f"    ./run bench quality {table.NAME}"
    return "\n\n".join([f"## {table.TITLE}", command, *table.sections(record)])


def value(metric):
    """A record of measure.Value as text."""
    text = f"{metric['mean']:.4f} [{metric['low']:.4f}, {metric['high']:.4f}]"
    deviation = metric.get("deviation")
    return text if deviation is None else f"{text} +- {deviation:.4f}"
