from talent.admin import batches, credit, flags, labour, proposals, records, staffing

__all__ = ["batches", "credit", "flags", "labour", "proposals", "records", "staffing"]
