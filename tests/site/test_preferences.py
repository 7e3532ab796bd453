"""Elder mode and traditional characters are one switch each, remembered by the browser."""

import pytest

pytestmark = pytest.mark.django_db


def test_elder_mode_is_remembered_and_can_be_left(client):
    back = client.post("/preferences/", {"elder": "on", "next": "/?a=1"})
    assert back.url == "/?a=1"
    assert "data-elder" in client.get("/").content.decode()

    client.post("/preferences/", {"elder": "off"})
    assert "data-elder" not in client.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_the_switch_never_leads_off_the_site(client, target):
    assert client.post("/preferences/", {"elder": "on", "next": target}).url == "/"


def test_another_site_cannot_flip_the_switch(client):
    refused = client.post("/preferences/", {"elder": "on"}, headers={"Origin": "https://example.com"})
    assert refused.status_code == 400
    assert "elder" not in client.cookies
