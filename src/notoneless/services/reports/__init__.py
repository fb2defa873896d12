"""报表: drawn up from the records, checked and signed in their order, sent, accepted or returned."""
