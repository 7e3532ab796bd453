from disclosure.models.requests.codes import (
    BY_STAFF,
    CONFIRMED_BY_BOTH,
    ENDED,
    RUNNING,
    ConsultKind,
    Conversion,
    CounselKind,
    FilePurpose,
    Medium,
    ObtainWay,
    Opinion,
    RecordState,
    RequestChannel,
    RequestStatus,
)
from disclosure.models.requests.records import RecordCorrection
from disclosure.models.requests.remedies import Remedy, default_remedy
from disclosure.models.requests.requests import (
    SAME_TOPIC_ALIKE,
    InformationRequest,
    RequestFile,
    RequestQuerySet,
)
from disclosure.models.requests.steps import Consultation, Correction, Counsel, FeeNotice, RequestReply

__all__ = [
    "BY_STAFF",
    "CONFIRMED_BY_BOTH",
    "ENDED",
    "RUNNING",
    "SAME_TOPIC_ALIKE",
    "ConsultKind",
    "Consultation",
    "Conversion",
    "Correction",
    "Counsel",
    "CounselKind",
    "FeeNotice",
    "FilePurpose",
    "InformationRequest",
    "Medium",
    "ObtainWay",
    "Opinion",
    "RecordCorrection",
    "RecordState",
    "Remedy",
    "RequestChannel",
    "RequestFile",
    "RequestQuerySet",
    "RequestReply",
    "RequestStatus",
    "default_remedy",
]
