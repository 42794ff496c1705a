"""Outcomes: what customers got done, recorded, confirmed and reversed."""
