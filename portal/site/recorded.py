LABELS = {
    "site.reconcile_search": "核对检索内容",
}
