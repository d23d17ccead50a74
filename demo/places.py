"""Regions of Chongqing by their GB/T 2260 codes, and the demo's organisations (addresses are fixtures)."""

from dataclasses import dataclass

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


TRAINING_CENTRE = "重庆市人事培训中心"
COUNTER_HOURS = "工作日 9:00–12:00，14:00–17:30"
PLACES = (
    Place("centre", TRAINING_CENTRE, "training_centre", "municipal", "50", "023-86868720", COUNTER_HOURS),
    Place("association", "重庆继续教育协会", "ce_association", "municipal", "50", "023-86868715", COUNTER_HOURS),
    Place("city", "重庆市人力资源和社会保障局", "municipal_hrss", "municipal", "50"),
    Place("agency", "重庆市示例人才服务中心", "talent_agency", "municipal", "50", hours=COUNTER_HOURS),
    Place("institute", "重庆市示例设计院", "unit", "municipal", "50"),
    Place("hospital", "重庆市示例医院", "unit", "municipal", "50"),
    Place("school", "渝中区示例中学", "unit", "county", "500103"),
    Place("firm", "江北区示例会计师事务所", "unit", "county", "500105"),
    *(
        Place(f"bureau-{code}", f"{name}人力资源和社会保障局", "county_hrss", "county", code, hours=COUNTER_HOURS)
        for code, name in REGIONS.items()
    ),
)
