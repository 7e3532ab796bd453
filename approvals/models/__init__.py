"""Items and their versions, drafts, cases and what is done on them."""

from approvals.models.cases import Case, CaseMaterial, CaseQuerySet
from approvals.models.codes import (
    AFTER_DECISION,
    CaseChannel,
    CaseStatus,
    CaseType,
    ItemStatus,
    Proposal,
    Result,
    StageKind,
    StepState,
    Unit,
    VersionState,
)
from approvals.models.drafts import Draft, DraftMaterial
from approvals.models.draws import ConflictOfInterest, Draw, DutySeed
from approvals.models.elements import Condition, Fee, LegalBasis, Material, MaterialForm, Situation, Stage
from approvals.models.items import ItemVersion, ServiceItem
from approvals.models.reversals import (
    BAN_YEARS,
    BASES,
    HEARD,
    Reversal,
    ReversalGround,
    ReversalKind,
    ReversalState,
)
from approvals.models.steps import Certificate, CertificateState, Decision, Step, Supplement

__all__ = [
    "AFTER_DECISION",
    "BAN_YEARS",
    "BASES",
    "HEARD",
    "Case",
    "CaseChannel",
    "CaseMaterial",
    "CaseQuerySet",
    "CaseStatus",
    "CaseType",
    "Certificate",
    "CertificateState",
    "Condition",
    "ConflictOfInterest",
    "Decision",
    "Draft",
    "DraftMaterial",
    "Draw",
    "DutySeed",
    "Fee",
    "ItemStatus",
    "ItemVersion",
    "LegalBasis",
    "Material",
    "MaterialForm",
    "Proposal",
    "Result",
    "Reversal",
    "ReversalGround",
    "ReversalKind",
    "ReversalState",
    "ServiceItem",
    "Situation",
    "Stage",
    "StageKind",
    "Step",
    "StepState",
    "Supplement",
    "Unit",
    "VersionState",
]
