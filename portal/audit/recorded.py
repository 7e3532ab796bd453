LABELS = {
    "audit.make_day_digests": "生成每日摘要",
}
