"""What pages read: each function answers one page with a constant number of queries."""
