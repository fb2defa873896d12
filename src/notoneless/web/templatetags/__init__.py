"""What templates may say: labels, moments, marks of state."""
