"""The map of films that both examples draw."""

import matplotlib

matplotlib.use("Agg")  # Into a file, also where there is no screen.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm
from sklearn.decomposition import PCA


def plot_items(item_factors, popularity, path):
    """Saves the items' two principal components, coloured by how often they were liked."""
    pca = PCA(n_components=2).fit(item_factors)
    places = pca.transform(item_factors)
    order = np.argsort(popularity)  # The best known on top.
    shares = pca.explained_variance_ratio_

    figure, axes = plt.subplots(figsize=(8, 6), dpi=150, facecolor="white")
    axes.set_facecolor("#fafafa")
    axes.grid(color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    dots = axes.scatter(
        *places[order].T, c=popularity[order], norm=LogNorm(), cmap="viridis_r", s=16, alpha=0.8, linewidths=0
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel(f"first principal component ({shares[0]:.1%} of the variance)")
    axes.set_ylabel(f"second principal component ({shares[1]:.1%} of the variance)")
    axes.set_title(f"{len(popularity):,} films, by the factors that ALS gave them", loc="left")
    bar = figure.colorbar(dots, label="likes in training", format="{x:,.0f}")
    bar.outline.set_visible(False)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
