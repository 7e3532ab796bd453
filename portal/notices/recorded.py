LABELS = {
    "notices.follow_up.answered": "登记人工告知结果",
    "notices.notice.resent": "重发通知",
    "notices.notice.unmasked": "查看通知的完整号码",
    "notices.opt_out.received": "收到短信退订",
    "notices.opt_out.revoked": "恢复短信提醒",
    "notices.template.gateway_codes_set": "登记网关模板编号",
    "notices.drain": "发送通知",
    "notices.settle_stuck": "查询未回执的通知",
    "notices.tell_authorisations": "告知代办授权的变动",
    "notices.expire": "清理过期通知",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "keyword": "回复的内容",
    "resent_as": "重发为",
    "way": "处理方式",
}
