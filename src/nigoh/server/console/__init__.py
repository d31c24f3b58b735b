"""The operator's console in the browser: its files, its pages and its WebSocket, beside the API."""
