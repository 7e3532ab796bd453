from django.urls import URLPattern, path

from portal.site import health
from portal.site.views import home, laws, my, pages

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("promises/", home.kept_promises, name="promises"),
    path("my/", my.my, name="my"),
    path("my/messages/", my.my_messages, name="messages"),
    path("sitemap/", pages.sitemap, name="sitemap"),
    path("help/", pages.help_page, name="help"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("mistakes/", pages.mistakes, name="mistakes"),
    path("laws/<int:pk>/articles/<slug:anchor>/", laws.article, name="article"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("preferences/", pages.choose_preferences, name="preferences"),
]
