LABELS = {
    "papers.attachment.stored": "保存上传材料",
    "papers.attachment.discarded": "删除上传材料",
    "papers.paper.issued": "出具文书",
    "papers.paper.produced": "生成并签章文书",
    "papers.paper.revoked": "撤销文书",
    "papers.produce_papers": "生成待出的文书",
}

# What its entries tell, besides what those of every app do.
FACTS = {
    "sm3": "国密摘要值",
}
