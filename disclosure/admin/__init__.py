from disclosure.admin import batches, gazette, library, points, reports, requests, transfers, watching

__all__ = ["batches", "gazette", "library", "points", "reports", "requests", "transfers", "watching"]
