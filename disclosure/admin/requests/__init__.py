from disclosure.admin.requests import desk, records, remedies

__all__ = ["desk", "records", "remedies"]
