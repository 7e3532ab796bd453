"""Invented rows by the hundred thousand: the same every time, in flat memory, going on where a run ended."""
