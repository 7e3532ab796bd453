"""The site map in code: each domain brings its own addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from portal.people.views import staff_door
from portal.site.api import api
from portal.site.sidebar import first_door

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("portal.people.account_urls")),
    path("admin/login/", staff_door),
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.admin_view(first_door)),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("portal.audit.urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.workdays.urls")),
    path("", include("portal.papers.urls")),
    path("", include("portal.search.urls")),
    path("", include("disclosure.urls")),
    path("", include("talent.urls")),
    path("", include("approvals.urls")),
    path("", include("portal.supervision.urls")),
    path("", include("portal.site.urls")),
]

handler400 = "portal.site.refused.bad_request"
handler403 = "portal.site.refused.forbidden"
handler404 = "portal.site.refused.not_found"
handler500 = "portal.site.refused.failed"
