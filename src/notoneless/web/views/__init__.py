"""The pages, one module a subject: read what was asked, one service call or one query, render."""
