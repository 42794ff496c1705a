"""A view that answers a constant, mounted beside the product: what no answer can cost less than."""
