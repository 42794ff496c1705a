"""Packs of credits: sold, ordered by people or by themselves, granted once they are paid."""
