"""One session of measuring: runs workers, keeps the results file, says how long it will take."""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from .engine import LOOKS
from .engines import ENGINES
from .plan import Run, expected_seconds, iterations_within, seconds_per_iteration

FORMAT = 2


def machine():
    """What the numbers depend on, beside the code."""
    cpu = Path("/proc/cpuinfo").read_text()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": next(
            line.split(":")[1].strip() for line in cpu.splitlines() if "model name" in line
        ),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": memory,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def version_of(engine, program):
    if engine.package:
        return engine.version()
    return "alsace " + hashlib.sha256(Path(program).read_bytes()).hexdigest()[:12]


class Results:
    """The results file. It is written after every run, so that a kill loses nothing."""

    def __init__(self, path, resume, head):
        self.path = Path(path)
        self.known = {}  # Of each engine what of() gave, until it has a new record.
        self.content = {
            "format": FORMAT,
            **head,
            "datasets": {},
            "runs": [],
            "skipped": {},
            "commands": [],
            "kernels": None,
        }
        if resume and self.path.exists():
            self.resume(json.loads(self.path.read_text()))

    def resume(self, before):
        """Takes over what was measured; refuses numbers of another machine, engine or format."""
        now = self.content
        engines = {name: text for name, text in now["engines"].items() if name in before["engines"]}
        same = {key: now[key] for key in ("format", "machine")} | {"engines": engines}
        for key, value in same.items():
            known = before[key]
            if key == "engines":
                known = {name: before[key][name] for name in value}
            if known != value:
                raise SystemExit(
                    f"compare: {self.path} holds runs of another {key} ({known}, now {value}). "
                    "Measure anew, without --resume."
                )
        now["engines"] = before["engines"] | now["engines"]
        for key in ("datasets", "runs", "commands", "kernels"):
            now[key] = before[key]
        self.content["sessions"] = before["sessions"] + self.content["sessions"]

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.content, indent=1))
        temporary.replace(self.path)

    def done(self):
        return {run_of(record) for record in self.content["runs"]}

    def add(self, record):
        self.content["runs"].append(record)
        self.known.pop(record["engine"], None)
        self.save()

    def of(self, engine):
        """{(task, case, interactions, factors, threads): seconds per iteration} of what was measured."""
        if engine in self.known:
            return self.known[engine]
        groups = {}
        for record in self.content["runs"]:
            if record["engine"] == engine and "error" not in record:
                size = self.content["datasets"][record["case"]]["interactions"]
                place = (record["task"], record["case"], size)
                key = (*place, record["factors"], record["threads"])
                groups.setdefault(key, []).append(record)
        self.known[engine] = {key: seconds_per_iteration(group) for key, group in groups.items()}
        return self.known[engine]


def run_of(record):
    return Run(**{key: record[key] for key in Run.__dataclass_fields__})


class Session:
    """budget: seconds of a fit, which gets fewer iterations where it expects to need more. limit:
    seconds; fits that expect to need more even so are left out. What is expected rests on what was
    measured on smaller ones."""

    def __init__(self, results, datasets, program, budget, limit):
        self.results = results
        self.datasets = datasets
        self.program = program
        self.budget = budget
        self.limit = limit

    def measure(self, runs):
        left = [run for run in runs if run not in self.results.done()]
        say(
            f"{len(runs)} fits, {len(left)} of them to be measured now: about {duration(self.time_of(left))}"
        )
        while left:
            run, *rest = left
            say(
                f"[{len(runs) - len(left) + 1}/{len(runs)}] {describe(run)} "
                f"(about {duration(self.time_of(left))} left) ...",
                end=" ",
            )
            say(self.one(run))
            left = rest

    def one(self, run):
        """Measures a run, or notes why it was left out; returns what to say."""
        before = self.before(run)
        if before and "error" in before:
            return "left out: it failed before"
        count = before["n"] if before else self.iterations(run)
        seconds, known = self.expected(replace(run, iterations=count))
        if known and seconds > self.limit and not before:
            reason = f"over {duration(self.limit)}: {count} iterations would take {duration(seconds)}"
            self.results.content["skipped"][skip_key(run)] = reason
            self.results.save()
            return f"not run, {reason}"
        record = {
            **asdict(run),
            "n": count,
            "load": os.getloadavg()[0],
            "started": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        record |= self.work(replace(run, iterations=count))
        self.results.add(record)
        if "error" in record:
            return f"failed: {record['error']}"
        each = seconds_per_iteration([record])
        return (
            f"{record['seconds']:.2f} s, {count} iterations of {each:.3f} s, "
            f"{record['peak_bytes'] >> 20} MB"
        )

    def before(self, run):
        """The last record of the same setting, or None. What was begun is gone on with as it was."""
        records = reversed(self.results.content["runs"])
        return next((r for r in records if run_of(r).setting() == run.setting()), None)

    def iterations(self, run):
        return iterations_within(self.budget, run, lambda fewer: self.expected(fewer)[0])

    def work(self, run):
        """What the worker measured, or {"error": why it did not}."""
        engine = ENGINES[run.engine]
        dataset = self.datasets[run.case]
        request = {
            **asdict(run),
            "folder": str(dataset.folder),
            "program": str(self.program),
            "judge": run.repeat == 0,
        }
        environment = {**os.environ, **engine.environment(run.threads)}
        try:
            worker = subprocess.run(
                [sys.executable, "-m", f"{__package__}.worker"],
                input=json.dumps(request),
                capture_output=True,
                text=True,
                env=environment,
                timeout=3 * self.limit + 600,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            return {"error": f"not done after {duration(error.timeout)}"}
        if worker.returncode != 0:
            lines = worker.stderr.strip().splitlines() or [f"ended with status {worker.returncode}"]
            return {"error": lines[-1][-400:]}
        return json.loads(worker.stdout.strip().splitlines()[-1])

    def expected(self, run):
        interactions = self.datasets[run.case].facts["interactions"]
        return expected_seconds(run, interactions, ENGINES[run.engine], self.results.of(run.engine))

    def time_of(self, runs):
        """Seconds the runs may take, with start, judging and those that are left out."""
        total = 0.0
        for run in runs:
            run = replace(run, iterations=self.iterations(run))
            seconds, _ = self.expected(run)
            if seconds > self.limit:
                continue
            interactions = self.datasets[run.case].facts["interactions"]
            looks = (run.repeat == 0) + run.observe * sum(look <= run.iterations for look in LOOKS)
            total += seconds + 2 + looks * interactions * run.factors * 3e-9
        return total


def skip_key(run):
    """A setting as text, for the results file and the page."""
    what = ", observed" if run.observe else ""
    return (
        f"{run.engine}, {run.case}, {run.task}{what}, {run.factors} factors, {run.threads} threads"
    )


def describe(run):
    what = "" if run.task == "implicit" else f"{run.task}, "
    observed = ", observed" if run.observe else ""
    return (
        f"{run.case}, {what}{run.factors} factors, {run.threads} threads, {run.engine}, "
        f"{run.iterations} iterations wanted{observed}, run {run.repeat + 1}"
    )


def duration(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def say(text, end="\n"):
    print(text, end=end, flush=True)
