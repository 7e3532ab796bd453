from disclosure.models.library import Act, ActStatus, Article, Level

__all__ = ["Act", "ActStatus", "Article", "Level"]
