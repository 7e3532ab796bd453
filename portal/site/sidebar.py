"""The staff sidebar: each person sees the doors their posts open."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from portal.people.models import User

Group = tuple[str, list[tuple[str, str, str, str]]]

# title, icon, address, permission ("" = every member of staff)
GROUPS: list[Group] = [
    (
        "办件",
        [
            ("我的待办", "task_alt", "admin:approvals_case_mine", "approvals.work_case"),
            ("公共池", "inbox", "admin:approvals_case_pool", "approvals.work_case"),
            ("本部门办件", "apartment", "admin:approvals_case_department", "approvals.work_case"),
            ("签发的文书", "description", "admin:papers_paper_changelist", "papers.view_paper"),
            ("监察首页", "monitoring", "supervision:overview", "supervision.view_overview"),
        ],
    ),
    (
        "信息公开",
        [
            (
                "我的文件",
                "edit_document",
                "admin:disclosure_documentversion_mine",
                "disclosure.work_document",
            ),
            ("待我审查", "fact_check", "admin:disclosure_documentversion_review", "disclosure.work_document"),
            (
                "公开文件",
                "library_books",
                "admin:disclosure_documentversion_public",
                "disclosure.work_document",
            ),
            ("栏目", "account_tree", "admin:disclosure_column_changelist", "disclosure.view_column"),
        ],
    ),
    (
        "事项与时限",
        [
            (
                "政务服务事项",
                "menu_book",
                "admin:approvals_serviceitem_changelist",
                "approvals.view_serviceitem",
            ),
            (
                "工作日历",
                "calendar_month",
                "admin:workdays_calendarday_changelist",
                "workdays.view_calendarday",
            ),
            (
                "放假通知与重算",
                "edit_calendar",
                "admin:workdays_calendarnotice_changelist",
                "workdays.view_calendarnotice",
            ),
            ("发文抬头", "approval", "admin:papers_letterhead_changelist", "papers.view_letterhead"),
            (
                "时限核对",
                "rule",
                "admin:workdays_shadowrun_changelist",
                "workdays.view_shadowrun",
            ),
        ],
    ),
    (
        "企业库与人才库",
        [
            (
                "资质条件监测",
                "domain_verification",
                "admin:talent_staffingalert_changelist",
                "talent.view_staffingalert",
            ),
            ("挂证疑点", "flag", "admin:talent_flag_changelist", "talent.view_flag"),
            ("资质人员标准", "rule", "admin:talent_staffingrule_changelist", "talent.view_staffingrule"),
            (
                "登记数据导入",
                "upload_file",
                "admin:talent_registrybatch_changelist",
                "talent.view_registrybatch",
            ),
            ("企业", "domain", "admin:talent_enterprise_changelist", "talent.view_enterprise"),
            ("人员", "engineering", "admin:talent_person_changelist", "talent.view_person"),
            ("诚信记录", "verified_user", "admin:talent_creditrecord_changelist", "talent.view_creditrecord"),
            ("信用修复申请", "healing", "admin:talent_creditrepair_changelist", "talent.view_creditrepair"),
            ("黑名单", "gpp_bad", "admin:talent_blacklisting_changelist", "talent.view_blacklisting"),
            ("诚信行为目录", "list_alt", "admin:talent_credititem_changelist", "talent.view_credititem"),
            ("劳动力资源", "diversity_3", "admin:talent_resident_changelist", "talent.view_resident"),
            ("劳动力资源统计", "bar_chart", "admin:talent_resident_figures", "talent.view_resident"),
            ("就业信息通知", "campaign", "admin:talent_resident_tell", "talent.keep_resident"),
            ("登记变更申请", "edit_note", "admin:talent_proposal_changelist", "talent.view_proposal"),
        ],
    ),
    (
        "政务公开",
        [
            (
                "政务公开监测",
                "monitor_heart",
                "admin:disclosure_columnday_overview",
                "disclosure.view_columnday",
            ),
            (
                "测评问题",
                "fact_check",
                "admin:disclosure_assessmentfinding_changelist",
                "disclosure.view_assessmentfinding",
            ),
            (
                "公开查阅点",
                "local_library",
                "admin:disclosure_readingpoint_changelist",
                "disclosure.view_readingpoint",
            ),
            ("上级网站转载", "share", "admin:disclosure_repost_changelist", "disclosure.view_repost"),
            (
                "撤下核查",
                "visibility_off",
                "admin:disclosure_exitcheck_changelist",
                "disclosure.view_exitcheck",
            ),
            ("失效链接", "link_off", "admin:disclosure_brokenlink_changelist", "disclosure.view_brokenlink"),
            (
                "信息公开申请",
                "contact_mail",
                "admin:disclosure_informationrequest_changelist",
                "disclosure.view_informationrequest",
            ),
            (
                "信息更正申请",
                "edit_note",
                "admin:disclosure_recordcorrection_changelist",
                "disclosure.view_recordcorrection",
            ),
            (
                "批量导入",
                "upload_file",
                "admin:disclosure_importbatch_changelist",
                "disclosure.view_importbatch",
            ),
            ("答复的救济途径", "balance", "admin:disclosure_remedy_changelist", "disclosure.view_remedy"),
            (
                "政府公报",
                "newspaper",
                "admin:disclosure_gazetteissue_changelist",
                "disclosure.view_gazetteissue",
            ),
            ("报送", "outbox", "admin:disclosure_transferbatch_changelist", "disclosure.view_transferbatch"),
            ("法规标准库", "gavel", "admin:disclosure_act_changelist", "disclosure.view_act"),
            (
                "政府信息公开年报",
                "summarize",
                "admin:disclosure_annualreport_changelist",
                "disclosure.view_annualreport",
            ),
            (
                "年报填报数据",
                "dataset",
                "admin:disclosure_statedfigure_changelist",
                "disclosure.view_statedfigure",
            ),
            (
                "导入的年报",
                "upload_file",
                "admin:disclosure_importedreport_changelist",
                "disclosure.view_importedreport",
            ),
        ],
    ),
    (
        "检索",
        [
            ("搜不到的词", "search_off", "admin:finding_unfound_changelist", "finding.view_unfound"),
            ("同义词", "compare_arrows", "admin:finding_synonym_changelist", "finding.view_synonym"),
            ("推荐结果", "push_pin", "admin:finding_pin_changelist", "finding.view_pin"),
        ],
    ),
    (
        "通知",
        [
            ("通知台账", "sms", "admin:notices_notice_changelist", "notices.view_notice"),
            ("人工告知", "contact_phone", "admin:notices_followup_changelist", "notices.view_followup"),
            ("短信退订", "notifications_off", "admin:notices_optout_changelist", "notices.view_optout"),
            ("通知模板", "edit_note", "admin:notices_template_changelist", "notices.view_template"),
            ("网关停发", "report", "admin:notices_halt_changelist", "notices.view_halt"),
        ],
    ),
    (
        "人员与机构",
        [
            ("用户", "person", "admin:people_user_changelist", "people.view_user"),
            ("机构", "account_tree", "admin:people_department_changelist", "people.view_department"),
            ("窗口", "storefront", "admin:people_window_changelist", "people.view_window"),
            ("岗位", "badge", "admin:people_post_changelist", "people.view_post"),
            ("离岗登记", "event_busy", "admin:people_absence_changelist", "people.view_absence"),
            (
                "回避登记",
                "block",
                "admin:approvals_conflictofinterest_changelist",
                "approvals.view_conflictofinterest",
            ),
            ("当事人", "groups", "admin:people_party_changelist", "people.view_party"),
            ("代办授权", "handshake", "admin:people_authorisation_changelist", "people.view_authorisation"),
            ("登录锁定", "lock", "admin:people_lockout_changelist", "people.view_lockout"),
            ("数据共享密钥", "key", "admin:talent_sharingkey_changelist", "talent.view_sharingkey"),
        ],
    ),
    (
        "留痕",
        [
            ("行为日志", "manage_search", "admin:people_user_behaviour", "audit.view_behaviour"),
            ("操作留痕", "history", "admin:audit_entry_changelist", "audit.view_entry"),
            ("定时任务", "schedule", "admin:audit_heartbeat_changelist", "audit.view_heartbeat"),
            ("每日摘要", "verified", "admin:audit_daydigest_changelist", "audit.view_daydigest"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of links for unfold's sidebar; a group without a door is not shown."""
    shown: list[dict[str, Any]] = []
    here = _here(request.path)
    for title, doors in GROUPS:
        items = [
            {"title": label, "icon": icon, "link": _address(name), "active": _address(name) == here}
            for label, icon, name, permission in doors
            if _address(name) and _may(request.user, permission)
        ]
        if items:
            shown.append({"title": title, "separator": bool(shown), "items": items})
    return shown


def _here(path: str) -> str:
    """The door one stands behind: of those whose address the page's begins with, the longest."""
    doors = {_address(name) for _, entries in GROUPS for _, _, name, _ in entries}
    return max((door for door in doors if door and path.startswith(door)), key=len, default="")


def first_door(request: HttpRequest) -> HttpResponse:
    """The workbench opens at the first page of one's own work, not at a list of its parts."""
    groups = navigation(request)
    return HttpResponseRedirect(groups[0]["items"][0]["link"]) if groups else admin.site.index(request)


def _may(user: User | AnonymousUser, permission: str) -> bool:
    return bool(user.is_authenticated and user.is_staff and (not permission or user.has_perm(permission)))


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # the page belongs to an app that is not registered in the admin
        return ""
