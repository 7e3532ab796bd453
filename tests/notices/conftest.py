import threading

import pytest

from tests.notices.gateway_server import APP_ID, KEY_ID, SECRET, GatewayServer

CLASSES = {
    "web": "portal.notices.gateways.web.SignedGateway",
    "aliyun": "portal.notices.gateways.aliyun.AliyunGateway",
    "tencent": "portal.notices.gateways.tencent.TencentGateway",
}
OPTIONS = {
    "web": {"secret": SECRET},
    "aliyun": {"key_id": KEY_ID, "key_secret": SECRET},
    "tencent": {"key_id": KEY_ID, "key_secret": SECRET, "app_id": APP_ID},
}
PUSH_TOKEN = "push-token-of-the-tests"


@pytest.fixture
def server():
    gateway = GatewayServer()
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield gateway
    gateway.shutdown()
    gateway.server_close()
    thread.join()


@pytest.fixture
def speak(settings, server):
    """Point the house at the server, in one of its protocols."""

    def through(protocol: str) -> None:
        settings.SMS_GATEWAY = CLASSES[protocol]
        settings.SMS_GATEWAY_OPTIONS = {
            "url": server.url,
            "timeout": 0.5,
            "lanes": 4,
            **OPTIONS[protocol],
        }
        settings.NOTICE_PUSH_TOKEN = PUSH_TOKEN

    return through


@pytest.fixture(params=["web", "aliyun", "tencent"])
def protocol(request, speak):
    speak(request.param)
    return request.param
