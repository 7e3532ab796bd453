from talent.admin import batches

__all__ = ["batches"]
