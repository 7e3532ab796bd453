LABELS = {
    "people.user.signed_up": "公众用户注册",
    "people.user.phone_verified": "验证手机号码",
    "people.user.created": "新建工作人员账号",
    "people.user.disabled": "停用账号",
    "people.user.enabled": "启用账号",
    "people.user.discarded": "清除未验证的账号",
    "people.user.password_changed": "修改口令",
    "people.user.password_reset": "重置口令",
    "people.user.second_factor_reset": "重置二次验证",
    "people.user.role_granted": "授予管理员角色",
    "people.user.signed_in": "登录",
    "people.user.signed_out": "退出",
    "people.user.session_ended": "系统终止会话",
    "people.user.sign_in_failed": "登录失败",
    "people.user.locked": "登录锁定",
    "people.user.unlocked": "解除登录锁定",
    "people.user.unmasked": "查看用户的完整信息",
    "people.party.unmasked": "查看当事人的完整信息",
    "people.party.added": "登记当事人",
    "people.party.identity_declared": "填报身份信息",
    "people.party.authorised": "授予代办授权",
    "people.party.authorisation_requested": "申请代办授权",
    "people.party.authorisation_verified": "核验代办授权",
    "people.party.authorisation_withdrawn": "撤回代办授权",
    "people.department.founded": "新建机构",
    "people.department.changed": "修改机构",
    "people.window.opened": "新设窗口",
    "people.window.changed": "修改窗口",
    "people.post.appointed": "任命岗位",
    "people.post.ended": "免去岗位",
    "people.absence.recorded": "登记离岗",
    "people.login": "登录名",
    "people.disable_idle_accounts": "停用长期不用的账号",
    "people.discard_unverified_accounts": "清除未验证的账号",
    "people.put_groups_in_step": "按岗位调整权限组",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "authorisation": "授权",
    "removed": "移除的角色",
}

# How someone signed in, and why a session was ended; several ways are joined by +.
VALUES = {
    "how": {
        "password": "口令",
        "code": "短信验证码",
        "mfa": "二次验证",
        "second_factor": "二次验证",
        "password_reset": "重置口令",
        "direct": "注册",
    },
    "why": {"idle": "长时间没有操作", "elsewhere": "在别处登录或被重置"},
}
