"""Which public words name which article of law, as rows: documents, replies, other articles."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from disclosure.models.documents import Document
from disclosure.models.library import Article
from disclosure.models.requests.replies import RequestReply


class CitationQuerySet(models.QuerySet["Citation"]):
    def by_public_documents(self, at: datetime) -> Self:
        return self.filter(document__in=Document.objects.visible_to(None, at))

    def by_published_replies(self) -> Self:
        return self.filter(reply__published_at__isnull=False)

    def by_public_articles(self) -> Self:
        return self.filter(citing__in=Article.objects.public())

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Citation(models.Model):
    """One article named by one document, reply letter or other article; renewed with what names it.

    Whether a visitor may know of it is asked of what cites, each time.
    """

    article = models.ForeignKey(
        Article, models.PROTECT, related_name="citations", db_index=False, verbose_name="被引用的条款"
    )
    document = models.ForeignKey(
        Document,
        models.CASCADE,
        null=True,
        related_name="citations",
        db_index=False,
        verbose_name="引用的文件",
    )
    reply = models.ForeignKey(
        RequestReply,
        models.CASCADE,
        null=True,
        related_name="citations",
        db_index=False,
        verbose_name="引用的答复",
    )
    citing = models.ForeignKey(
        Article, models.CASCADE, null=True, related_name="cites", db_index=False, verbose_name="引用的条款"
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = "条款引用"
        verbose_name_plural = "条款引用"
        constraints = [
            models.CheckConstraint(
                name="citation_is_by_one_document_or_reply_or_article",
                condition=Q(document__isnull=False, reply=None, citing=None)
                | Q(document=None, reply__isnull=False, citing=None)
                | Q(document=None, reply=None, citing__isnull=False),
            ),
            models.UniqueConstraint(fields=["document", "article"], name="a_document_cites_an_article_once"),
            models.UniqueConstraint(fields=["reply", "article"], name="a_reply_cites_an_article_once"),
            models.UniqueConstraint(fields=["citing", "article"], name="an_article_cites_another_once"),
        ]
        indexes = [models.Index(fields=["article", "-id"], name="citations_of_article")]

    def __str__(self) -> str:
        return f"{self.article_id}"
