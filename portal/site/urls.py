from django.urls import URLPattern, path

from portal.site import views

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("preferences/", views.choose_preferences, name="preferences"),
]
