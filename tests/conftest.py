"""Shared set-up: an engine for the run when none is configured."""
