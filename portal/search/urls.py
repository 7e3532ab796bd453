from django.urls import path

from portal.search.views import exports, results, saved

app_name = "search"
urlpatterns = [
    path("search/", results.results, name="search"),
    path("search/suggestions/", results.suggestions, name="suggestions"),
    path("search/feed/", exports.feed, name="feed"),
    path("search/results.csv", exports.as_csv, name="csv"),
    path("search/results.json", exports.as_json, name="json"),
    path("search/saved/", saved.saved, name="saved"),
    path("search/saved/<uuid:key>/", saved.subscription, name="subscription"),
]
