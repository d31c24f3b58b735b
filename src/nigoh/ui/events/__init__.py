"""What the view of events is made of."""
