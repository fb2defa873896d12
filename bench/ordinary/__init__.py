"""An ordinary Django project that keeps roll calls, as it is usually written; for comparison only."""
