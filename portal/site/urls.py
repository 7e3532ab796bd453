from django.contrib import admin
from django.urls import URLPattern, path

from portal.site import health
from portal.site.views import annual_reports, crawlers, home, kiosk, laws, my, pages

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
    path("kiosk/", kiosk.home, name="kiosk"),
    path("kiosk/find/", kiosk.find, name="kiosk_find"),
    path("kiosk/documents/<uuid:key>/", kiosk.document, name="kiosk_document"),
    path("kiosk/guides/", kiosk.guides, name="kiosk_guides"),
    path("kiosk/guides/<slug:code>/", kiosk.guide, name="kiosk_guide"),
    path("kiosk/follow/", kiosk.follow, name="kiosk_follow"),
    path("kiosk/points/", kiosk.points, name="kiosk_points"),
    path("sitemap.xml", crawlers.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:name>.xml", crawlers.sitemap_part, name="sitemap_part"),
    path("robots.txt", crawlers.robots, name="robots"),
    path(
        "desk/annual-reports/<int:pk>/recount/",
        admin.site.admin_view(annual_reports.recount),
        name="recount_report",
    ),
    path(
        "desk/annual-reports/<int:pk>/licences/",
        admin.site.admin_view(annual_reports.licences),
        name="report_licences",
    ),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("preferences/", pages.choose_preferences, name="preferences"),
]
