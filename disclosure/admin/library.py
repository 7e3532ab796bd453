from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from disclosure.models import Act, Article


class ArticleInline(TabularInline):
    model = Article
    extra = 0
    fields = ["number", "text", "is_certain"]


@admin.register(Act)
class ActAdmin(ModelAdmin):
    """The law library: reference data, each change kept by the history below the ORM."""

    list_display = ["title", "level", "doc_no", "effective_on", "amended_on", "status", "is_certain"]
    list_filter = ["level", "status", "is_certain"]
    search_fields = ["title", "doc_no"]
    ordering = ["level", "title"]
    show_full_result_count = False
    inlines = [ArticleInline]
    fieldsets = [
        (None, {"fields": ["title", ("level", "status"), ("doc_no", "issuer")]}),
        ("日期", {"fields": [("issued_on", "effective_on", "amended_on")]}),
        ("来源", {"fields": ["url", "is_certain"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        """An act that anything cites stays; one entered by mistake may go."""
        if obj and Article.objects.filter(act=obj).exists():
            return False
        return super().has_delete_permission(request, obj)
