from django.urls import path

from portal.audit import views

app_name = "audit"
urlpatterns = [
    path("digests/", views.digests, name="digests"),
    path("digests/roots.txt", views.roots, name="roots"),
]
