LABELS = {
    "search.pin.kept": "登记置顶结果",
    "search.pin.dropped": "取消置顶结果",
    "search.synonym.kept": "登记同义词",
    "search.synonym.dropped": "删除同义词",
    "search.saved.kept": "订阅检索",
    "search.saved.stopped": "停止订阅检索",
    "search.forget_unfound": "清理未找到的检索词",
    "search.tell_saved": "告知订阅的检索",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "by_email": "是否发邮件",
    "by_sms": "是否发短信",
    "terms": "同义词",
}
