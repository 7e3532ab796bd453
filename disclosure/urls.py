from django.urls import path

from disclosure.views import library

app_name = "disclosure"
urlpatterns = [
    path("laws/", library.laws, name="laws"),
    path("laws.csv", library.laws_csv, name="laws_csv"),
    path("laws.json", library.laws_json, name="laws_json"),
    path("laws/<int:pk>/", library.law, name="law"),
]
