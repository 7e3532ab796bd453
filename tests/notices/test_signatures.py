"""Our signatures are the ones the operators publish as examples."""

import time

import pytest

from portal.notices.gateways import aliyun, signing, tencent


def test_acs3_reproduces_aliyuns_published_example():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": empty,
    }
    query = aliyun.canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    assert aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", "POST", query, headers, b"") == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


@pytest.mark.parametrize(
    ("secret", "names", "mark"),
    [
        (
            "*" * 32,
            ("content-type", "host", "x-tc-action"),
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
        ),
        (
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            ("content-type", "host"),
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
    ],
)
def test_tc3_reproduces_tencents_published_examples(secret, names, mark):
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-action": "describeinstances",
    }
    signed = {name: headers[name] for name in names}
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    assert tencent.authorization("AKID", secret, "cvm", signed, body, 1551113065) == (
        f"TC3-HMAC-SHA256 Credential=AKID/2019-02-25/cvm/tc3_request, "
        f"SignedHeaders={';'.join(names)}, Signature={mark}"
    )


@pytest.mark.parametrize(
    "change",
    ["secret", "method", "target", "body", "time", "nonce", "old", "none"],
)
def test_a_signature_holds_for_exactly_what_was_signed(change):
    now = time.time()
    made = now - 301 if change == "old" else now
    headers = signing.signed_headers("s", "POST", "/a?b=1", b"body", now=made)
    if change == "time":
        headers["X-Notice-Time"] = str(int(made) - 1)
    if change == "nonce":
        headers["X-Notice-Nonce"] = "0"
    genuine = signing.is_genuine(
        "other" if change == "secret" else "s",
        "PUT" if change == "method" else "POST",
        "/a?b=2" if change == "target" else "/a?b=1",
        headers,
        b"bodx" if change == "body" else b"body",
        now=now,
    )
    assert genuine is (change == "none")


def test_without_a_secret_nothing_is_genuine():
    headers = signing.signed_headers("", "POST", "/", b"", now=time.time())
    assert not signing.is_genuine("", "POST", "/", headers, b"", now=time.time())
