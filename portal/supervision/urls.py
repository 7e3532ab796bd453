from django.urls import path

from portal.supervision import views

app_name = "supervision"
urlpatterns = [
    path("supervision/", views.overview, name="overview"),
    path("supervision/cases/", views.cases, name="cases"),
]
