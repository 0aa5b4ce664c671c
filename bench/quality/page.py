"""docs/results.md of the records of all tables. Needs the standard library only."""

from pathlib import Path

from compare.tables import table as markdown

HEAD = """# Results

Made by `./run bench quality`; do not edit. Our numbers on published benchmarks, beside the published ones. Each table is
made by one command, the line above it; all of them by `./run bench quality`.

- **How to read it**: ours are means over seeds with a 95 % interval over test users in brackets, of each user's mean over
  seeds (`docs/evaluation.md`); +- is the standard deviation of single seeds. Published values come without intervals.
- **Options are chosen on validation data only**; the test part is measured at the end, by the options that were chosen.
- `docs/algorithm.md` has the objective that each option is a symbol of."""

FILES = """## The files

In the folder `ALSACE_DATA`; a table whose files are not there is left out.

| folder | files | from |
| --- | --- | --- |
| movielens-100k | u.data, u1.base, u1.test, ... u5.test | grouplens.org/datasets/movielens/100k |
| movielens-latest-small | ratings.csv | grouplens.org/datasets/movielens |
| movielens-1m | ratings.dat | grouplens.org/datasets/movielens/1m |
| movielens-1m/ncf | ml-1m.train.rating, ml-1m.test.rating, ml-1m.test.negative | github.com/hexiangnan/neural_collaborative_filtering, folder Data |
| gowalla | test.txt | github.com/gusye1234/LightGCN-PyTorch, folder data/gowalla |
| gowalla | train.txt, valid.txt: LightGCN's train.txt in two parts | github.com/geon0325/LightGCNpp, folder data/gowalla |"""


def write(tables, content, path):
    """Writes the page: the head, and a section for each table that there are numbers for."""
    there = {name: table for name, table in tables.items() if name in content}
    lines = [
        [f"[{table.TITLE}](#{anchor(table.TITLE)}): {what}", *cells]
        for name, table in there.items()
        for what, *cells in table.headlines(content[name])
    ]
    parts = [HEAD, markdown(["", "metric", "ours", "published"], lines)]
    parts += [section(table, content[name]) for name, table in there.items()] + [FILES]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n\n".join(parts) + "\n")


def anchor(title):
    """What a Markdown page calls a heading in links to it."""
    return "".join(
        sign for sign in title.lower().replace(" ", "-") if sign.isalnum() or sign == "-"
    )


def section(table, record):
    command = f"    ./run bench quality {table.NAME}"
    return "\n\n".join([f"## {table.TITLE}", command, *table.sections(record)])


def value(metric):
    """A record of measure.Value as text."""
    text = f"{metric['mean']:.4f} [{metric['low']:.4f}, {metric['high']:.4f}]"
    deviation = metric.get("deviation")
    return text if deviation is None else f"{text} +- {deviation:.4f}"


def seeds(count):
    """How many seeds a mean is over."""
    return f"mean of {count} seeds" if count > 1 else "one seed"


def verdict(name, metric, published):
    """Where a published value lies beside the interval of a record of measure.Value."""
    if published < metric["low"]:
        return f"{name} is above the published {published:g} by more than the interval"
    if published > metric["high"]:
        return f"**{name} is below the published {published:g}** by more than the interval"
    return f"{name}: the published {published:g} lies within our interval"


COLUMNS = {
    "factors": "factors",
    "unobserved_weight": "unobserved_weight",
    "regularization": "regularization",
    "regularization_exponent": "exponent",
    "regularization_count": "count",
    "iterations": "iterations",
}


def trials_table(trials, metrics, by):
    """Trials as a table, the highest of the metric `by` first."""
    lines = []
    for trial in sorted(trials, key=lambda trial: -trial["metrics"][by]):
        options = [trial["options"][key] for key in COLUMNS]
        values = [f"{trial['metrics'][metric]:.4f}" for metric in metrics]
        lines.append([text if isinstance(text, str) else f"{text:g}" for text in options] + values)
    return markdown([*COLUMNS.values(), *metrics], lines)


def best_of_each(trials, key, by):
    """The trial with the highest metric `by` for each value of an option."""
    best = {}
    for trial in trials:
        value = trial["options"][key]
        if value not in best or trial["metrics"][by] > best[value]["metrics"][by]:
            best[value] = trial
    return list(best.values())
