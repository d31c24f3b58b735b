"""What is served to other programs: the API, metrics over HTTP, control over a local socket."""
