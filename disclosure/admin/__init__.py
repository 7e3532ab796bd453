from disclosure.admin import gazette, library, reports, requests, transfers, watching

__all__ = ["gazette", "library", "reports", "requests", "transfers", "watching"]
