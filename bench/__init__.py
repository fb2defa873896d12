"""The benchmarks: each a ratio measured in one run, printed as a table."""
