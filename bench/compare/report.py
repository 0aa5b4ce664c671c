"""The results file as docs/benchmarks.md and a plot beside it. Needs the standard library only."""

from collections import defaultdict
from math import log
from pathlib import Path
from statistics import median

from . import kernels, plot
from .data import size_of
from .engine import LOOKS, TASKS
from .engines import ENGINES
from .plan import LEAST_ITERATIONS, middle_of
from .rows import by, labels, main_rows, rows_of
from .session import run_of
from .tables import megabytes, number, objective_text, table

TARGETS = (0.05, 0.01)  # Above the lowest objective that any engine reached.


def write(results, markdown):
    """Writes the page and, where there is something to draw, the plot beside it."""
    markdown = Path(markdown)
    rows = rows_of(results)
    picture = drawn(results, rows)
    if picture:
        markdown.with_suffix(".svg").write_text(picture)
    markdown.write_text(page(results, rows, markdown.with_suffix(".svg").name if picture else None))


def page(results, rows, picture):
    parts = [
        introduction(results, rows),
        f"![Seconds per iteration by factors and engine]({picture})" if picture else "",
        overview(rows),
        cases(results, rows),
        cores(rows),
        growth(results, rows),
        targets(rows),
        als_wr(results, rows),
        explicit(results, rows),
        commands(results),
        kernels.section(results["kernels"]),
        settings(results),
        absences(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def introduction(results, rows):
    machine = results["machine"]
    versions = ", ".join(
        sorted({text for text in results["engines"].values() if not text.startswith("alsace")})
    )
    sessions = "\n".join(
        f"    {session['command']}    # {session['started']}" for session in results["sessions"]
    )
    return f"""# Benchmarks

Made by `./run bench compare`; do not edit. The numbers are those of one machine: {machine["cpu"]},
{machine["cores"]} cores, {machine["memory_bytes"] / 2**30:.0f} GiB, {machine["system"]}, Python {machine["python"]};
{versions}.

{sessions}

## How to read this

Every engine gets the same training matrix, with rows numbered alike, and is asked for the same objective:
observed pairs weigh c = 10, all others 1, lambda = 0.01 on all squared factors (`docs/algorithm.md`). What counts is
how fast that number falls, so **objective and recall stand beside every time**: they are computed from each engine's
factors by the same code, the objective in float64 over the training part, recall and NDCG at 20 over all items the
user has not trained on, on the held-out part (power-law data: 10 % of the interactions, movielens-1m: 20 %, gowalla:
its own test file; at most 20,000 users, the same for all).

- **s/iteration**: all users, then all items, once; the median over all iterations of all runs, in parentheses the
  lowest and highest median of a run. cmfrec and Spark do not say: there it is (time of n iterations - time of one) / (n - 1).
- **fit**: the whole training call on data that is in memory, with the engine's own preparation and, for Alsace, its
  closing half-step; the median over runs. Not with reading files, which the last table has.{caution(rows)}
{budget_rule(results)}
- **peak**: the most memory of the process. Python's engines hold the interpreter and the matrix they are given,
  Alsace's program the ids and the file it read.
- Each fit is a process of its own. Engines take turns, one run of each per round, so that a disturbance of the machine
  meets all. Each uses the threads and BLAS settings its documentation asks for ([settings](#settings)).
- Engines start from different random numbers, and there are several minima: after convergence their objectives differ
  by some tenths of a per cent."""


def caution(rows):
    """Said where an engine did not tell all of its time."""
    unknown = {row.label for row in rows if not all(record["whole"] for record in row.records)}
    if not unknown:
        return ""
    return f" **{' and '.join(sorted(unknown))} told the time of iterations only.**"


def budget_rule(results):
    """How many iterations a fit gets, by the limits of the sessions."""

    def seconds(key):
        values = sorted({session[key] for session in results["sessions"]})
        return " or ".join(f"{value:g}" for value in values) + " s"

    return f"""\
- *n*: a fit gets the iterations that are asked for, or as many as fit into {seconds("budget")} by what the engine's earlier
  fits took (its first: by a guess), at least {LEAST_ITERATIONS}; the same *n* in all runs. **Compare objective and recall only with equal
  *n*.** What even so would take over {seconds("limit")} is not run: it is listed at the end."""


def overview(rows):
    """Seconds per iteration with 64 factors: engines down, cases across."""
    rows = main_rows(rows)
    if not rows:
        return ""
    factors = 64 if any(row.run.factors == 64 for row in rows) else rows[0].run.factors
    rows = [row for row in rows if row.run.factors == factors]
    found = {(row.run.engine, row.run.case): row.each for row in rows}
    columns = sorted({row.run.case for row in rows}, key=lambda case: size_of(case) or 10**12)
    lines = []
    for name, label in labels(rows).items():
        cells = []
        for case in columns:
            own, ours = found.get((name, case)), found.get(("alsace", case))
            times = f" ({own / ours:.1f}x)" if own and ours and name != "alsace" else ""
            cells.append(number(own) + times)
        lines.append([label, *cells])
    return (
        f"## Seconds per iteration, {factors} factors\n\nIn parentheses: times Alsace's.\n\n"
        + table(["", *columns], lines)
    )


def cases(results, rows):
    """A table for each case: everything that was measured."""
    parts = []
    for (case,), group in sorted(
        by(main_rows(rows), "case").items(), key=lambda g: size_of(g[0][0]) or 10**12
    ):
        parts.append(f"### {case}\n\n{facts(results, case)}\n\n{full_table(group)}")
    return "## All of it\n\n" + "\n\n".join(parts) if parts else ""


def facts(results, case):
    data = results["datasets"][case]
    return (
        f"{data['users']:,} users, {data['items']:,} items, {data['interactions']:,} interactions to train on, "
        f"{data['test_interactions']:,} held out."
    )


def full_table(rows):
    lines = []
    for row in sorted(rows, key=lambda row: row.run.factors):
        low, high = row.each_range()
        quality = [number(row.judged(key)) for key in ("recall", "ndcg")]
        if row.judged("rmse") is not None:
            quality = [f"{row.judged('rmse'):.4f}"]
        lines.append(
            [
                row.run.factors,
                row.label,
                f"{number(row.each)} ({number(low)}-{number(high)})",
                number(row.seconds),
                row.iterations,
                objective_text(row.judged("objective")),
                *quality,
                megabytes(row.peak),
            ]
        )
    quality = ["RMSE"] if rows[0].judged("rmse") is not None else ["recall@20", "NDCG@20"]
    return table(
        ["factors", "engine", "s/iteration", "fit, s", "n", "objective", *quality, "peak"], lines
    )


def cores(rows):
    """The settings that were measured with one thread and with more."""
    rows = [row for row in rows if row.run.task == "implicit" and not row.run.observe]
    parts = []
    for (case, factors), group in by(rows, "case", "factors").items():
        counts = sorted({row.run.threads for row in group})
        if len(counts) > 1:
            each = {(row.run.engine, row.run.threads): row.each for row in group}
            lines = []
            for name, label in labels(group).items():
                times = [each.get((name, count)) for count in counts]
                gain = f"{times[0] / times[-1]:.2f}" if times[0] and times[-1] else "-"
                lines.append([label, *map(number, times), gain])
            head = ["", *(f"{count} core{'s' * (count > 1)}" for count in counts), "times faster"]
            parts.append(
                f"{case}, {factors} factors, seconds per iteration.\n\n{table(head, lines)}"
            )
    return "## Cores\n\n" + "\n\n".join(parts) if parts else ""


def growth(results, rows):
    """How seconds per iteration grow with interactions, on power-law data."""
    rows = [row for row in main_rows(rows) if size_of(row.run.case)]
    parts = []
    for (factors,), group in sorted(by(rows, "factors").items()):
        sizes = {row.run.case: results["datasets"][row.run.case]["interactions"] for row in group}
        columns = sorted(sizes, key=sizes.get)
        if len(columns) < 2:
            continue
        each = {(row.run.engine, row.run.case): row.each for row in group}
        lines = []
        for name, label in labels(group).items():
            times = [(sizes[case], each.get((name, case))) for case in columns]
            cells = [number(seconds and seconds / size * 1e9) for size, seconds in times]
            known = [(size, seconds) for size, seconds in times if seconds]
            lines.append([label, *cells, number(exponent(known), 2)])
        head = ["", *(f"{sizes[case]:,}" for case in columns), "exponent"]
        parts.append(f"{factors} factors:\n\n{table(head, lines)}")
    text = (
        "## Time against interactions\n\nNanoseconds per interaction and iteration; users grow with the interactions, items "
        "stay 20,000. The exponent e of time ~ interactions^e is taken between the smallest and the largest.\n\n"
    )
    return text + "\n\n".join(parts) if parts else ""


def exponent(known):
    if len(known) < 2:
        return None
    (size, seconds), (last_size, last_seconds) = known[0], known[-1]
    return log(last_seconds / seconds) / log(last_size / size)


def targets(rows):
    """Time until the objective is near the lowest that any engine reached."""
    rows = [row for row in rows if row.run.observe]
    parts = []
    for (case, factors), group in by(rows, "case", "factors").items():
        lowest = min(
            value for row in group for record in row.records for _, value in record["trajectory"]
        )
        lines = [
            [
                row.label,
                *(number(row.seconds_to(lowest * (1 + share))) for share in TARGETS),
                row.iterations,
            ]
            for row in group
        ]
        head = ["", *(f"within {share:.0%}, s" for share in TARGETS), "iterations looked at"]
        parts.append(
            f"{case}, {factors} factors; lowest: {objective_text(lowest)}.\n\n{table(head, lines)}"
        )
    text = (
        "## Time to a given objective\n\nSeconds of fitting, with preparation, until the objective was that near to the "
        "lowest that any engine reached in these runs; - where it was not reached. The objective was computed after "
        f"{', '.join(map(str, LOOKS))} iterations, off the clock. Alsace's is the one it reports itself, which "
        f"differs from ours by at most {worst_report(rows):.0e} of it at the end. cmfrec was fitted anew for each of several "
        "numbers of iterations.\n\n"
    )
    return text + "\n\n".join(parts) if parts else ""


def worst_report(rows):
    """Largest relative difference between an objective an engine reports and ours."""
    pairs = [(row.judged("reported_objective"), row.judged("objective")) for row in rows]
    return max((abs(own / ours - 1) for own, ours in pairs if own), default=0.0)


def task_tables(results, rows, task):
    rows = [row for row in rows if row.run.task == task]
    return "\n\n".join(
        f"### {case}, {task}\n\n{facts(results, case)}\n\n{full_table(group)}"
        for (case,), group in by(rows, "case").items()
    )


def als_wr(results, rows):
    tables = task_tables(results, rows, "als-wr")
    if not tables:
        return ""
    return (
        "## Spark\n\nSpark multiplies lambda by the row's count (ALS-WR). Asked for the same: Alsace with "
        "`--confidence linear --alpha 9 --regularization 0.01 --regularization-exponent 1`.\n\n"
        + tables
    )


def explicit(results, rows):
    tables = task_tables(results, rows, "explicit")
    if not tables:
        return ""
    weight = TASKS["explicit"].regularization
    return (
        f"## Explicit feedback\n\nRatings, no biases, no centering, lambda = {weight} times the row's count. RMSE on the held-out "
        "part, predictions clipped to the range of the ratings. movielens-1m here has three levels of rating: 2, 3, 4.\n\n"
        + tables
    )


def commands(results):
    groups = defaultdict(list)
    for record in results["commands"]:
        groups[record["label"]].append(record)
    if not groups:
        return ""
    lines = []
    for label, records in groups.items():
        seconds = [record["seconds"] for record in records]
        judged = next(record for record in records if "objective" in record)
        lines.append(
            [
                label,
                f"{number(median(seconds))} ({number(min(seconds))}-{number(max(seconds))})",
                objective_text(judged["objective"]),
                megabytes(median(record["peak_bytes"] for record in records)),
                megabytes(judged["model_bytes"]),
            ]
        )
    text = (
        "## The whole command\n\nRead a CSV file of {lines:,} lines, train 10 iterations with 64 factors, write the model: "
        "`alsace train` against `polars.read_csv`, `implicit` and its `save` in one script, from start to end of the process. "
        "The ids are row numbers already, so the script looks none up. Alsace's model also holds the ids and the interactions.\n\n"
    )
    return text.format(lines=results["commands"][0]["lines"]) + table(
        ["", "seconds", "objective", "peak", "model"], lines
    )


def settings(results):
    known = [name for name in results["engines"] if name in ENGINES]
    lines = "\n".join(f"- **{ENGINES[name].label}**: {ENGINES[name].settings}." for name in known)
    return f"""## Settings

Each engine as its documentation recommends for speed, on the common objective.

{lines}

irspack's package from PyPI is built for AVX without FMA; its readme says that a build of one's own with
`-march=native` can use more. cmfrec's CG (3.5.1) starts from a residual of another system than the one it steps in, and converges to
confidence alpha + 2 and preference alpha / (alpha + 2). It is asked so that this is our objective: alpha = 8, lambda = 0.008, factors
divided by the root of 0.8. Asked as documented (alpha = 9, lambda = 0.01) it takes the same time and ends with a higher objective."""


def absences(results):
    lines = [
        f"- {ENGINES[name].label}: not there ({reason})."
        for name, reason in results["missing"].items()
    ]
    lines += [f"- {name}: {reason}." for name, reason in results["datasets_missing"].items()]
    lines += [f"- {key}: not run, {reason}." for key, reason in results["skipped"].items()]
    failed = {run_of(record).setting(): record for record in results["runs"] if "error" in record}
    for record in failed.values():
        lines.append(
            f"- {ENGINES[record['engine']].label}, {record['case']}, {record['factors']} factors: failed, {record['error']}."
        )
    return "## Not measured\n\n" + "\n".join(lines) if lines else ""


def drawn(results, rows):
    """The plot of the case that the small parts use too; None where nothing was measured."""
    rows = main_rows(rows)
    if not rows:
        return None
    case = middle_of([row.run.case for row in rows])
    lines = {}
    for row in rows:
        if row.run.case == case:
            lines.setdefault(row.run.engine, (row.label, {}))[1][row.run.factors] = row.each
    interactions = results["datasets"][case]["interactions"]
    return plot.time_by_factors(
        f"Seconds per iteration, {case} ({interactions:,} interactions)", lines
    )
