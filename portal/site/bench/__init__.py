"""The measuring stick: what the portal does, side by side with the plain way of doing it.

Only ratios are kept: both sides run in turn, in one process, on the same rows.
"""
