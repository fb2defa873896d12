"""A month of a county: its report, each child's line, every figure's list, what was known then and now."""
