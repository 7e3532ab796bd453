"""What an uploaded file really is, and whether it is let in."""

from portal.papers.intake.gate import MAX_BYTES, Kept, check_size, inspect
from portal.papers.intake.names import clean_name

__all__ = ["MAX_BYTES", "Kept", "check_size", "clean_name", "inspect"]
