"""What a user writes, for mypy --strict; the numbers of its run are nobody's concern."""

import pathlib

import alsace
import numpy as np
import numpy.typing as npt


def lists(path: pathlib.Path) -> dict[str, list[str]]:
    model = alsace.ImplicitALS(factors=8, preset="recommended").fit(path, user="user", item="item")
    ids, scores = model.recommend(["ann", "bob"], top_k=3)
    best: npt.NDArray[np.float32] = scores[:, 0]
    assert best.dtype == np.float32
    return {"ann": list(ids[0]), "bob": list(ids[1])}


def ratings(users: list[int], items: list[int], values: list[float]) -> float:
    model = alsace.ExplicitALS(factors=2, biases=True).fit(user=users, item=items, value=values)
    biases: npt.NDArray[np.float32] = model.user_biases
    told: alsace.Explanation = model.explain(users[0], items[0])
    try:
        return told.score + float(biases[0]) + float(model.predict(users[0], items[0]))
    except alsace.UnknownId as error:
        raise SystemExit(str(error)) from error


def again(path: pathlib.Path) -> alsace.ImplicitALS:
    model = alsace.load(path)
    assert isinstance(model, alsace.ImplicitALS)
    return model.partial_fit_users("cat", {"x": 2.0}).set_params(threads=1)
