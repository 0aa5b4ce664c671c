"""The same for who comes from the package `implicit`: one import is different.

    python examples/movielens_implicit.py [u.data | ratings.csv] [--plot items.png]

Without a path the ratings are made up. Needs pandas and scipy; for the plot scikit-learn and
matplotlib.
"""

import argparse

import numpy as np
from alsace.implicit.als import AlternatingLeastSquares  # was: from implicit.als import ...
from movielens_data import read_ratings
from scipy.sparse import csr_matrix


def numbered(df):
    """The likes, with columns uid and iid: rows of a matrix, counted from 0."""
    df["implicit"] = (df["rating"] >= 4).astype(int)
    # Ratings below 4 could stay, as stored zeros: of no weight, but seen. Their films would not be listed,
    # and recall would look a third better than where only likes are hidden.
    df = df[df["implicit"] == 1].sort_values(["user", "time"], kind="stable")
    return df.assign(uid=df["user"].factorize()[0], iid=df["item"].factorize()[0])


def leave_last_out(df):
    """The last like of each user, in time, is the test; users with one like stay in training."""
    tested = df[df.groupby("uid")["iid"].transform("size") > 1]
    last = tested.groupby("uid").tail(1)
    return df.drop(last.index), {row.uid: {row.iid} for row in last.itertuples()}


def recommend(als_model, R_train, user_id, K=10):
    """Items and scores of a user's best K, without those already seen."""
    return als_model.recommend(
        userid=user_id, user_items=R_train[user_id], N=K, filter_already_liked_items=True
    )


def recall_at_k(rec_items, true_items, K):
    """Share of the true items that are among the first K."""
    return len(set(rec_items[:K]) & true_items) / len(true_items)


def main(path=None, plot="items.png"):
    df = numbered(read_ratings(path))
    df_train, test_items = leave_last_out(df)
    n_users, n_items = df["uid"].max() + 1, df["iid"].max() + 1
    R_train = csr_matrix((df_train["implicit"], (df_train["uid"], df_train["iid"])), shape=(n_users, n_items))

    als = AlternatingLeastSquares(factors=64, regularization=0.001, iterations=20, random_state=42)
    alpha = 10
    als.fit(R_train * alpha)

    recalls = []
    for uid, true_items in test_items.items():
        rec_items, _ = recommend(als, R_train, uid, K=10)
        recalls.append(recall_at_k(rec_items, true_items, K=10))
    print(f"Recall@10: {np.mean(recalls):.4f} of {len(recalls)} users")

    if plot:
        from movielens_plot import plot_items

        item_popularity = np.array(R_train.sum(axis=0)).flatten()
        liked = item_popularity > 0
        plot_items(als.item_factors[liked], item_popularity[liked], plot)
        print("plot:", plot)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("path", nargs="?", help="u.data, ratings.dat or ratings.csv (default: made up)")
    arguments.add_argument("--plot", default="items.png", help="where the plot goes; '' for none")
    main(**vars(arguments.parse_args()))
