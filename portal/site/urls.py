from django.urls import URLPattern, path

from portal.site import health, views

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("sitemap/", views.sitemap, name="sitemap"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("mistakes/", views.mistakes, name="mistakes"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("preferences/", views.choose_preferences, name="preferences"),
]
