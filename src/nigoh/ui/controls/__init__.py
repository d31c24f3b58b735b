"""Controls that several views are made of."""
