"""Option sets: names as in the Python package; as words of the command line; translated from other papers."""

import numpy as np


def words(options):
    """The set as options of the program. True is a flag and False is none, random_state its --seed."""
    names = {"random_state": "seed"}
    found = []
    for name, value in options.items():
        if value is False:
            continue
        found.append("--" + names.get(name, name).replace("_", "-"))
        if value is not True:
            found.append(f"{value:g}" if isinstance(value, float) else str(value))
    return " ".join(found)


def from_rendle(regularization, unobserved_weight, factors, iterations):
    """Options for the objective of Rendle, Krichene, Zhang, Koren (RecSys 2022), with their nu = 1:

        sum over observed pairs of (s - 1)^2  +  a0 * sum over all pairs of s^2
            + regularization * (sum_u n_u |x_u|^2 + sum_i n_i |y_i|^2),   n_u = entries + a0 * items

    unobserved_weight is their a0. An observed pair weighs (1 + a0) (s - 1 / (1 + a0))^2 and a constant, so that
    with scores and both squared factor norms multiplied by 1 + a0 and the whole by 1 + a0 it is

        sum over observed pairs of (s - 1)^2  +  a0 / (1 + a0) * sum over the other pairs of s^2 + the same penalty:

    the same order of items for every user. Only their count has a0 where ours has a0 / (1 + a0).
    """
    return {
        "confidence": "scaled",
        "alpha": 1,
        "unobserved_weight": round(unobserved_weight / (1 + unobserved_weight), 6),
        "regularization": regularization,
        "regularization_exponent": 1,
        "regularization_count": "all",
        "factors": factors,
        "iterations": iterations,
    }


def regularization_of(mean, exponent, user_counts, item_counts):
    """The regularization lambda whose lambda n^exponent is `mean` on average over all users and items.

    Counts of rows without an entry are left out. So that a change of exponent or count does not change the strength
    (Rendle et al. 2022 shift lambda alike). Three digits.
    """
    counts = np.concatenate([user_counts, item_counts]).astype(float)
    counts = counts[counts > 0]
    return float(f"{mean / (counts**exponent).mean():.3g}")


def of_trial(trial, users, items):
    """The option set of a trial on training pairs, arrays of user and of item ids.

    trial: (factors, unobserved_weight, mean weight of a squared row norm, exponent, count, iterations).
    """
    factors, unobserved_weight, mean, exponent, count, iterations = trial
    user_counts, item_counts = (np.unique(ids, return_counts=True)[1] for ids in (users, items))
    if count == "all":
        user_counts, item_counts = (
            user_counts + unobserved_weight * len(item_counts),
            item_counts + unobserved_weight * len(user_counts),
        )
    return {
        "confidence": "scaled",
        "alpha": 1,
        "unobserved_weight": unobserved_weight,
        "regularization": regularization_of(mean, exponent, user_counts, item_counts),
        "regularization_exponent": exponent,
        "regularization_count": count,
        "factors": factors,
        "iterations": iterations,
    }
