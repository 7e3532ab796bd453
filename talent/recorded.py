"""What this app records, in the words of the audit pages."""

LABELS = {
    "talent.enterprise.entered": "企业入库",
    "talent.person.entered": "人员入库",
    "talent.fact.archived": "归档登记事实",
    "talent.employment.begun": "登记任职",
    "talent.employment.ended": "登记离职",
    "talent.registration.begun": "登记注册",
    "talent.registration.ended": "结束注册",
    "talent.safety_certificate.entered": "登记安全生产考核合格证",
    "talent.project.begun": "登记工程项目",
    "talent.project.completed": "登记竣工",
    "talent.project.stopped": "登记长期停工",
    "talent.batch.received": "收到登记数据表格",
    "talent.batch.checked": "检查登记数据表格",
    "talent.batch.begun": "开始导入登记数据",
    "talent.batch.loaded": "登记数据导入完毕",
    "talent.batch.given_up": "放弃导入登记数据",
    "talent.work_batches": "处理登记数据导入",
    "talent.qualification.written": "批后写入企业资质",
    "talent.safety_permit.written": "批后写入安全生产许可证",
    "talent.writing.taken_back": "撤回批后写入的登记",
    "talent.leadership.begun": "登记项目负责人",
    "talent.staffing_alert.opened": "资质条件不达标",
    "talent.staffing_alert.closed": "资质预警解除",
    "talent.staffing_alert.handled": "登记资质预警处理情况",
    "talent.watch_staffing": "核对企业资质条件",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "decision": "决定文号",
    "lacks": "不足之处",
    "outcome": "结果",
    "certificate": "证书",
    "enterprise": "企业",
    "unchanged": "没有变动的行数",
    "uscc": "统一社会信用代码",
    "valid_from": "有效期起",
    "withheld": "未导入的行数",
}
