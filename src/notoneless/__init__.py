"""Keeping every school-age child in school: attendance facts in, timed obligations and their ledgers out."""
