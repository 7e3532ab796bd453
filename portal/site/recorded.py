LABELS = {
    "site.reconcile_search": "核对检索内容",
    "site.check_exits": "核查撤下文件的出口",
}
