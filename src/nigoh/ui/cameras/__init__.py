"""What the views of cameras are made of."""
