"""The comparison: `./run bench compare`, or python -m compare from the folder bench."""

import argparse
import json
import shlex
import sys
import time
from pathlib import Path

from . import command, data, kernels, plan, report
from .engines import ENGINES
from .session import Results, Session, machine, say, version_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
QUICK = {"cases": ("power-law-1m",), "factors": (64,), "repeats": 1, "iterations": 3, "budget": 5.0}
QUICK_PARTS = ("main", "explicit", "command", "kernels")


def arguments():
    parser = argparse.ArgumentParser(
        prog="./run bench compare",
        description="Alsace against its peers: time, objective, recall, memory.",
    )

    def words(known=None):
        def parse(text):
            unknown = [word for word in text.split(",") if known and word not in known]
            if unknown:
                raise argparse.ArgumentTypeError(f"no {unknown[0]} among {', '.join(known)}")
            return tuple(text.split(","))

        return parse

    def numbers(text):
        return tuple(int(word) for word in text.split(","))

    add = parser.add_argument
    add(
        "--quick",
        action="store_true",
        help="a smoke run: 1M interactions, 64 factors, one repeat, into build only",
    )
    add(
        "--cases",
        type=words(),
        help=f"of {','.join(plan.CASES)}, or power-law-<N>k and power-law-<N>m of any size",
    )
    add(
        "--engines",
        type=words(list(ENGINES)),
        default=tuple(ENGINES),
        help=f"of {','.join(ENGINES)}",
    )
    add("--parts", type=words(plan.PARTS), help=f"of {','.join(plan.PARTS)}")
    add("--factors", type=numbers, help=f"{','.join(map(str, plan.FACTORS))}")
    add("--repeats", type=int, help="runs of each fit, 3")
    add("--iterations", type=int, help="of each fit, 10")
    add("--threads", type=int, default=machine()["cores"], help="of each engine, all")
    add(
        "--budget",
        type=float,
        help="seconds; a fit that is expected to take longer gets fewer iterations, 20",
    )
    add(
        "--limit",
        type=float,
        help="seconds; a fit that is expected to take longer even so is not run, 3 budgets",
    )
    add("--resume", action="store_true", help="go on with the results that are there")
    add(
        "--report-only",
        action="store_true",
        help="measure nothing, write the page of the results that are there",
    )
    add(
        "--results", type=Path, default=BUILD / "bench/compare.json", help="the file of all numbers"
    )
    add(
        "--page",
        type=Path,
        help="the page to write, docs/benchmarks.md; with --quick beside the results",
    )
    add("--data", type=Path, default=BUILD / "bench/data", help="where made data is kept")
    add("--alsace", type=Path, default=BUILD / "release/alsace", help="the program")
    add(
        "--power-law",
        type=Path,
        default=BUILD / "bench/bench/power_law",
        help="the program that makes data",
    )
    add(
        "--kernels",
        type=Path,
        default=BUILD / "bench/bench/kernels_bench",
        help="the program of the part kernels",
    )
    return completed(parser.parse_args())


def completed(args):
    """With the defaults that depend on --quick."""
    usual = {
        "cases": plan.CASES,
        "factors": plan.FACTORS,
        "repeats": 3,
        "iterations": 10,
        "budget": 20.0,
    }
    for key, value in (QUICK if args.quick else usual).items():
        if getattr(args, key) is None:
            setattr(args, key, value)
    args.limit = args.limit or 3 * args.budget
    args.parts = args.parts or (QUICK_PARTS if args.quick else plan.PARTS)
    if args.quick and args.results == BUILD / "bench/compare.json":
        args.results = BUILD / "bench/compare_quick.json"
    args.page = args.page or (
        args.results.with_suffix(".md") if args.quick else ROOT / "docs/benchmarks.md"
    )
    return args


def main():
    args = arguments()
    if not args.report_only:
        measure(args)
    report.write(json.loads(args.results.read_text()), args.page)
    say(f"The numbers are in {args.results}, the page is {args.page}")


def measure(args):
    wanted = [ENGINES[name] for name in args.engines]
    missing = {engine.name: reason for engine in wanted if (reason := engine.missing())}
    for name, reason in missing.items():
        say(f"!! {name} is left out: {reason}")
    engines = tuple(engine for engine in wanted if engine.name not in missing)
    head = {
        "machine": machine(),
        "engines": {engine.name: version_of(engine, args.alsace) for engine in engines},
        "missing": missing,
        "sessions": [
            {
                "command": "./run bench compare " + shlex.join(sys.argv[1:]),
                "started": time.strftime("%Y-%m-%d %H:%M"),
                "budget": args.budget,
                "limit": args.limit,
            }
        ],
    }
    results = Results(args.results, args.resume, head)
    there, results.content["datasets_missing"] = available(args)
    wish = plan.Wish(
        args.parts, there, engines, args.factors, args.threads, args.iterations, args.repeats
    )
    runs = plan.planned(wish)
    datasets = prepared({run.case for run in runs}, args)
    results.content["datasets"] |= {name: dataset.facts for name, dataset in datasets.items()}
    results.save()
    Session(results, datasets, args.alsace, args.budget, args.limit).measure(runs)
    if "command" in args.parts:
        whole_command(wish, args, results)
    if "kernels" in args.parts and not results.content["kernels"]:
        say("kernels, on one core")
        results.content["kernels"] = kernels.measure(args.kernels, args.repeats)
        results.save()


def available(args):
    """(cases that can be had here, {case: why not})."""
    missing = {}
    for case in args.cases:
        try:
            data.sources(case)
        except data.NotThere as error:
            missing[case] = str(error)
            say(f"!! {case} is left out: {error}")
    return tuple(case for case in args.cases if case not in missing), missing


def prepared(cases, args):
    """{case: Dataset}, made where they are not there yet."""
    datasets = {}
    for case in sorted(cases):
        if not (args.data / case / "facts.json").exists():
            say(f"making {case} ...")
        datasets[case] = data.prepare(case, args.data, args.power_law)
    return datasets


def whole_command(wish, args, results):
    case = plan.middle_of(wish.cases)
    if not data.size_of(case) or "implicit-cg" not in results.content["engines"]:
        return
    say(f"the whole command on {case}")
    done = {(record["label"], record["repeat"]) for record in results.content["commands"]}
    if len(done) >= 2 * wish.repeats:
        return
    results.content["commands"] = []
    for record in command.compare(
        case, args.data, args.power_law, args.alsace, args.threads, args.repeats
    ):
        say(f"  {record['label']}: {record['seconds']:.2f} s")
        results.content["commands"].append(record)
        results.save()


if __name__ == "__main__":
    main()
