from django.core.paginator import Paginator
from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

PAGE = 20


class DocumentPage(Page):
    body = RichTextField()
    on = models.DateField()
    topic = models.CharField(max_length=40)

    search_fields = [*Page.search_fields, index.SearchField("body")]
    template = "document.html"


class ListPage(Page):
    template = "list.html"

    def get_context(self, request, *args, **kwargs):
        """Twenty documents, the newest first, how many there are, and how many of each topic and year."""
        context = super().get_context(request, *args, **kwargs)
        pages = DocumentPage.objects.child_of(self).live()
        context["page_of"] = Paginator(pages.order_by("-on", "-pk"), PAGE).get_page(request.GET.get("p"))
        context["topics"] = pages.values_list("topic").annotate(models.Count("pk")).order_by("topic")
        context["years"] = pages.values_list("on__year").annotate(models.Count("pk")).order_by("-on__year")
        return context
