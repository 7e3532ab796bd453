from django.urls import path

from approvals.views import cases, decisions, drafts, draws, guides

app_name = "approvals"
urlpatterns = [
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:code>/", guides.guide, name="guide"),
    path("guides/<slug:code>/forms/<uuid:key>/", guides.guide_form, name="guide_form"),
    path("draws/", draws.draws, name="draws"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("apply/<slug:code>/", drafts.apply, name="apply"),
    path("drafts/<uuid:key>/form/<int:page>/", drafts.form, name="draft_form"),
    path("drafts/<uuid:key>/materials/", drafts.materials, name="draft_materials"),
    path("drafts/<uuid:key>/precheck/", drafts.precheck, name="draft_precheck"),
    path("drafts/<uuid:key>/check/", drafts.check, name="draft_check"),
    path("drafts/<uuid:key>/submit/", drafts.submit, name="draft_submit"),
    path("drafts/<uuid:key>/discard/", drafts.discard, name="draft_discard"),
    path("cases/track/", cases.track, name="track"),
    path("cases/<slug:number>/", cases.case, name="case"),
    path("cases/<slug:number>/submitted/", cases.submitted, name="submitted"),
    path("cases/<slug:number>/supplement/", cases.supplement, name="supplement"),
    path("cases/<slug:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("cases/<slug:number>/statement/", cases.statement, name="statement"),
    path("cases/<slug:number>/dates/<uuid:key>/", cases.date_page, name="case_date"),
    path("cases/<slug:number>/papers/<uuid:key>/", cases.paper, name="case_paper"),
    path("cases/<slug:number>/files/<uuid:key>/", cases.file, name="case_file"),
]
