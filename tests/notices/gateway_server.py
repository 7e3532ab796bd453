"""A gateway on loopback that speaks each of the three protocols, and misbehaves when told to.

It counts what it took by reference, refuses wrong signatures, and keeps what it was asked.
"""

import hashlib
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from portal.notices.gateways import aliyun, tencent
from portal.notices.gateways.signing import is_genuine

KEY_ID, SECRET, APP_ID = "key-id", "key-secret", "1400000001"


class GatewayServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Desk)
        self.taken = Counter()  # reference → how often a message was taken for sending
        self.arrived = []  # (reference, address, text or values) in order
        self.asked = Counter()  # reference → how often we were asked about it
        self.status = {}  # reference → accepted | delivered | failed
        self.refused_signatures = 0
        self.faults = []  # how to treat the next messages, first first; then all is well
        self.fault = ""  # how to treat every message
        self.refuse_code = ""
        self.slowness = 0.0
        self.idempotent = True
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A caller that hung up is part of the game."""

    def next_fault(self):
        with self.lock:
            return self.faults.pop(0) if self.faults else self.fault

    def take(self, reference, address, content):
        """Send it; the second time an idempotent gateway does not."""
        with self.lock:
            if self.idempotent and self.taken[reference]:
                return False
            self.taken[reference] += 1
            self.arrived.append((reference, address, content))
            self.status.setdefault(reference, "accepted")
            return True

    @property
    def doubles(self):
        return {reference: count for reference, count in self.taken.items() if count > 1}


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: GatewayServer

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.handle_call(b"")

    def do_POST(self):
        self.handle_call(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def handle_call(self, body):
        if self.server.slowness:
            time.sleep(self.server.slowness)
        if "X-TC-Action" in self.headers:
            self.tencent(body)
        elif "x-acs-action" in self.headers:
            self.aliyun(body)
        else:
            self.signed_web(body)

    def answer(self, status, said):
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()

    def misbehaves(self, reference, address, content):
        """Whether the fault of the hour has dealt with the message."""
        fault = self.server.next_fault()
        if fault == "drop":  # never taken, never answered
            self.hang_up()
        elif fault == "swallow":  # taken, never answered
            self.server.take(reference, address, content)
            self.hang_up()
        elif fault == "linger":  # taken, answered long after the caller gave up
            self.server.take(reference, address, content)
            time.sleep(2)
            self.hang_up()
        elif fault == "babble":
            self.server.take(reference, address, content)
            data = b"<html>upstream error</html>"
            self.send_response(502)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        else:
            return fault == "gone"
        return True

    def signed_web(self, body):
        if not is_genuine(SECRET, self.command, self.path, self.headers, body, now=time.time()):
            self.server.refused_signatures += 1
            self.answer(401, {"code": "bad_signature"})
            return
        if self.command == "GET":
            reference = self.path.rpartition("/")[2]
            self.server.asked[reference] += 1
            status = self.server.status.get(reference)
            self.answer(200 if status else 404, {"id": f"id-{reference}", "status": status} if status else {})
            return
        said = json.loads(body)
        reference, address, text = said["reference"], said["to"], said["text"]
        if self.server.refuse_code:
            self.answer(
                int(self.server.refuse_code), {"code": f"c{self.server.refuse_code}", "detail": "不可"}
            )
        elif not self.misbehaves(reference, address, text):
            new = self.server.take(reference, address, text)
            self.answer(202 if new else 409, {"id": f"id-{reference}"})

    def aliyun(self, body):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        right = aliyun.authorization(KEY_ID, SECRET, "POST", aliyun.canonical_query(query), headers, body)
        if headers.get("authorization") != right:
            self.server.refused_signatures += 1
            self.answer(400, {"Code": "SignatureDoesNotMatch", "Message": "no"})
        elif headers["x-acs-action"] == "QuerySendDetails":
            self.aliyun_details(query)
        elif self.server.refuse_code:
            self.answer(200, {"Code": self.server.refuse_code, "Message": "不可"})
        elif not self.misbehaves(query["OutId"], query["PhoneNumbers"], query["TemplateParam"]):
            self.server.take(query["OutId"], query["PhoneNumbers"], query["TemplateParam"])
            self.answer(200, {"Code": "OK", "Message": "OK", "BizId": f"biz-{query['OutId']}"})

    def aliyun_details(self, query):
        numbers = {"accepted": 1, "failed": 2, "delivered": 3}
        rows = []
        for reference, address, _ in self.server.arrived:
            if address == query["PhoneNumber"]:
                self.server.asked[reference] += 1
                status = numbers[self.server.status[reference]]
                rows.append({"OutId": reference, "PhoneNum": address, "SendStatus": status, "ErrCode": ""})
        page, size = int(query["CurrentPage"]), int(query["PageSize"])
        part = rows[(page - 1) * size : page * size]
        details = {"SmsSendDetailDTO": part}
        self.answer(200, {"Code": "OK", "TotalCount": len(rows), "SmsSendDetailDTOs": details})

    def tencent(self, body):
        action, moment = self.headers["X-TC-Action"], int(self.headers["X-TC-Timestamp"])
        signed = {
            "content-type": self.headers["Content-Type"],
            "host": self.headers["Host"],
            "x-tc-action": action.lower(),
        }
        right = tencent.authorization(KEY_ID, SECRET, "sms", signed, body, moment)
        said = json.loads(body)
        if self.headers["Authorization"] != right or said["SmsSdkAppId"] != APP_ID:
            self.server.refused_signatures += 1
            error = {"Code": "AuthFailure.SignatureFailure", "Message": "no"}
            self.answer(200, {"Response": {"Error": error, "RequestId": "r"}})
        elif action == "PullSmsSendStatusByPhoneNumber":
            self.tencent_reports(said)
        elif self.server.refuse_code:
            status = {"Code": self.server.refuse_code, "Message": "不可", "SerialNo": ""}
            self.answer(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})
        else:
            reference, [number] = said["SessionContext"], said["PhoneNumberSet"]
            if not self.misbehaves(reference, number, said["TemplateParamSet"]):
                self.server.take(reference, number, said["TemplateParamSet"])
                status = {"Code": "Ok", "Message": "send success", "SerialNo": serial_of(reference)}
                self.answer(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def tencent_reports(self, said):
        words = {"delivered": "SUCCESS", "failed": "FAIL"}
        reports = []
        for reference, number, _ in self.server.arrived:
            if number == said["PhoneNumber"]:
                self.server.asked[reference] += 1
                if word := words.get(self.server.status[reference]):
                    serial = serial_of(reference)
                    reports.append({"SerialNo": serial, "SessionContext": reference, "ReportStatus": word})
        self.answer(200, {"Response": {"PullSmsSendStatusSet": reports, "RequestId": "r"}})


def serial_of(reference):
    return "2640:" + hashlib.sha256(reference.encode()).hexdigest()[:20]
