"""The kernels alone: runs the program kernels_bench on each instruction set, and shows what share
of this machine's limits they reach."""

import json
import subprocess
from collections import defaultdict
from statistics import median

from .tables import number, table

SECONDS_EACH = 0.1  # Of a repetition of a benchmark, at least.
SIDE_BY_SIDE = "conjugate_gradients/{}/64/150"  # What every instruction set is asked for.
# Of a row here, of the program, and what makes one of the other.
COUNTERS = (("ns", "each", 1e9), ("GFLOP/s", "GFLOP/s", 1), ("GB/s", "GB/s", 1))
VALUES = ("float", "half", "double")
# What the page shows, and what one unit of it is. Those beside the first with these factors only.
UNITS = {
    "conjugate_gradients": "entry, pass",
    "score_rows": "row, query",
    "row_system/gram_of_factors": "entry",
    "row_system/solve_factored": "row",
    "products": "row",
    "multiply": "row",
}
OTHERS_FACTORS = (64, 256)


def measure(program, repeats):
    """What the results file holds: {"targets": best first, "rows": one for each kernel and target}."""
    best, rows = measured(program, repeats)
    for target in best["targets"].split()[1:]:
        kernels = f"^{SIDE_BY_SIDE.format('(float|half)')}$"
        rows += measured(program, repeats, f"--benchmark_filter={kernels}", f"--target={target}")[1]
    return {"targets": best["targets"].split(), "rows": rows}


def measured(program, repeats, *options):
    """(context, rows) of one run of the program."""
    words = [program, "--benchmark_format=json", f"--benchmark_min_time={SECONDS_EACH}"]
    words += [f"--benchmark_repetitions={repeats}", "--benchmark_enable_random_interleaving=true"]
    output = subprocess.run(
        [*map(str, words), *options], check=True, text=True, stdout=subprocess.PIPE
    )
    report = json.loads(output.stdout)
    return report["context"], medians(report)


def medians(report):
    """A row for each benchmark: medians over its repetitions."""
    groups = defaultdict(list)
    order = ("family_index", "per_family_instance_index")  # They were run in any order.
    for record in sorted(report["benchmarks"], key=lambda record: [record[key] for key in order]):
        if record["run_type"] == "iteration":
            groups[record["name"]].append(record)
    rows = []
    for name, records in groups.items():
        row = {"name": name, "target": report["context"]["target"]}
        row |= {"level": records[0]["label"]} if records[0].get("label") else {}
        for key, source, scale in COUNTERS:
            if source in records[0]:
                row[key] = scale * median(record[source] for record in records)
        rows.append(row)
    return rows


def section(kernels):
    """The page's part about kernels; kernels: what measure gave, or None."""
    if not kernels:
        return ""
    best = {row["name"]: row for row in kernels["rows"] if row["target"] == kernels["targets"][0]}
    limits = Limits(best)
    lines = [line for row in best.values() if (line := kernel_line(row, limits))]
    head = ["kernel", "values", "factors", "entries", "ns", "per", "GFLOP/s", "of peak", "GB/s"]
    return (
        f"## Kernels\n\nOn one core with {kernels['targets'][0]}, which can do {limits}, as measured beside them. "
        "*of peak* is the share of these multiply-adds (half as many in doubles), *of the level* the share of the reading "
        "speed of the cache or memory that holds what the kernel reads. Where one of the two is near 100 %, only fewer "
        "operations or fewer bytes would be faster; what is far from both waits for sums, for conversions of halves or for "
        "rows that come in no order.\n\n"
        + table([*head, "level", "of the level"], lines)
        + by_target(kernels, best)
    )


class Limits:
    """What one core can do at most."""

    def __init__(self, rows):
        self.peak = rows["machine/multiply_adds"]["GFLOP/s"]
        reads = {name.split("/")[2]: row for name, row in rows.items() if "machine/read/" in name}
        self.bandwidth = {level: row["GB/s"] for level, row in reads.items()}

    def __str__(self):
        reads = ", ".join(f"{number(speed)} from {name}" for name, speed in self.bandwidth.items())
        return f"{number(self.peak)} GFLOP/s in multiply-adds of floats and read GB/s: {reads}"

    def of_peak(self, row, values):
        peak = self.peak / 2 if values == "double" else self.peak
        return f"{row['GFLOP/s'] / peak:.0%}"

    def of_level(self, row):
        return f"{row['GB/s'] / self.bandwidth[row['level']]:.0%}" if "level" in row else "-"


def parts_of(name):
    """(kernel, values, factors, entries): "products/double/64" is ("products", "double", 64, None)."""
    words = name.split("/")
    numbers = [int(word) for word in words if word.isdigit()]
    values = next((word for word in words if word in VALUES), "float")
    kernel = "/".join(word for word in words if not word.isdigit() and word not in VALUES)
    return kernel, values, *(numbers + [None, None])[:2]


def kernel_line(row, limits):
    """A line of the table; None for what the page does not show."""
    kernel, values, factors, entries = parts_of(row["name"])
    if kernel not in UNITS or (entries is None and factors not in OTHERS_FACTORS):
        return None
    reads = [number(row.get("GB/s")), row.get("level", "-"), limits.of_level(row)]
    lead = [kernel, values, factors, f"{entries:,}" if entries else "-", number(row["ns"])]
    return [
        *lead,
        UNITS[kernel],
        number(row["GFLOP/s"]),
        limits.of_peak(row, values),
        *reads,
    ]


def by_target(kernels, best):
    """The same row of the same kernel on every instruction set, and in plain loops."""
    found = {(row["target"], row["name"]): row for row in kernels["rows"]}
    names = [SIDE_BY_SIDE.format(values) for values in ("float", "half")]
    lines = []
    for target in kernels["targets"]:
        rows = [found[target, name] for name in names]
        slower = rows[0]["ns"] / best[names[0]]["ns"]
        cells = [number(row[key]) for row in rows for key in ("ns", "GFLOP/s")]
        lines.append([target, *cells, f"{slower:.1f}x"])
    plain = best["reference/conjugate_gradients/64/150"]["ns"] / best[names[0]]["ns"]
    head = ["", "float, ns", "GFLOP/s", "half, ns", "GFLOP/s", "time of the best, floats"]
    return (
        "\n\n### By instruction set\n\nconjugate_gradients with 64 factors and 150 entries, ns per entry and pass. "
        f"The same loops written plainly, as the compiler makes them, take {plain:.1f} times the best.\n\n"
        + table(head, lines)
    )
