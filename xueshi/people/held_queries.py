"""What this floor holds about the viewer: the register with its history, posts, requests, invitations, sessions."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.kernel.models import Message
from xueshi.people.models import (
    Account,
    ChangeRequest,
    ChangeStep,
    Employment,
    Evidence,
    Fact,
    Invitation,
    Person,
    Placement,
    Post,
    SavedFilter,
    Title,
)
from xueshi.people.viewer import Viewer

SINCE = Column("since", _("从哪天起"))
UNTIL = Column("until", _("到哪天为止（当天不算）"))
STATE_OF_REQUEST = dict(ChangeRequest.State.choices)
STEPS = {
    "asked": _("提出"), "returned": _("退回补充"), "resent": _("再次提出"), "handed_on": _("转交"),
    "accepted": _("同意"), "refused": _("未同意"), "withdrawn": _("撤回"),
}  # fmt: skip


def held_for(viewer: Viewer) -> list[Holding]:
    """Everything of this floor that is the viewer's own. The full identity number is not among it."""
    return [_person(viewer), *_history(viewer), *_posts(viewer), *_requests(viewer), *_ways_in(viewer)]


def _person(viewer: Viewer) -> Holding:
    return Holding(
        "person", _("身份与联系方式"), Person.objects.filter(pk=viewer.person_id),
        (
            Column("name", _("姓名")), Column("pinyin", _("姓名拼音（用于排序和查找）")),
            Column("id_number_masked", _("身份证号"), "id_masked"),
            Column("sex", _("性别"), words=dict(Person.Sex.choices)), Column("born_on", _("出生日期")),
            Column("phone", _("手机号")), Column("email", _("电子邮箱")),
            Column("region", _("所在区县"), "region__name"),
            Column("file_keeper", _("档案保管"), words=dict(Person.FileKeeper.choices)),
            Column("file_agency", _("保管档案的机构"), "file_agency__name"),
            Column("registered_at", _("注册时间")), Column("identity_checked_at", _("核对证件的时间")),
            Column("identity_checked_by", _("核对证件的人"), "identity_checked_by__name"),
            Column("merged_into", _("已并入的账号"), "merged_into__id_masked"),
        ),
        ("people.Person.id",), "person",
    )  # fmt: skip


def _history(viewer: Viewer) -> list[Holding]:
    mine = {"person_id": viewer.person_id}
    return [
        Holding(
            "placements", _("地区和档案"), Placement.objects.filter(**mine).order_by("since", "pk"),
            (
                SINCE, UNTIL, Column("region", _("所在区县"), "region__name"),
                Column("region_code", _("行政区划代码"), "region__code"),
                Column("file_keeper", _("档案保管"), words=dict(Person.FileKeeper.choices)),
                Column("file_agency", _("保管档案的机构"), "file_agency__name"),
            ),
            ("people.Placement.person",),
        ),
        Holding(
            "employments", _("工作单位"), Employment.objects.filter(**mine).order_by("since", "pk"),
            (SINCE, UNTIL, Column("employer", _("工作单位"), "employer__name"),
             Column("main", _("人事关系在这里"), words={True: _("是"), False: _("不是")})),
            ("people.Employment.person",),
        ),
        Holding(
            "titles", _("职称"), Title.objects.filter(**mine).order_by("obtained_on", "pk"),
            (Column("level", _("职称"), words=dict(Title.Level.choices)), Column("obtained_on", _("取得日期"))),
            ("people.Title.person",),
        ),
        Holding(
            "facts", _("个人情况（含已撤回的登记）"), Fact.objects.filter(**mine).order_by("word", "recorded_at", "pk"),
            (
                Column("word", _("什么情况")), Column("kind", _("类别")), Column("value", _("是什么")), SINCE, UNTIL,
                Column("recorded_at", _("登记时间")), Column("recorded_by", _("登记人"), "recorded_by__name"),
                Column("organisation", _("代表哪个单位"), "organisation__name"), Column("reason", _("依据")),
                Column("withdrawn_at", _("撤回时间")), Column("withdrawn_by", _("撤回人"), "withdrawn_by__name"),
                Column("withdrawn_reason", _("撤回原因")),
            ),
            ("people.Fact.person",),
        ),
    ]  # fmt: skip


