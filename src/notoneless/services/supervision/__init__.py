"""督导: inspections and what followed, samples that nobody can choose, recognition."""
