"""The people of the demo: all invented, all called 示例…, with numbers of a place that does not exist (500199)."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date

from xueshi.people import rules

PASSWORD = "青山一道同云雨 2026"  # noqa: S105  printed at every start; a demo's
PLACE = "500199"


def id_number(serial: int, born: date = date(1980, 3, 7)) -> str:
    """A valid number (GB 11643); an odd serial is a man's, an even one a woman's."""
    first = f"{PLACE}{born:%Y%m%d}{serial:03d}"
    return first + rules.check_character(first)


@dataclass(frozen=True)
class Member:
    """One person: where she belongs, which posts she holds, how far she has come.

    `state` is the last thing that has happened to her; see `seed.Story` for what each means.
    """

    key: str
    name: str
    serial: int
    region: str = "500103"
    employer: str = ""
    keeper: str = "unit"
    agency: str = ""
    title: str = "intermediate"
    posts: tuple[tuple[str, str], ...] = field(default=())
    state: str = "registered"
    role: str = ""  # what the table of sign-ins says of her
    role_en: str = ""

    @property
    def id_number(self) -> str:
        return id_number(self.serial)

    @property
    def authenticator_key(self) -> str:
        """The key of her authenticator app: known to everybody, as a demo's; empty for somebody without a post."""
        made = hashlib.sha256(f"xueshi demo {self.key}".encode()).digest()[:20]
        return base64.b32encode(made).decode() if self.posts else ""


OPERATOR = Member(
    "operator", "示例管理员", 900, region="50", posts=(("operator", "centre"),), role="平台管理员", role_en="operator"
)
SECOND_OPERATOR = Member(
    "second-operator", "示例管理员乙", 909, posts=(("operator", "centre"),),
    role="平台管理员（复核）", role_en="second operator",
)  # fmt: skip
OFFICERS = (
    SECOND_OPERATOR,
    Member("city-officer", "示例市科室", 910, employer="city", posts=(("officer", "city"),), role="市人社局主管科室", role_en="municipal officer"),
    Member("officer", "示例区科室", 911, employer="bureau-500103", posts=(("officer", "bureau-500103"),), role="区县人社局主管科室", role_en="county officer"),
    Member("colleague", "示例区科室乙", 920, employer="bureau-500103", posts=(("officer", "bureau-500103"),), role="区县人社局主管科室（复核）", role_en="district officer, second yes"),
    Member("jiangbei-officer", "示例江北科室", 912, region="500105", employer="bureau-500105", posts=(("officer", "bureau-500105"),), role="江北区人社局主管科室", role_en="officer of another county"),
    Member("industry-officer", "示例教育主管", 913, employer="education", posts=(("industry_officer", "education"),), role="行业主管部门（教育）", role_en="industry officer (education)"),
    Member("city-colleague", "示例市科室乙", 915, employer="city", posts=(("officer", "city"),), role="市人社局主管科室（复核）", role_en="second municipal officer"),
    Member("base-head", "示例基地负责人", 916, posts=(("base_head", "base-university"), ("base_head", "base-college")), role="继续教育基地负责人", role_en="head of two training bases"),
    Member("base-clerk", "示例基地经办", 917, posts=(("base_clerk", "base-university"),), role="继续教育基地经办", role_en="clerk of a training base"),
    Member("school-head", "示例进修学校长", 918, posts=(("base_head", "base-school"),), role="区县基地负责人（申请中）", role_en="head of a county base that has applied"),
    Member("head", "示例校长", 914, employer="school", posts=(("unit_head", "school"),), role="单位负责人（中学）", role_en="head of a unit (a school)"),
    Member(
        "cashier", "示例窗口", 901, employer="bureau-500103", posts=(("counter", "bureau-500103"), ("verifier", "bureau-500103")),
        role="区县人力社保局：缴费窗口与审验", role_en="district officer: counter and verification",
    ),
    Member("jiangbei-cashier", "示例江北窗口", 908, region="500105", posts=(("counter", "bureau-500105"),), role="江北区缴费窗口", role_en="counter of another district"),
    Member("centre-cashier", "示例中心窗口", 902, posts=(("counter", "centre"),), role="培训中心缴费窗口", role_en="training centre's counter"),
    Member("unit-verifier", "示例院审验", 903, employer="institute", posts=(("verifier", "institute"),), role="市级单位审验人", role_en="verifier of a municipal unit"),
    Member("agency-verifier", "示例代理审验", 904, posts=(("verifier", "agency"),), role="人才代理机构审验人", role_en="verifier of a talent agency"),
    Member("association-verifier", "示例协会审验", 905, posts=(("verifier", "association"),), role="继续教育协会审验人", role_en="verifier of the association"),
    Member("association-colleague", "示例协会同事", 921, posts=(("verifier", "association"),), role="继续教育协会审验人（另一位）", role_en="another verifier of the association"),
    Member("clerk", "示例中学经办", 906, employer="school", posts=(("unit_clerk", "school"),), role="单位经办（中学）", role_en="unit clerk (a school)"),
    Member("institute-clerk", "示例院经办", 907, employer="institute", posts=(("unit_clerk", "institute"),), role="单位经办（设计院）", role_en="unit clerk (an institute)"),
)  # fmt: skip
LEARNERS = (
    Member("new", "示例新学员", 1, employer="school", role="学员：刚注册", role_en="learner: just registered"),
    Member("chose", "示例待缴费", 2, employer="school", state="chosen", role="学员：已选课，待缴费", role_en="learner: chosen, to pay"),
    Member("opened", "示例已开通", 3, employer="firm", region="500105", state="opened", role="学员：已缴费，未学习", role_en="learner: paid"),
    Member("studying", "示例学习中", 4, employer="school", state="studying", role="学员：学到一半", role_en="learner: half studied"),
    Member("ready", "示例待考试", 5, employer="school", state="studied", role="学员：学完，待考试", role_en="learner: studied, exam open"),
    Member("once", "示例考过一次", 6, employer="school", state="failed-once", role="学员：一次未合格", role_en="learner: failed once"),
    Member("again", "示例重新学习", 7, employer="school", state="failed-twice", role="学员：两次未合格，重新学习", role_en="learner: failed twice, studies again"),
    Member("passed", "示例已合格", 8, employer="school", state="passed", role="学员：合格，待打印", role_en="learner: passed, to print"),
    Member("sent", "示例已送审", 9, employer="school", state="sent", role="学员：合格单审验中", role_en="learner: slip with the bureau"),
    Member("returned", "示例被退回", 10, employer="school", state="returned", role="学员：合格单被退回", role_en="learner: slip returned"),
    Member("verified", "示例已审验", 11, employer="school", state="verified", role="学员：已审验，待单位确认", role_en="learner: verified, unit to confirm"),
    Member("done", "示例已完成", 12, employer="school", state="confirmed", role="学员：20 学时已登记", role_en="learner: hours recorded"),
    Member("municipal", "示例市级单位", 13, employer="institute", state="sent", role="学员：市级单位", role_en="learner: municipal unit"),
    Member("hosted", "示例档案托管", 14, keeper="talent_agency", agency="agency", state="sent", role="学员：档案托管", role_en="learner: hosted file"),
    Member("free", "示例自由职业", 15, keeper="other", state="sent", role="学员：无单位", role_en="learner: no unit"),
)  # fmt: skip
EVERYONE = (OPERATOR, *OFFICERS, *LEARNERS)
