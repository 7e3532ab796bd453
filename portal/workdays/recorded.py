LABELS = {
    "workdays.calendarnotice.registered": "登记放假通知",
    "workdays.calendarnotice.discarded": "删除未公布的放假通知",
    "workdays.calendarnotice.published": "公布放假通知",
    "workdays.calendarnotice.redated": "完成时限重新计算",
    "workdays.clock.started": "时限开始",
    "workdays.clock.paused": "时限中止",
    "workdays.clock.resumed": "时限恢复",
    "workdays.clock.extended": "时限延长",
    "workdays.clock.restarted": "时限重新开始",
    "workdays.clock.closed": "时限终止",
    "workdays.clock.handed_over": "时限改由他人负责",
    "workdays.clock.redated": "到期日因放假安排变动",
    "workdays.clock.disagreed": "时限核对不一致",
    "workdays.redate_clocks": "按放假通知重新计算时限",
    "workdays.recompute_clocks": "核对全部时限",
    "workdays.watch_calendar": "检查放假安排是否登记",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "clock": "时限",
    "columns": "不一致的项目",
    "computed": "重算的到期日",
    "former_department": "原责任部门",
    "moved": "变动的时限数",
    "notice": "放假通知",
    "stored": "登记的到期日",
}
