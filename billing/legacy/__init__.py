"""Plans that are not sold any more: who has them, who may come back, and who leaves for good."""
