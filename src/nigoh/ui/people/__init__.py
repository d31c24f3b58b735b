"""What the views of people are made of."""
