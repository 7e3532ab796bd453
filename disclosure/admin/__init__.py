from disclosure.admin import library, watching

__all__ = ["library", "watching"]
