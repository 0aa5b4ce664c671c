"""Published tables beside ours: `./run bench quality [TABLE...]`, or python -m quality from the folder bench."""

import argparse
import sys
from pathlib import Path

from compare.data import NotThere

from . import explicit, gowalla, movielens_100k, ncf, new_users, page
from .session import ROOT, Results, Session

TABLES = {table.NAME: table for table in (movielens_100k, ncf, gowalla, new_users, explicit)}
FOLDER = ROOT / "build/bench/quality"


def arguments():
    parser = argparse.ArgumentParser(
        prog="./run bench quality",
        description="Alsace on published benchmarks, beside the published values.",
    )
    add = parser.add_argument
    add("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}; all without")
    add(
        "--quick",
        action="store_true",
        help="a smoke run of a minute: numbers mean nothing, the page stays in build",
    )
    add(
        "--tune",
        action="store_true",
        help="make the trials that options were chosen by again (gowalla: hours)",
    )
    add(
        "--ratings",
        type=Path,
        help="for new-users: the file of MovieLens 20M (ratings.csv) or MSD (train_triplets.txt)",
    )
    add(
        "--recipe",
        choices=list(new_users.OPTIONS),
        help="for --ratings: its filters, split and options",
    )
    add("--factors", type=int, help="for --ratings: others than the published")
    add("--held-out", type=int, help="for --ratings: test users, others than the published")
    add(
        "--report-only",
        action="store_true",
        help="measure nothing, write the page of the results that are there",
    )
    add("--results", type=Path, help="the file of all numbers, build/bench/quality/results.json")
    add("--page", type=Path, help="the page to write, docs/results.md")
    # `./run bench quality TABLE -- OPTIONS` hands the dashes on.
    args = parser.parse_args([word for word in sys.argv[1:] if word != "--"])
    if unknown := [name for name in args.tables if name not in TABLES]:
        parser.error(f"there is no table {unknown[0]}. Choose of {', '.join(TABLES)}.")
    if (args.ratings is None) != (args.recipe is None):
        parser.error("--ratings and --recipe go together.")
    name = "quick" if args.quick else "results"
    args.results = args.results or FOLDER / f"{name}.json"
    args.page = args.page or (FOLDER / "quick.md" if args.quick else ROOT / "docs/results.md")
    return args


def main():
    args = arguments()
    session = Session(FOLDER / "quick" if args.quick else FOLDER, args.quick)
    if args.ratings:
        print(new_users.of_file(session, args))
        return
    results = Results(args.results)
    for name in args.tables or TABLES:
        table = TABLES[name]
        if not args.report_only:
            try:
                record = table.run(session, args.tune)
            except NotThere as error:
                session.say(f"!! {name} is left out: {error}")
                continue
            results.keep(name, record)
        if name in results.content:
            print(page.section(table, results.content[name]), flush=True)
    page.write(TABLES, results.content, args.page)
    session.say(f"The numbers are in {args.results}, the page is {args.page}")


if __name__ == "__main__":
    main()
