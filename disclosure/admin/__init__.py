from disclosure.admin import library

__all__ = ["library"]
