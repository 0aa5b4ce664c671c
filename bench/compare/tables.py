"""Numbers and Markdown tables as the page has them."""


def table(head, lines):
    """A Markdown table; the first column is text, the others are numbers."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (head, marks, *lines))


def number(value, digits=3):
    """Significant digits, without exponents: 0.0123, 1.23, 123, 12,300."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - int(f"{abs(value):e}".split("e")[1]))
    return f"{value:,.{places}f}"


def objective_text(value):
    return "-" if value is None else f"{value:.5e}".replace("e+0", "e")


def megabytes(value):
    return f"{value / 2**20:,.0f} MB"
