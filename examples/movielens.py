"""From ratings to recommendations, and a map of the films.

    python examples/movielens.py [u.data | ratings.csv] [--plot items.png]

Without a path the ratings are made up. Needs pandas; for the plot scikit-learn and matplotlib.
"""

import argparse

import alsace
import numpy as np
from movielens_data import read_ratings


def main(path=None, plot="items.png"):
    # A rating of 4 or more is a like. Lower ones are not trained on, but the film counts as seen.
    likes = alsace.interactions(read_ratings(path), min_value=4, binary=True)
    train, _, test = alsace.split(likes, "leave_last_two")
    print(likes)

    model = alsace.ImplicitALS(factors=64, regularization=0.001, iterations=20, alpha=10, random_state=42)
    tuned = alsace.ImplicitALS(factors=64, preset="recommended", random_state=42)
    model.fit(train)
    tuned.fit(train)
    print(f"objective: {model.objective[0]:,.0f} after one iteration, {model.objective[-1]:,.0f} at the end")

    user = model.user_ids[0]
    items, scores = tuned.recommend(user, top_k=10)
    print(f"for user {user}:", ", ".join(f"{item} ({score:.2f})" for item, score in zip(items, scores)))
    why = tuned.explain(user, items[0])
    print(f"item {items[0]}, because of:", ", ".join(str(item) for item in why.items[:3]))

    models = {"als": model, "als, preset": tuned}
    print(alsace.evaluate(models, train, test, metrics="recall@10,ndcg@10,personalization@10"))

    if plot:
        from movielens_plot import plot_items

        trained = model.item_counts > 0
        plot_items(np.asarray(model.item_factors)[trained], model.item_counts[trained], plot)
        print("plot:", plot)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("path", nargs="?", help="u.data, ratings.dat or ratings.csv (default: made up)")
    arguments.add_argument("--plot", default="items.png", help="where the plot goes; '' for none")
    main(**vars(arguments.parse_args()))
