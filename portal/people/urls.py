from django.urls import path

from portal.people import views

app_name = "people"
urlpatterns = [
    path("my/account/", views.account, name="account"),
    path("my/identity/", views.identity, name="identity"),
    path("my/parties/", views.parties, name="parties"),
    path("my/parties/add/", views.add_party, name="add_party"),
    path("my/parties/act/", views.act, name="act"),
    path("my/parties/<int:party_id>/", views.party, name="party"),
    path("my/authorisations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("my/authorisations/<int:pk>/verify/", views.verify, name="verify"),
]
