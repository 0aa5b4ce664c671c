"""What is run, in which order, and how long that may take. Pure: nothing here runs or reads."""

from dataclasses import asdict, dataclass, replace
from itertools import product
from statistics import median

from .data import POWER_LAW, size_of
from .engine import LOOKS

CASES = ("power-law-1m", "power-law-10m", "power-law-50m", "movielens-1m", "gowalla")
FACTORS = (32, 64, 128, 256, 512)
PARTS = ("main", "cores", "target", "als-wr", "explicit", "command", "kernels")
LEAST_ITERATIONS = 2  # One after the first: cmfrec and Spark tell no other time of an iteration.
TARGET_ITERATIONS = 30  # Of runs that look for a given objective.
SMALL_PARTS_FACTORS = 64


@dataclass(frozen=True)
class Run:
    """One fit. iterations: asked for; the budget may allow fewer. observe: its objective is computed
    between iterations, off the clock."""

    task: str
    case: str
    factors: int
    threads: int
    engine: str
    iterations: int
    observe: bool = False
    repeat: int = 0

    def setting(self):
        """All but the repeat: what a median is taken over."""
        return tuple(value for key, value in asdict(self).items() if key != "repeat")


@dataclass(frozen=True)
class Wish:
    """What the command line asks for. engines are Engine objects, in the order of the report."""

    parts: tuple
    cases: tuple
    engines: tuple
    factors: tuple
    threads: int
    iterations: int
    repeats: int


def interleaved(engines, repeats):
    """(repeat, engine) pairs: each engine once per round, so that a disturbance of the machine meets
    all of them, and each round begins with another one."""
    for repeat in range(repeats):
        shift = repeat % max(1, len(engines))
        for engine in engines[shift:] + engines[:shift]:
            yield repeat, engine


def planned(wish):
    """Every run of the wish, in order, without doubles. The parts command and kernels are no fits: not in here."""
    makers = {
        "main": main,
        "cores": cores,
        "target": target,
        "als-wr": als_wr,
        "explicit": explicit,
    }
    runs = {}
    for part in wish.parts:
        if part in makers:
            runs |= dict.fromkeys(makers[part](wish))
    return list(runs)


def rounds(wish, task, case, factors, threads, iterations=None, observe=False):
    """All repeats of all engines that know the task, on one case."""
    engines = tuple(engine for engine in wish.engines if task in engine.tasks)
    for repeat, engine in interleaved(engines, wish.repeats):
        count = iterations or wish.iterations
        yield Run(task, case, factors, threads, engine.name, count, observe, repeat)


def main(wish):
    for case, factors in product(implicit_cases(wish), wish.factors):
        yield from rounds(wish, "implicit", case, factors, wish.threads)


def cores(wish):
    """The same fits on one core and on all that were asked for."""
    for threads in sorted({1, wish.threads}):
        yield from rounds(wish, "implicit", middle_case(wish), small_factors(wish), threads)


def target(wish):
    """Objective against time."""
    most = min(TARGET_ITERATIONS, 3 * wish.iterations)
    for case in dict.fromkeys([middle_case(wish), *real_cases(wish)]):
        yield from rounds(
            wish, "implicit", case, small_factors(wish), wish.threads, most, observe=True
        )


def als_wr(wish):
    """Regularization times a row's count, which is all that Spark can do."""
    engines = tuple(e for e in wish.engines if "als-wr" in e.tasks)
    if all(engine.name.startswith("alsace") for engine in engines):
        return
    for case in dict.fromkeys([smallest_case(wish), *real_cases(wish)[:1]]):
        yield from rounds(wish, "als-wr", case, small_factors(wish), wish.threads)


def explicit(wish):
    """Ratings: power-law data with a value column, and movielens-1m with its levels."""
    sized = [
        case for case in dict.fromkeys([smallest_case(wish), middle_case(wish)]) if size_of(case)
    ]
    rated = [f"{case}-ratings" for case in sized]
    for case in rated + [case for case in wish.cases if case == "movielens-1m"]:
        yield from rounds(wish, "explicit", case, small_factors(wish), wish.threads)


def implicit_cases(wish):
    return [case for case in wish.cases if not case.endswith("-ratings")]


def real_cases(wish):
    return [case for case in wish.cases if not POWER_LAW.fullmatch(case)]


def middle_case(wish):
    return middle_of(implicit_cases(wish))


def middle_of(cases):
    """The largest power-law case of at most ten million interactions: large enough to mean something,
    small enough to be run in many ways. The first case where there is none."""
    sized = [case for case in cases if (size_of(case) or 10**8) <= 10_000_000]
    return max(sized, key=size_of) if sized else cases[0]


def smallest_case(wish):
    sized = [case for case in implicit_cases(wish) if size_of(case)]
    return min(sized, key=size_of) if sized else implicit_cases(wish)[0]


def small_factors(wish):
    """64 where it was asked for, else the smallest number."""
    return SMALL_PARTS_FACTORS if SMALL_PARTS_FACTORS in wish.factors else min(wish.factors)


def seconds_per_iteration(records):
    """Median over all iterations of all repeats. records: what was measured, of one setting."""
    return median(second for record in records for second in record["iteration_seconds"])


def iterations_within(budget, run, seconds_of):
    """As many iterations of a run as fit into the budget, but not fewer than LEAST_ITERATIONS.
    seconds_of(run): expected. An observed run ends where it is looked at."""
    for count in range(run.iterations, LEAST_ITERATIONS, -1):
        usable = not run.observe or count in LOOKS
        if usable and seconds_of(replace(run, iterations=count)) <= budget:
            return count
    return min(LEAST_ITERATIONS, run.iterations)


def expected_seconds(run, interactions, engine, measured):
    """(seconds, whether it rests on a measurement) of a run's fit.

    measured: {(task, case, interactions, factors, threads): seconds per iteration} of the same engine.
    Time grows with interactions, and with factors by the engine's own exponent.
    """
    done = engine.iterations_done(run.iterations, run.observe)
    if not measured:
        size = interactions / 1e6 * (run.factors / 64) ** engine.growth * 2 / run.threads
        return engine.guess * size * done, False

    def distance(known):
        task, case, size, factors, threads = known
        ratios = (size / interactions, factors / run.factors, threads / run.threads)
        return (task != run.task, case != run.case, sum(max(ratio, 1 / ratio) for ratio in ratios))

    near = min(measured, key=distance)
    _, _, size, factors, threads = near
    scale = interactions / size * (run.factors / factors) ** engine.growth * threads / run.threads
    return measured[near] * scale * done, True
