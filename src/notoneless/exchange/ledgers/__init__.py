"""Ledgers as offices keep them: the columns of each as data."""
