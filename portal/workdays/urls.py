from django.urls import URLPattern, path

from portal.workdays import views

app_name = "workdays"
urlpatterns: list[URLPattern] = [
    path("tools/deadline/", views.deadline, name="deadline"),
]
