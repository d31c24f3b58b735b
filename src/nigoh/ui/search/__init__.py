"""What the view of searches is made of."""
