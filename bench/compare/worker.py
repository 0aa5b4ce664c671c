"""One fit in a process of its own: reads a run as JSON on standard input, writes what was measured
as JSON in the last line of standard output."""

import json
import sys
from pathlib import Path

from . import data, quality
from .engine import Job
from .engines import ENGINES


def main():
    run = json.load(sys.stdin)
    dataset = data.open_dataset(run["case"], Path(run["folder"]))
    print(json.dumps(measure(run, dataset)))


def measure(run, dataset):
    """The fit of a run, with objective and recall or RMSE where the run asks for them."""
    train = dataset.part("train")

    def objective(user_factors, item_factors):
        return job.objective(train, user_factors, item_factors)

    job = Job(
        dataset=dataset,
        observe=objective if run["observe"] else None,
        **{key: run[key] for key in ("task", "factors", "iterations", "threads", "program")},
    )
    fit = ENGINES[run["engine"]].fit(job)
    measured = {
        "seconds": fit.seconds,
        "iteration_seconds": fit.iteration_seconds,
        "peak_bytes": fit.peak_bytes,
        "whole": fit.whole,
    }
    if run["observe"]:
        measured["trajectory"] = fit.trajectory
    if run["judge"]:
        measured |= judge(job, train, dataset.part("test"), fit)
    return measured


def judge(job, train, test, fit):
    sides = fit.user_factors, fit.item_factors
    verdict = {"objective": job.objective(train, *sides)}
    if fit.reported_objective is not None:
        verdict["reported_objective"] = fit.reported_objective
    if job.objective.explicit:
        return verdict | {"rmse": quality.rmse(train, test, *sides)}
    return verdict | quality.ranking(train, test, *sides)


if __name__ == "__main__":
    main()
