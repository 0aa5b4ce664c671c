"""Alsace and its peers on the same data: time, objective, recall, memory.

plan.py says what is run and in which order, data.py makes the data, worker.py runs one fit of one
engine of engines.py in a process of its own and measures it with quality.py, __main__.py drives
them and keeps the results, command.py and kernels.py measure what is no fit, report.py and plot.py
show it all.
"""
