from django.urls import path

from disclosure.views import columns, documents, downloads, feeds, gazette, library, platform, points, reports
from disclosure.views.requests import answering, asking, following

app_name = "disclosure"
urlpatterns = [
    # What is published
    path("disclosure/", platform.home, name="home"),
    path("disclosure/feed/", feeds.feed, name="feed"),
    path("disclosure/documents/", columns.everything, name="documents"),
    path("disclosure/documents.csv", downloads.documents_csv, name="documents_csv"),
    path("disclosure/documents.json", downloads.documents_json, name="documents_json"),
    path("disclosure/documents/<uuid:key>/", documents.document, name="document"),
    path("disclosure/documents/<uuid:key>/qr.svg", documents.qr, name="document_qr"),
    path("disclosure/documents/<uuid:key>/files.zip", documents.bundle_of_files, name="document_bundle"),
    path("disclosure/documents/<uuid:key>/files/<uuid:file_key>/", documents.file, name="document_file"),
    path("disclosure/columns/<slug:slug>/", columns.column, name="column"),
    path("disclosure/columns/<slug:slug>/feed/", feeds.column_feed, name="column_feed"),
    path("disclosure/columns/<slug:slug>/documents.csv", downloads.column_csv, name="column_csv"),
    path("disclosure/columns/<slug:slug>/documents.json", downloads.column_json, name="column_json"),
    path("disclosure/points/", points.points, name="points"),
    # The law library
    path("laws/", library.laws, name="laws"),
    path("laws.csv", library.laws_csv, name="laws_csv"),
    path("laws.json", library.laws_json, name="laws_json"),
    path("laws/<int:pk>/", library.law, name="law"),
    path("laws/<int:pk>/files/<uuid:key>/", library.law_file, name="law_file"),
    path("disclosure/request/", asking.ask, name="request"),
    path("disclosure/records/", asking.record, name="record_ask"),
    path("disclosure/records/<slug:number>/", following.record, name="record"),
    path("disclosure/replies/", following.replies, name="replies"),
    path("disclosure/requests/", following.follow, name="follow"),
    path("disclosure/requests/<slug:number>/", following.progress, name="progress"),
    path("disclosure/requests/<slug:number>/submitted/", asking.submitted, name="request_submitted"),
    path("disclosure/requests/<slug:number>/correct/", answering.correct, name="request_correct"),
    path("disclosure/requests/<slug:number>/reasons/", answering.state_reasons, name="request_reasons"),
    path("disclosure/requests/<slug:number>/withdraw/", following.withdraw, name="request_withdraw"),
    path("disclosure/requests/<slug:number>/dates/<uuid:key>/", following.date_page, name="request_date"),
    path("disclosure/requests/<slug:number>/papers/<uuid:key>/", following.paper, name="request_paper"),
    path("disclosure/requests/<slug:number>/files/<uuid:key>/", following.file, name="request_file"),
    # The annual report
    path("disclosure/reports/", reports.reports, name="reports"),
    path("disclosure/reports/<int:year>/<slug:code>/", reports.report, name="report"),
    path(
        "disclosure/reports/<int:year>/<slug:code>/report.<slug:form>",
        reports.report_file,
        name="report_file",
    ),
    path(
        "disclosure/reports/<int:year>/<slug:code>/editions/<int:edition>/",
        reports.report,
        name="report_edition",
    ),
    path(
        "disclosure/reports/<int:year>/<slug:code>/editions/<int:edition>/report.<slug:form>",
        reports.report_file,
        name="report_edition_file",
    ),
    # The gazette
    path("disclosure/gazette/", gazette.issues, name="gazette"),
    path("disclosure/gazette/<int:year>/<int:number>/", gazette.issue, name="gazette_issue"),
    path("disclosure/gazette/<int:year>/<int:number>/file/", gazette.file, name="gazette_file"),
]
