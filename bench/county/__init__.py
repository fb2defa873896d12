"""A whole county at work: the eight o'clock storm, the pages of those above, a roster, a night."""
