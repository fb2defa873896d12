"""未成年人信息合规材料: what a county shows of a year's handling of minors' data, table by table."""
