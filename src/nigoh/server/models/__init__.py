"""What the API takes and gives, as JSON: a file a noun."""
