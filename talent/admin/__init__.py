from talent.admin import batches, flags, staffing

__all__ = ["batches", "flags", "staffing"]
