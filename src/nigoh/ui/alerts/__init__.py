"""Parts of the view of alerts."""
