from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/receipts/aliyun/<str:token>/", views.aliyun_receipts, name="aliyun_receipts"),
    path("notices/replies/aliyun/<str:token>/", views.aliyun_replies, name="aliyun_replies"),
    path("notices/receipts/tencent/<str:token>/", views.tencent_receipts, name="tencent_receipts"),
    path("notices/replies/tencent/<str:token>/", views.tencent_replies, name="tencent_replies"),
    path("notices/receipts/web/", views.web_receipts, name="web_receipts"),
]
