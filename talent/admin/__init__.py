from talent.admin import batches, credit, flags, labour, proposals, records, sharing, staffing

__all__ = ["batches", "credit", "flags", "labour", "proposals", "records", "sharing", "staffing"]
