"""What officers, the house and oneself did with somebody's data, in words for that person."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.people.dealing_queries import Dealing

DONE: Mapping[str, str | Promise] = {
    # looks
    "person.look": gettext_lazy("打开了您的资料"),
    "person.unmask": gettext_lazy("看了完整证件号"),
    "person.unmask_wanted": gettext_lazy("看了您申请更正的证件号"),
    "person.download": gettext_lazy("下载了自己的数据"),
    # the register
    "person.register": gettext_lazy("注册了账号"),
    "person.take_account": gettext_lazy("设了第一个密码"),
    "people.bring_person": gettext_lazy("由单位名册登记"),
    "people.apply_roster": gettext_lazy("由单位名册登记"),
    "people.invite": gettext_lazy("发出注册邀请"),
    "people.withdraw_invitation": gettext_lazy("撤回注册邀请"),
    "people.redeem_invitation": gettext_lazy("凭邀请注册"),
    "people.take_registration_form": gettext_lazy("打印了注册邀请"),
    "person.check_identity": gettext_lazy("核对了您的证件"),
    "person.correct": gettext_lazy("按证件更正了资料"),
    "person.update_contact": gettext_lazy("改了联系方式"),
    "person.change_employment": gettext_lazy("改了单位和档案"),
    "person.set_title": gettext_lazy("登记了职称"),
    "person.record_fact": gettext_lazy("登记了个人情况"),
    "person.withdraw_fact": gettext_lazy("撤回了一条个人情况"),
    "people.remove_from_unit": gettext_lazy("登记了离开单位"),
    "person.merge": gettext_lazy("合并了账号"),
    "person.unmerge": gettext_lazy("撤销了账号合并"),
    # requests
    "person.accept_correction": gettext_lazy("同意并办理了更正"),
    "person.accept_transfer": gettext_lazy("同意并办理了单位变动"),
    "person.accept_claim": gettext_lazy("同意了认领账号"),
    "people.request_asked": gettext_lazy("提出了申请"),
    "people.request_proposed": gettext_lazy("提出了办理意见"),
    "people.request_returned": gettext_lazy("退回申请，请补充"),
    "people.request_resent": gettext_lazy("补充后再次提出申请"),
    "people.request_handed_on": gettext_lazy("把申请转给了别的部门"),
    "people.request_accepted": gettext_lazy("同意了申请"),
    "people.request_refused": gettext_lazy("没有同意申请"),
    "people.request_withdrawn": gettext_lazy("撤回了申请"),
    # posts and ways in
    "people.grant_post": gettext_lazy("任命了岗位"),
    "people.renew_post": gettext_lazy("续任了岗位"),
    "people.end_post": gettext_lazy("终止了岗位"),
    "person.send_reset_code": gettext_lazy("发出了验证码"),
    "person.redeem_code": gettext_lazy("用验证码登录或重设密码"),
    "person.reset_password": gettext_lazy("重设了密码"),
    "person.change_password": gettext_lazy("改了密码"),
    "person.end_session": gettext_lazy("退出了一处登录"),
    "person.end_other_sessions": gettext_lazy("退出了其他各处登录"),
    "person.add_second_factor": gettext_lazy("设了二次验证"),
    "person.remove_second_factor": gettext_lazy("取消了二次验证"),
    "person.reset_second_factor": gettext_lazy("重置了二次验证"),
    "person.prove_second_factor": gettext_lazy("通过了二次验证"),
    "person.renew_recovery_codes": gettext_lazy("换了恢复码"),
    # learning and hours
    "training.choose": gettext_lazy("选报了课程"),
    "training.withdraw_choice": gettext_lazy("退选了课程"),
    "training.open": gettext_lazy("开通了课程"),
    "payments.create_order": gettext_lazy("开了缴费单"),
    "payments.receive": gettext_lazy("收了费"),
    "payments.cancel_order": gettext_lazy("取消了缴费单"),
    "payments.send_online": gettext_lazy("去网上缴费"),
    "exams.start_attempt": gettext_lazy("开始了考试"),
    "exams.take_seat": gettext_lazy("换设备继续考试"),
    "exams.submit_attempt": gettext_lazy("交卷"),
    "exams.close_attempt": gettext_lazy("考试到时结束"),
    "study.begin_cycle": gettext_lazy("开始了学习"),
    "study.complete": gettext_lazy("学完了课程"),
    "study.end_cycle": gettext_lazy("结束一轮学习"),
    "study.pass_course": gettext_lazy("考试合格了"),
    "review.ask": gettext_lazy("送审"),
    "review.verified": gettext_lazy("通过了审验"),
    "review.refused": gettext_lazy("退回审验"),
    "document.issue.slip": gettext_lazy("签发了合格单"),
    "document.issue.certificate": gettext_lazy("签发了证书"),
    "document.issue.card": gettext_lazy("签发了登记卡"),
    "document.print": gettext_lazy("打印了文书"),
    "document.revoke": gettext_lazy("撤销了文书"),
    "ledger.post": gettext_lazy("登记了学时"),
    "ledger.reverse": gettext_lazy("冲销了学时"),
}
PARTS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("姓名"), "phone": gettext_lazy("手机号"), "email": gettext_lazy("电子邮箱"),
    "employer": gettext_lazy("工作单位"), "id_number": gettext_lazy("身份证号"), "born_on": gettext_lazy("出生日期"),
    "sex": gettext_lazy("性别"), "region": gettext_lazy("所在区县"), "file_keeper": gettext_lazy("档案保管"),
}  # fmt: skip


def done(dealing: Dealing) -> str:
    """What was done; what was changed by it in brackets."""
    said = str(DONE.get(dealing.action, _("办理了业务（%(code)s）") % {"code": dealing.action}))
    parts = _("、").join(str(PARTS.get(part, part)) for part in dealing.changed)
    return _("%(done)s（%(parts)s）") % {"done": said, "parts": parts} if parts else said
