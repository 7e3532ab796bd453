from django.urls import path

from portal.papers import views

app_name = "papers"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<uuid:key>/", views.verify_key, name="verify_key"),
]
