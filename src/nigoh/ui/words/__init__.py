"""The console's words in the operator's language."""
