"""The face for programs: the same acts, queries and access table as the pages, as JSON."""
