from django.urls import path, register_converter
from django.urls.converters import StringConverter

from talent.views import careers, credit, invitations, keeping, open_data, public, sharing


class CreditCode(StringConverter):
    """Eighteen signs of GB 32100-2015: anything else names no enterprise."""

    regex = "[0-9A-HJ-NPQRTUWXY]{18}"


register_converter(CreditCode, "credit_code")
app_name = "talent"
OWN = "registry/mine/enterprises/<credit_code:uscc>/"
urlpatterns = [
    path("registry/mine/", keeping.mine, name="mine"),
    path("registry/mine/enter/", keeping.enter, name="enter"),
    path("registry/mine/person/", keeping.person, name="own_person"),
    path("registry/mine/person/rows/<slug:section>/", careers.rows, name="person_rows"),
    path("registry/mine/person/rows/<slug:section>/<int:pk>/end/", careers.end_row, name="person_end_row"),
    path("registry/mine/proposals/<int:pk>/withdraw/", keeping.withdraw_proposal, name="withdraw_proposal"),
    path("registry/mine/person/propose/<slug:field>/", keeping.propose_person, name="propose_person"),
    path("registry/mine/invitations/<uuid:key>/", invitations.invitation, name="invitation"),
    path("registry/mine/employments/<int:pk>/leave/", invitations.leave, name="leave"),
    path(OWN, keeping.enterprise, name="own_enterprise"),
    path("registry/mine/person/credit/", credit.person, name="person_credit"),
    path("registry/mine/person/lookups/", sharing.person, name="person_lookups"),
    path(f"{OWN}lookups/", sharing.enterprise, name="own_lookups"),
    path("registry/mine/credit/<int:pk>/repair/", credit.repair, name="repair"),
    path(f"{OWN}credit/", credit.enterprise, name="own_credit"),
    path(f"{OWN}facts/", keeping.facts, name="own_facts"),
    path(f"{OWN}propose/<slug:field>/", keeping.propose, name="propose"),
    path(f"{OWN}staff/", invitations.staff, name="own_staff"),
    path(f"{OWN}staff/invite/", invitations.invite, name="invite"),
    path(f"{OWN}staff/<int:pk>/release/", invitations.release, name="release"),
    path(f"{OWN}files/<uuid:key>/", keeping.file, name="own_file"),
    path(f"{OWN}rows/<slug:section>/", keeping.rows, name="own_rows"),
    path(f"{OWN}rows/<slug:section>/add/", keeping.add_row, name="add_row"),
    path(f"{OWN}rows/<slug:section>/<int:pk>/end/", keeping.end_row, name="end_row"),
    path("registry/", public.search, name="search"),
    path("registry/resources/", open_data.catalogue, name="resources"),
    path("registry/open/<slug:code>.csv", open_data.csv_file, name="open_csv"),
    path("registry/open/<slug:code>.json", open_data.json_file, name="open_json"),
    path("registry/open/<slug:code>.schema.json", open_data.schema_file, name="open_schema"),
    path("registry/enterprises/<credit_code:uscc>/", public.enterprise, name="enterprise"),
    path("registry/enterprises/<credit_code:uscc>/qr/", public.enterprise_qr, name="enterprise_qr"),
    path("registry/people/<uuid:key>/", public.person, name="person"),
    path("registry/people/<uuid:key>/qr/", public.person_qr, name="person_qr"),
]
