"""Who asks: the cookie of a session or an API token, and that no other site asks in their name."""
