"""For us and for our users: simulated cameras, samples, fakes."""
