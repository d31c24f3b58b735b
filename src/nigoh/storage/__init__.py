"""What lasts: crops and other files."""
