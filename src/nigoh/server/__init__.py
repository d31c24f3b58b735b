"""What is served to other programs: metrics over HTTP, control over a local socket."""
