from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure.models import Act
from portal.site import citations


@require_GET
def article(request: HttpRequest, pk: int, anchor: str) -> HttpResponse:
    """One article and what cites it; stands here because those that cite lie in every domain."""
    act = get_object_or_404(Act.objects.public(), pk=pk)
    articles = sorted(act.articles.public().defer("text"), key=lambda each: each.place)
    at = next((n for n, each in enumerate(articles) if each.anchor == anchor), None)
    if at is None:
        raise Http404
    context = {
        "act": act,
        "article": articles[at],
        "status": act.status_on(localdate()),
        "previous": articles[at - 1] if at else None,
        "next": articles[at + 1] if at + 1 < len(articles) else None,
        "citing": citations.of(articles[at], timezone.now()),
    }
    return render(request, "site/article.html", context)
