"""Two trees, the organisations that stand in both, and who is responsible for what in which region."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """A region by its GB/T 2260 code; the first digits are its parent's."""

    code = models.CharField(max_length=12, unique=True)  # "50", "500103"
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """An industry by its GB/T 4754 code with the letter of its section; the first places are its parent's."""

    code = models.CharField(max_length=8, unique=True)  # "P", "P83", "P833"
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A bureau, an authority, a unit, a training base, an agency, an association or a training centre."""

    class Kind(models.TextChoices):
        PROVINCIAL_HRSS = "provincial_hrss", _("省级人力社保厅")
        MUNICIPAL_HRSS = "municipal_hrss", _("市人力社保局")
        COUNTY_HRSS = "county_hrss", _("区县人力社保局")
        INDUSTRY_AUTHORITY = "industry_authority", _("行业主管部门")
        ORGANISATION_DEPARTMENT = "organisation_department", _("党委组织部")
        TRAINING_CENTRE = "training_centre", _("人事培训中心")
        TRAINING_BASE = "training_base", _("继续教育基地")
        TALENT_AGENCY = "talent_agency", _("人才代理机构")
        CE_ASSOCIATION = "ce_association", _("继续教育协会")
        UNIT = "unit", _("用人单位")

    class Level(models.TextChoices):
        PROVINCIAL = "provincial", _("省级")
        MUNICIPAL = "municipal", _("市级")
        COUNTY = "county", _("区县")

    class Ownership(models.TextChoices):
        PUBLIC = "public", _("公有制")
        NON_PUBLIC = "non_public", _("非公有制")

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    level = models.CharField(max_length=12, choices=Level.choices)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    industry = models.ForeignKey("people.Industry", models.PROTECT, null=True, blank=True, related_name="+")
    credit_code = models.CharField(max_length=18, blank=True)  # unified social credit code, GB 32100
    ownership = models.CharField(max_length=12, choices=Ownership.choices, blank=True)  # empty: not known
    grass_roots = models.BooleanField(default=False)  # 苏木、乡镇: a front-line unit (HT-21)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=100, blank=True)  # when the counter is open, in words
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="one_organisation_of_a_name_in_a_region"),
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="one_organisation_of_a_credit_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """What an organisation does for a region, and for what lies below it where nobody nearer does it (ZJ-46)."""

    class Function(models.TextChoices):
        PLANS = "plans", _("年度计划")
        PUBLICITY = "publicity", _("宣传动员")
        ENROLMENT = "enrolment", _("报名")
        FEES = "fees", _("收费")
        TRAINING = "training", _("培训与考试")
        TEXTBOOKS = "textbooks", _("教材征订")
        VERIFICATION = "verification", _("成绩审验")
        RECOGNITION = "recognition", _("学时认定")
        CERTIFICATES = "certificates", _("发证")
        SAMPLING = "sampling", _("抽查考试")
        SUPERVISION = "supervision", _("监督检查")
        STATISTICS = "statistics", _("数据统计")
        REQUESTS = "requests", _("资料变更")

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    function = models.CharField(max_length=16, choices=Function.choices)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    industry = models.ForeignKey("people.Industry", models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day no longer
    basis = models.CharField(max_length=200, blank=True)  # the document that says so

    class Meta:
        indexes = [models.Index(fields=["function", "region"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="a_duty_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["organisation", "function", "region", "industry"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="a_duty_is_given_once",
            ),
        ]


class HelpContact(models.Model):
    """Whom to call about what, in a region and below it (CQ-49, CQ-50, ZJ-42)."""

    class Topic(models.TextChoices):
        TECHNICAL = "technical", _("技术问题")
        POLICY = "policy", _("政策问题")
        ENROLMENT = "enrolment", _("报名与资料")
        FEES = "fees", _("缴费")
        CERTIFICATES = "certificates", _("学时与证书")

    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    topic = models.CharField(max_length=16, choices=Topic.choices)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    office = models.CharField(max_length=120)  # the office or person as the notice names it
    about = models.CharField(max_length=200, blank=True)  # "职称评聘", where one topic has several offices
    phone = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=100, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["region", "topic"])]
