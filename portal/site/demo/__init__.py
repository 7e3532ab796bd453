"""The demo city and the one command that runs it."""
