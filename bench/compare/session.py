"""One session of measuring: runs workers, keeps the results file, says how long it will take."""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from .engines import ENGINES
from .plan import Run, expected_seconds, seconds_per_iteration

FORMAT = 1


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
        self.content = {
            "format": FORMAT,
            **head,
            "datasets": {},
            "runs": [],
            "skipped": {},
            "commands": [],
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
        for key in ("datasets", "runs", "commands"):
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
        self.save()

    def of(self, engine):
        """{(task, interactions, factors, threads): seconds per iteration} of what has been measured."""
        groups = {}
        for record in self.content["runs"]:
            if record["engine"] == engine and "error" not in record:
                size = self.content["datasets"][record["case"]]["interactions"]
                key = (record["task"], size, record["factors"], record["threads"])
                groups.setdefault(key, []).append(record)
        return {key: seconds_per_iteration(records) for key, records in groups.items()}


def run_of(record):
    return Run(**{key: record[key] for key in Run.__dataclass_fields__})


class Session:
    """limit: seconds a fit may take. Longer ones are left out, by what was measured on smaller ones."""

    def __init__(self, results, datasets, program, limit):
        self.results = results
        self.datasets = datasets
        self.program = program
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
        seconds, known = self.expected(run)
        if known and seconds > self.limit:
            reason = f"expected {duration(seconds)}, the limit is {duration(self.limit)}"
            self.results.content["skipped"][skip_key(run)] = reason
            self.results.save()
            return f"left out: {reason}"
        if self.failed_before(run):
            return "left out: it failed before"
        record = {
            **asdict(run),
            "load": os.getloadavg()[0],
            "started": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        record |= self.work(run)
        self.results.add(record)
        if "error" in record:
            return f"failed: {record['error']}"
        each = seconds_per_iteration([record])
        return f"{record['seconds']:.2f} s, {each:.3f} s per iteration, {record['peak_bytes'] >> 20} MB"

    def failed_before(self, run):
        return any(
            "error" in record and run_of(record).setting() == run.setting()
            for record in self.results.content["runs"]
        )

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
            seconds, known = self.expected(run)
            if known and seconds > self.limit:
                continue
            interactions = self.datasets[run.case].facts["interactions"]
            looks = (run.repeat == 0) + (run.iterations if run.observe else 0)
            total += seconds + 2 + looks * interactions * run.factors * 2e-8
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
        f"{run.iterations} iterations{observed}, run {run.repeat + 1}"
    )


def duration(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def say(text, end="\n"):
    print(text, end=end, flush=True)
