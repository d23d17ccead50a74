"""Regions of Chongqing by their GB/T 2260 codes, and the demo's organisations (addresses are fixtures)."""

from dataclasses import dataclass

from xueshi.people.rules_organisations import credit_check

CITY = ("50", "重庆市")
REGIONS: dict[str, str] = {
    "500101": "万州区", "500102": "涪陵区", "500103": "渝中区", "500104": "大渡口区", "500105": "江北区",
    "500106": "沙坪坝区", "500107": "九龙坡区", "500108": "南岸区", "500109": "北碚区", "500110": "綦江区",
    "500111": "大足区", "500112": "渝北区", "500113": "巴南区", "500114": "黔江区", "500115": "长寿区",
    "500116": "江津区", "500117": "合川区", "500118": "永川区", "500119": "南川区", "500120": "璧山区",
    "500151": "铜梁区", "500152": "潼南区", "500153": "荣昌区", "500154": "开州区", "500155": "梁平区",
    "500156": "武隆区", "500229": "城口县", "500230": "丰都县", "500231": "垫江县", "500233": "忠县",
    "500235": "云阳县", "500236": "奉节县", "500237": "巫山县", "500238": "巫溪县", "500240": "石柱土家族自治县",
    "500241": "秀山土家族苗族自治县", "500242": "酉阳土家族苗族自治县", "500243": "彭水苗族土家族自治县",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An organisation of the demo; `key` is how the cast names it."""

    key: str
    name: str
    kind: str
    level: str
    region: str
    phone: str = "023-00000000"
    hours: str = ""
    industry: str = ""
    serial: int = 0  # of a credit code in a place that does not exist (500199); 0 for none

    @property
    def credit_code(self) -> str:
        """A code that checks, and that nobody has."""
        first = f"12500199{self.serial:09d}"
        return first + credit_check(first) if self.serial else ""


# GB/T 4754-2017: the branches that the demo's units belong to.
INDUSTRIES: dict[str, str] = {
    "L": "租赁和商务服务业", "L72": "商务服务业", "L724": "咨询与调查",
    "M": "科学研究和技术服务业", "M74": "专业技术服务业", "M748": "工程技术与设计服务",
    "P": "教育", "P83": "教育", "P831": "学前教育", "P832": "初等教育", "P833": "中等教育", "P834": "高等教育",
    "Q": "卫生和社会工作", "Q84": "卫生", "Q841": "医院", "Q842": "基层医疗卫生服务", "Q85": "社会工作",
}  # fmt: skip

TRAINING_CENTRE = "重庆市人事培训中心"
COUNTER_HOURS = "工作日 9:00–12:00，14:00–17:30"
PLACES = (
    Place("centre", TRAINING_CENTRE, "training_centre", "municipal", "50", "023-86868720", COUNTER_HOURS),
    Place("association", "重庆继续教育协会", "ce_association", "municipal", "50", "023-86868715", COUNTER_HOURS),
    Place("city", "重庆市人力资源和社会保障局", "municipal_hrss", "municipal", "50"),
    Place("agency", "重庆市示例人才服务中心", "talent_agency", "municipal", "50", hours=COUNTER_HOURS),
    Place("education", "重庆市教育委员会", "industry_authority", "municipal", "50", industry="P83"),
    Place("base-university", "重庆市示例大学继续教育基地", "training_base", "municipal", "50", "023-00000001"),
    Place("base-college", "重庆市示例职业学院继续教育基地", "training_base", "municipal", "50", "023-00000002"),
    Place("base-school", "渝中区示例教师进修学校", "training_base", "county", "500103", "023-00000003"),
    Place("institute", "重庆市示例设计院", "unit", "municipal", "50", industry="M748", serial=1),
    Place("hospital", "重庆市示例医院", "unit", "municipal", "50", industry="Q841", serial=2),
    Place("school", "渝中区示例中学", "unit", "county", "500103", industry="P833", serial=3),
    Place("firm", "江北区示例会计师事务所", "unit", "county", "500105", industry="L724", serial=4),
    *(
        Place(f"bureau-{code}", f"{name}人力资源和社会保障局", "county_hrss", "county", code, hours=COUNTER_HOURS)
        for code, name in REGIONS.items()
    ),
)

NOTICE = "渝人社办〔2010〕257号 四"
# Who does what, as the notice has it: function, place of the list above, region, industry.
DUTIES = (
    *(
        (function, "city", "50", "")
        for function in ("plans", "recognition", "certificates", "supervision", "statistics")
    ),
    ("textbooks", "centre", "50", ""),
    ("training", "centre", "50", ""),
    ("recognition", "education", "50", "P83"),
    *(
        (function, f"bureau-{code}", code, "")
        for code in ("500103", "500105")
        for function in ("publicity", "enrolment", "fees", "verification", "requests")
    ),
)
# Whom to call, as the notice publishes it: topic, place, office, about, telephone.
CONTACTS = (
    ("technical", "centre", TRAINING_CENTRE, "网络学习考试", "86868720"),
    ("technical", "association", "重庆继续教育协会", "网络学习考试", "86868715"),
    ("policy", "city", "专业技术人员管理处", "职称评审、岗位聘任", "86868705"),
    ("policy", "city", "事业单位人事管理处", "职称评审、岗位聘任", "86868707"),
)
