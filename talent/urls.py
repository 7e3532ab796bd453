from django.urls import path

from talent.views import public

app_name = "talent"
urlpatterns = [
    path("registry/", public.search, name="search"),
    path("registry/enterprises/<str:uscc>/", public.enterprise, name="enterprise"),
    path("registry/enterprises/<str:uscc>/qr/", public.enterprise_qr, name="enterprise_qr"),
    path("registry/people/<uuid:key>/", public.person, name="person"),
    path("registry/people/<uuid:key>/qr/", public.person_qr, name="person_qr"),
]