def _posts(viewer: Viewer) -> list[Holding]:
    mine = {"person_id": viewer.person_id}
    return [
        Holding(
            "posts", _("岗位"), Post.objects.filter(**mine).order_by("since", "pk"),
            (
                Column("role", _("岗位"), words=dict(Post.Role.choices)),
                Column("organisation", _("在哪个单位"), "organisation__name"), Column("since", _("从什么时候起")),
                Column("until", _("到什么时候为止")), Column("granted_by", _("谁任命的"), "granted_by__name"),
                Column("second", _("谁复核的"), "second__name"), Column("ended_at", _("终止时间")),
                Column("ended_by", _("谁终止的"), "ended_by__name"), Column("end_reason", _("终止原因")),
            ),
            ("people.Post.person",), "post",
        ),
        Holding(
            "invitations", _("注册邀请"), Invitation.objects.filter(**mine).order_by("made_at", "pk"),
            (
                Column("organisation", _("哪个单位"), "organisation__name"), Column("made_at", _("发出时间")),
                Column("made_by", _("谁发出的"), "made_by__name"), Column("expires_at", _("有效到")),
                Column("used_at", _("使用时间")), Column("withdrawn_at", _("撤回时间")),
            ),
            ("people.Invitation.person",),
        ),
        Holding(
            "saved_filters", _("保存的筛选"), SavedFilter.objects.filter(**mine).order_by("kept_at", "pk"),
            (Column("name", _("名称")), Column("page", _("哪一页")), Column("query", _("条件")),
             Column("kept_at", _("保存时间"))),
            ("people.SavedFilter.person",),
        ),
    ]  # fmt: skip


def _requests(viewer: Viewer) -> list[Holding]:
    """What was asked about the viewer, with its steps. What others asked, about whom he decides, is theirs."""
    about = ChangeRequest.objects.filter(person_id=viewer.person_id)
    return [
        Holding(
            "requests", _("申请"), about.order_by("asked_at", "pk"),
            (
                Column("id", _("编号")), Column("kind", _("申请什么"), words=dict(ChangeRequest.Kind.choices)),
                Column("state", _("办理情况"), words=STATE_OF_REQUEST), Column("asked_at", _("提出时间")),
                Column("asked_by", _("谁提出的"), "asked_by__name"), Column("reason", _("原因")),
                Column("office", _("由谁办理"), "office__name"), Column("with_since", _("什么时候转到那里")),
                Column("decided_at", _("决定时间")), Column("decided_by", _("谁决定的"), "decided_by__name"),
                Column("decision", _("决定的理由")),
            ),
            ("people.ChangeRequest.person",), "request",
        ),
        Holding(
            "request_steps", _("申请的办理经过"),
            ChangeStep.objects.filter(request__in=about).order_by("request_id", "at", "pk"),
            (
                Column("request", _("申请编号"), "request_id"), Column("at", _("时间")),
                Column("what", _("做了什么"), words=STEPS), Column("by", _("谁"), "by__name"),
                Column("office", _("由谁办理"), "office__name"), Column("reason", _("理由")),
            ),
            (),
        ),
        Holding(
            "evidence", _("申请附的材料"), Evidence.objects.filter(request__in=about).order_by("request_id", "pk"),
            (
                Column("request", _("申请编号"), "request_id"), Column("name", _("文件名")),
                Column("added_at", _("上传时间")), Column("added_by", _("谁上传的"), "added_by__name"),
                Column("size", _("加密保存的字节数"), "file__size"),
            ),
            (),
        ),
    ]  # fmt: skip


def _ways_in(viewer: Viewer) -> list[Holding]:
    """How the viewer signs in, and what was sent to the present phone and mailbox; no secret, no code, no words."""
    mine = {"user__person_id": viewer.person_id}
    reached = Person.objects.filter(pk=viewer.person_id).values_list("phone", "email").first() or ("", "")
    sent = Message.objects.filter(address__in=[address for address in reached if address])
    return [
        Holding(
            "account", _("登录账号"), Account.objects.filter(person_id=viewer.person_id),
            (Column("is_active", _("可以登录"), words={True: _("是"), False: _("不是")}),
             Column("last_login", _("上次登录"))),
            ("people.Account.person",),
        ),
        Holding(
            "second_factors", _("二次验证"), Authenticator.objects.filter(**mine).order_by("created_at", "pk"),
            (Column("type", _("种类")), Column("created_at", _("设置时间")), Column("last_used_at", _("上次使用"))),
            ("mfa.Authenticator.user",),
        ),
        Holding(
            "sessions", _("登录过的设备"), UserSession.objects.filter(**mine).order_by("created_at", "pk"),
            (Column("created_at", _("登录时间")), Column("last_seen_at", _("最后一次使用")),
             Column("ip", _("网络地址")), Column("user_agent", _("浏览器"))),
            ("usersessions.UserSession.user",),
        ),
        Holding(
            "messages", _("发到您手机和邮箱的消息（不含内容）"), sent.order_by("queued_at", "pk"),
            (
                Column("channel", _("怎么发的"), words=dict(Message.Channel.choices)),
                Column("queued_at", _("什么时候要发")), Column("sent_at", _("什么时候发出")),
                Column("state", _("状态"), words=dict(Message.State.choices)),
            ),
            (),
        ),
    ]  # fmt: skip
