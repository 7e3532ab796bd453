"""The annual report 政府信息公开工作年度报告: its form, its identities, reading it. Pure, no database."""
