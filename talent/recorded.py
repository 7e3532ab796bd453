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
    "talent.leadership.begun": "登记项目负责人",
}
