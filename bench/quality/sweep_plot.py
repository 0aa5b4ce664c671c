"""A sweep as a picture: a metric with its interval above, coverage and novelty below, by the swept option."""

import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# Okabe and Ito's colours: told apart with any colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
MARKS = ("o", "s", "^", "D")


def plot(sweep):
    """The SVG text. The same numbers give the same bytes."""
    plt.rcParams.update({"svg.hashsalt": "alsace", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, (quality, spread) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", facecolor="white")
    for (name, points), colour, mark in zip(sweep.points.items(), COLOURS, MARKS):
        xs = list(points)
        found = [point[sweep.metric] for point in points.values()]
        means = [value["mean"] for value in found]
        quality.fill_between(
            xs, [value["low"] for value in found], [value["high"] for value in found], color=colour, alpha=0.15, lw=0
        )
        quality.plot(xs, means, color=colour, marker=mark, markersize=4, label=name)
        spread.plot(
            xs, [point["coverage@10"]["mean"] for point in points.values()], color=colour, marker=mark, markersize=4
        )
    for axes, title in ((quality, f"{sweep.metric}, band: 95 % over users"), (spread, "coverage@10")):
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_xlabel(sweep.x_label or sweep.option)
        axes.grid(color="#e4e4e4", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if sweep.log_x:
            axes.set_xscale("log", base=2 if sweep.option in ("factors", "iterations") else 10)
        if sweep.option in ("factors", "iterations"):
            axes.set_xticks(sweep.values, [f"{value:g}" for value in sweep.values])
            axes.minorticks_off()
    quality.legend(frameon=False, fontsize=9)
    figure.suptitle(sweep.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    plt.close(figure)
    return text.getvalue()
