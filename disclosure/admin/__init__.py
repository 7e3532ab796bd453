from disclosure.admin import library, requests, watching

__all__ = ["library", "requests", "watching"]
