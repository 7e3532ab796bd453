from django.urls import path

from disclosure.views import library
from disclosure.views.requests import asking, following

app_name = "disclosure"
urlpatterns = [
    path("laws/", library.laws, name="laws"),
    path("laws.csv", library.laws_csv, name="laws_csv"),
    path("laws.json", library.laws_json, name="laws_json"),
    path("laws/<int:pk>/", library.law, name="law"),
    path("disclosure/request/", asking.ask, name="request"),
    path("disclosure/records/", asking.record, name="record_ask"),
    path("disclosure/records/<slug:number>/", following.record, name="record"),
    path("disclosure/replies/", following.replies, name="replies"),
    path("disclosure/requests/", following.follow, name="follow"),
    path("disclosure/requests/<slug:number>/", following.progress, name="progress"),
    path("disclosure/requests/<slug:number>/submitted/", asking.submitted, name="request_submitted"),
    path("disclosure/requests/<slug:number>/correct/", following.correct, name="request_correct"),
    path("disclosure/requests/<slug:number>/withdraw/", following.withdraw, name="request_withdraw"),
    path("disclosure/requests/<slug:number>/dates/<uuid:key>/", following.date_page, name="request_date"),
    path("disclosure/requests/<slug:number>/papers/<uuid:key>/", following.paper, name="request_paper"),
    path("disclosure/requests/<slug:number>/files/<uuid:key>/", following.file, name="request_file"),
]
