"""The console's way to the HTTP API: it asks as any other program would, as whoever sits before the browser."""
