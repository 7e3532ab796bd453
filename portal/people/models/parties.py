from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.audit.history import statutory
from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.identity import normalise_phone
from portal.people.masking import mask_id, mask_phone

if TYPE_CHECKING:
    from portal.people.models.users import User


class PartyKind(models.TextChoices):
    NATURAL = "natural", "自然人"
    ENTERPRISE = "enterprise", "企业"
    OTHER = "other", "其他组织"


class ApplicantType(models.TextChoices):
    """The six columns of the annual report (国办公开办函〔2021〕30号)."""

    NATURAL = "natural", "自然人"
    BUSINESS = "business", "商业企业"
    RESEARCH = "research", "科研机构"
    WELFARE = "welfare", "社会公益组织"
    LEGAL_SERVICE = "legal_service", "法律服务机构"
    OTHER = "other", "其他"


class IdType(models.TextChoices):
    ID_CARD = "id_card", "居民身份证"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    FOREIGN_RESIDENT = "foreign_resident", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    USCC = "uscc", "统一社会信用代码"


class PartyQuerySet(models.QuerySet["Party"]):
    def actable_by(self, user: "User", on: date) -> Self:
        """The person's own party and those that authorise them on that day."""
        granted = Authorisation.objects.in_force(on).filter(user=user).values("party_id")
        return self.filter(Q(user=user) | Q(pk__in=granted))

    def with_id_number(self, id_type: str, number: str) -> Self:
        """By identity number in its normal form (see ``identity``)."""
        return self.filter(id_type=id_type, id_hash=keyed_hash("id_number", number))


class Party(models.Model):
    """当事人: a natural person, an enterprise or another organisation that cases belong to."""

    kind = models.CharField("类别", max_length=16, choices=PartyKind)
    applicant_type = models.CharField("申请人类型", max_length=16, choices=ApplicantType)
    name = models.CharField("姓名或名称", max_length=200)
    id_type = models.CharField("证件类型", max_length=20, choices=IdType)
    id_number = EncryptedTextField("证件号码", blank=True, default="", purpose="id_number")
    id_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    phone = EncryptedTextField("联系电话", blank=True, default="", purpose="phone")
    phone_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    address = EncryptedTextField("地址", blank=True, default="", purpose="address")
    legal_representative = models.CharField("法定代表人", max_length=100, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="本人账号",
        null=True,
        blank=True,
        related_name="own_party",
    )
    registry_verified = models.BooleanField("已与登记信息核对", default=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = "当事人"
        verbose_name_plural = "当事人"
        constraints = [
            models.UniqueConstraint(
                name="party_identity_number_is_registered_once",
                fields=["id_type", "id_hash"],
                condition=~Q(id_hash=""),
            ),
            models.CheckConstraint(
                name="party_only_natural_persons_have_an_own_account",
                condition=Q(user=None) | Q(kind="natural"),
            ),
            models.CheckConstraint(
                name="party_natural_applicant_exactly_when_natural_person",
                condition=Q(kind="natural", applicant_type="natural")
                | (~Q(kind="natural") & ~Q(applicant_type="natural")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_natural(self) -> bool:
        return self.kind == PartyKind.NATURAL

    def set_id_number(self, number: str) -> None:
        """Put the number (in normal form) and its hash on the row in memory."""
        self.id_number = number
        self.id_hash = keyed_hash("id_number", number)

    def set_phone(self, phone: str) -> None:
        self.phone = normalise_phone(phone)
        self.phone_hash = keyed_hash("phone", self.phone)

    @property
    def masked_id(self) -> str:
        """A credit code is public and shown whole; any other number is masked."""
        return self.id_number if self.id_type == IdType.USCC else mask_id(self.id_number)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


class AuthorisationRole(models.TextChoices):
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    AGENT = "agent", "经办人"


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    def in_force(self, on: date) -> Self:
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=on),
            starts_on__lte=on,
            verified_at__isnull=False,
            withdrawn_at=None,
        )

    def pending(self) -> Self:
        """Asked for, and neither confirmed nor withdrawn."""
        return self.filter(verified_at=None, withdrawn_at=None)

    def to_tell(self) -> Self:
        """Granted, verified or withdrawn, and those concerned do not know yet."""
        return self.filter(awaits_notice=True)


@statutory
class Authorisation(models.Model):
    """A user may act for a party: in force once verified, from start to end or withdrawal."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="用户", related_name="authorisations"
    )
    party = models.ForeignKey(Party, models.PROTECT, verbose_name="当事人", related_name="authorisations")
    role = models.CharField("身份", max_length=24, choices=AuthorisationRole, default=AuthorisationRole.AGENT)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    requested_at = models.DateTimeField("申请时间")
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="核验人",
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)
    # Notices stand above this app: a sweep there tells those concerned and clears this.
    awaits_notice = models.BooleanField("待告知", default=False, editable=False)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        verbose_name_plural = "授权"
        constraints = [
            models.UniqueConstraint(
                name="authorisation_stands_once_for_a_user_and_party",
                fields=["user", "party"],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="authorisation_ends_not_before_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        indexes = [
            models.Index(name="authorisation_to_tell", fields=["id"], condition=Q(awaits_notice=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user} 代办 {self.party}"

    def is_in_force(self, on: date) -> bool:
        return (
            self.verified_at is not None
            and self.withdrawn_at is None
            and self.starts_on <= on
            and (self.ends_on is None or on <= self.ends_on)
        )

    @property
    def state(self) -> str:
        """In words, for pages."""
        if self.withdrawn_at is not None:
            return "已撤回"
        return "待核验" if self.verified_at is None else "有效"
