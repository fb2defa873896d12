"""Official papers as Word, Excel and PDF files, each drawn from one layout."""
