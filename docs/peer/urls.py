from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.models import Page

from peer.models import PAGE


def search(request):
    """The search of Wagtail's own project template."""
    word = request.GET.get("query", "")
    found = Page.objects.live().search(word) if word else Page.objects.none()
    page_of = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "search.html", {"word": word, "page_of": page_of})


urlpatterns = [path("search/", search), path("", include(wagtail_urls))]
