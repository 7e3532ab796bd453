from disclosure.admin import library, reports, requests, watching

__all__ = ["library", "reports", "requests", "watching"]
