from disclosure.admin import gazette, library, points, reports, requests, transfers, watching

__all__ = ["gazette", "library", "points", "reports", "requests", "transfers", "watching"]
