"""Choosing a model, and connecting those who have them."""
