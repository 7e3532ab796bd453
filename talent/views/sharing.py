"""谁查询过: which department looked at one's own record, what of it, when and what for."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.people.views import citizens_only
from talent.models import Enterprise, LookUp, Person
from talent.views.keeping import keyset, own_enterprise, user_of


@never_cache
@login_required
@citizens_only
@require_GET
def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    return _lookups(request, own_enterprise(request, uscc))


@never_cache
@login_required
@citizens_only
@require_GET
def person(request: HttpRequest) -> HttpResponse:
    return _lookups(request, get_object_or_404(Person.objects.of_user(user_of(request))))


def _lookups(request: HttpRequest, row: Enterprise | Person) -> HttpResponse:
    shown, page = keyset(request, LookUp.objects.of(row).select_related("key__department"))
    context = {
        "row": row,
        "enterprise": row if isinstance(row, Enterprise) else None,
        "lookups": shown,
        "page": page,
    }
    return render(request, "talent/own_lookups.html", context)
