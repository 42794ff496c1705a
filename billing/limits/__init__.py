"""Limits that people set: when to be told of usage, and the most to spend on it."""
