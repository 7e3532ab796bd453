import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from disclosure.models import Act, Article
from tests.people.makers import make_clerk

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(client):
    user = make_clerk()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="disclosure"))
    client.force_login(user)
    return user


def test_staff_see_which_acts_are_not_yet_checked(client, librarian):
    Act.objects.create(title="中华人民共和国建筑法", level="law", doc_no="中华人民共和国主席令第九十一号")
    Act.objects.create(title="燃气经营许可管理办法", level="normative", is_certain=False)

    page = client.get(reverse("admin:disclosure_act_changelist"), {"is_certain__exact": "0"}).content.decode()

    assert "燃气经营许可管理办法" in page
    assert "中华人民共和国建筑法" not in page


def test_an_act_with_articles_is_not_thrown_away(client, librarian):
    act = Act.objects.create(
        title="中华人民共和国建筑法", level="law", doc_no="中华人民共和国主席令第九十一号"
    )
    Article.objects.create(act=act, number="第八条", text="申请领取施工许可证的条件")

    answer = client.post(reverse("admin:disclosure_act_delete", args=[act.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert Act.objects.filter(pk=act.pk).exists()
