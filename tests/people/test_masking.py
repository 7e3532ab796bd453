"""个人信息保护法：what may be shown of a person."""

from django.template import Context, Template

from portal.people import masking


def test_a_public_page_shows_the_ends_of_a_name():
    assert [masking.mask_name(name) for name in ("张三", "张小三", "欧阳小华", "")] == [
        "张*",
        "张*三",
        "欧**华",
        "",
    ]


def test_a_published_letter_shows_only_the_surname():
    assert masking.mask_surname("张三") == "张某某"


def test_an_identity_number_keeps_four_and_four_for_staff_and_six_and_four_in_public():
    assert masking.mask_id("11010519491231002X") == "1101**********002X"
    assert masking.mask_id_public("11010519491231002X") == "110105********002X"


def test_a_short_number_is_masked_whole():
    assert masking.mask_id("E1234") == "*****"


def test_phones_keep_their_ends():
    assert masking.mask_phone("13812341234") == "138****1234"
    assert masking.mask_phone("0990-6543210") == "0990-*****10"


def test_a_home_address_is_never_shown():
    assert masking.mask_address("示东区人民路1号") == "******"


def test_the_same_masks_serve_templates():
    page = Template("{% load people %}{{ name|mask_name }} {{ phone|mask_phone }} {{ none|mask_id }}")
    assert (
        page.render(Context({"name": "张小三", "phone": "13812341234", "none": None})) == "张*三 138****1234 "
    )
