"""The tables and what guards them as the steps up to 0026 left them, by subject."""
